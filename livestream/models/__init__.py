"""Rooms, sessions and what happens in them."""

from .bounds import DropBounds, drop_bounds
from .chat import ChatMessage, Mute
from .rooms import LiveRoom
from .sessions import LiveAudience, LiveEvent, LiveSession
from .tray import Drop, TrayItem

__all__ = [
    "ChatMessage",
    "Drop",
    "DropBounds",
    "LiveAudience",
    "LiveEvent",
    "LiveRoom",
    "LiveSession",
    "Mute",
    "TrayItem",
    "drop_bounds",
]
