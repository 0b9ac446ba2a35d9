"""People, where they live, for which organisations they act, what they were told, their codes and programs' tokens."""

from .addresses import Address
from .codes import OneTimeCode
from .messages import Message
from .organisations import Membership, Organisation
from .tokens import AccessToken
from .users import User

__all__ = ["AccessToken", "Address", "Membership", "Message", "OneTimeCode", "Organisation", "User"]
