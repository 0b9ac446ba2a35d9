"""Who takes money. Gateways know payments, never what is paid for."""

from .base import Gateway, Started
from .registry import gateway, offered

__all__ = ["Gateway", "Started", "gateway", "offered"]
