"""People, where they live, which organisations they act for, and what they were told."""

from .addresses import Address
from .messages import Message
from .organisations import Membership, Organisation
from .users import User

__all__ = ["Address", "Membership", "Message", "Organisation", "User"]
