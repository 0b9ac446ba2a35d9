"""Sessions and their events. The events are the truth; processes tail them, the channel layer only wakes."""

from django.db import models
from django.db.models import Q

from livestream.states import EventKind, SessionState


class LiveSession(models.Model):
    """One broadcast of a room.

    `version` counts the hosts' changes: a host who has not seen the last one may not overwrite it. `last_seq` is the
    number of the last event; both are written by `livestream.operations` only. `clip` names the recording in media.
    """

    room = models.ForeignKey("livestream.LiveRoom", on_delete=models.PROTECT, related_name="sessions")
    title_zh = models.CharField(max_length=40)
    title_en = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=SessionState.choices, default=SessionState.PLANNED)
    planned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    clip = models.CharField(max_length=80, blank=True)
    clip_seconds = models.FloatField(default=0)
    pinned = models.ForeignKey(
        "livestream.TrayItem", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    announcement = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    last_seq = models.PositiveIntegerField(default=0)
    peak_viewers = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room"], condition=Q(state="live"), name="one_live_session_a_room"),
        ]
        indexes = [models.Index(fields=["state", "planned_at"], name="live_sessions_by_state")]

    def __str__(self) -> str:
        return self.title_zh


class LiveEvent(models.Model):
    """Something that happened, once and for good: append-only. `payload` holds ids and figures, nobody's words."""

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=EventKind.choices)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "seq"], name="live_event_once")]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.seq} {self.kind}"


class LiveAudience(models.Model):
    """How many viewers one server process holds in a session, and when it last said so."""

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="audiences")
    process = models.CharField(max_length=40)
    viewers = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "process"], name="live_audience_once")]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.viewers}"
