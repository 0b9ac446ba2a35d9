"""到货提醒 and harvest reminders; villages that people follow."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.states import ReminderKind


class Reminder(models.Model):
    """Somebody wants to know when a listing can be bought (again). Sent once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=10, choices=ReminderKind.choices)
    listing = models.ForeignKey("catalog.Listing", on_delete=models.CASCADE, related_name="reminders")
    specification = models.ForeignKey("catalog.Specification", null=True, blank=True, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "listing"], condition=Q(sent_at__isnull=True), name="reminder_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.listing_id}"


class VillageFollow(models.Model):
    """Somebody follows a village: told when its harvest begins."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followed_villages")
    village = models.ForeignKey("catalog.Village", on_delete=models.CASCADE, related_name="follows")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "village"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.village_id}"
