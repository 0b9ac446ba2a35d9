"""People, where they live, which organisations they act for, what they were told, and their programs' tokens."""

from .addresses import Address
from .messages import Message
from .organisations import Membership, Organisation
from .tokens import AccessToken
from .users import User

__all__ = ["AccessToken", "Address", "Membership", "Message", "Organisation", "User"]
