"""The states of sessions and drops, what an event may be, and their legal moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SessionState(models.TextChoices):
    """A session is planned, live, over; or it was cancelled before it began."""

    PLANNED = "planned", _("Planned")
    LIVE = "live", _("Live now")
    ENDED = "ended", _("Replay")
    CANCELLED = "cancelled", pgettext_lazy("live session", "Cancelled")


class DropState(models.TextChoices):
    """A drop is prepared, runs with a pool of its own, is over."""

    RUNNING = "running", pgettext_lazy("drop", "Running")
    ENDED = "ended", pgettext_lazy("drop", "Over")


class EventKind(models.TextChoices):
    """What can happen in a session."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    STARTED = "started"
    ENDED = "ended"
    ANNOUNCED = "announced"
    TRAY = "tray"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    DROP_STARTED = "drop_started"
    DROP_ENDED = "drop_ended"
    DROP_HELD = "drop_held"
    CHAT = "chat"
    CHAT_DELETED = "chat_deleted"


SESSION_MOVES: dict[str, frozenset[str]] = {
    SessionState.PLANNED: frozenset({SessionState.LIVE, SessionState.CANCELLED}),
    SessionState.LIVE: frozenset({SessionState.ENDED}),
    SessionState.ENDED: frozenset(),
    SessionState.CANCELLED: frozenset(),
}
# After these a reader has only chat to show; after any other, tray, pin or drop as well.
ONLY_CHAT = frozenset({EventKind.CHAT, EventKind.CHAT_DELETED})
