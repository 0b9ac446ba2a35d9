"""Rooms, sessions and what happens in them."""

from .chat import ChatMessage, Mute
from .rooms import LiveRoom
from .sessions import LiveAudience, LiveEvent, LiveSession
from .tray import Drop, TrayItem

__all__ = ["ChatMessage", "Drop", "LiveAudience", "LiveEvent", "LiveRoom", "LiveSession", "Mute", "TrayItem"]
