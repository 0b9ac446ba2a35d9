"""Who did what, when. Append-only; holds references, never personal data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.core.audit_words import action_name, kind_name


class AuditEntry(models.Model):
    """One action on one object. `actor_id` is None for the system itself."""

    at = models.DateTimeField(_("When"))
    actor_id = models.BigIntegerField(_("Number of the account"), null=True, blank=True)
    action = models.CharField(_("What was done"), max_length=60)
    object_kind = models.CharField(_("Kind of thing"), max_length=40)
    object_id = models.CharField(_("Its number"), max_length=60)
    data = models.JSONField(_("Facts noted"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [models.Index(fields=["object_kind", "object_id", "at"], name="audit_object")]

    def __str__(self) -> str:
        return f"{action_name(self.action)} · {kind_name(self.object_kind)} {self.object_id}"
