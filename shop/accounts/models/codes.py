"""One-time codes that were sent. Never the code itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q

MOST_TRIES = 5


class OneTimeCode(models.Model):
    """A code on its way to a phone or an e-mail; the session that asked for it knows its `handle`.

    `digest` is empty for a decoy, which no answer fits. `tries` are counted before the answer is looked at.
    """

    handle = models.CharField(max_length=43, unique=True)
    purpose = models.CharField(max_length=40)
    destination = models.CharField(max_length=254)
    digest = models.CharField(max_length=64, blank=True)
    salt = models.CharField(max_length=16)
    sent_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    payload = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="one_time_code_few_tries"),
        ]

    def __str__(self) -> str:
        return f"code {self.pk} for {self.purpose}"
