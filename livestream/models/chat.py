"""What people write in a room."""

from django.db import models


class ChatMessage(models.Model):
    """One line of chat, as typed: markup is text. Deleted ones stay, unseen; who wrote them may be erased."""

    session = models.ForeignKey("livestream.LiveSession", on_delete=models.PROTECT, related_name="messages")
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    is_host = models.BooleanField(default=False)
    text = models.CharField(max_length=200)
    at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["session", "user", "at"], name="chat_by_person"),
            models.Index(fields=["session", "deleted_at", "id"], name="chat_shown"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.pk}"


class Mute(models.Model):
    """Somebody who may not write in a room any more."""

    room = models.ForeignKey("livestream.LiveRoom", on_delete=models.CASCADE, related_name="mutes")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="mute_once")]

    def __str__(self) -> str:
        return f"{self.room_id}: {self.user_id}"
