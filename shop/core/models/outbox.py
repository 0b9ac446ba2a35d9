"""Effects that must happen after the commit, kept as rows until they did."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OutboxEntry(models.Model):
    """A task to run after commit. The row is the truth: a lost broker or a killed worker only delays it."""

    task = models.CharField(_("Task"), max_length=120)
    args = models.JSONField(_("Facts noted"), default=dict)
    key = models.CharField(_("Key"), max_length=160, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(_("Noted"))
    available_at = models.DateTimeField(_("Due"))
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    last_error = models.TextField(_("Last error"), blank=True)
    done_at = models.DateTimeField(_("Done"), null=True, blank=True)

    class Meta:
        verbose_name = _("effect that waits")
        verbose_name_plural = _("effects that wait")
        indexes = [
            models.Index(fields=["available_at", "id"], condition=Q(done_at__isnull=True), name="outbox_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"
