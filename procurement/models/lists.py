"""Shopping lists: what a unit pasted or uploaded, until its rows are taken, and what it means by its own heads."""

from django.conf import settings
from django.db import models

from procurement.rules.tables import Role


class ShoppingList(models.Model):
    """A list 采购清单 for a request, as it was sent.

    `sheets` is [{"name": str, "rows": [[str]]}], `sheet` which of them is read. `columns` is {"head": row from 1 or 0,
    "at": {role: column from 0}} where a person said which column is what, else empty. `choices` is {row: specification id}
    where a person chose what a name means, `taken` the rows that stand in the request.
    """

    request = models.ForeignKey("procurement.PurchaseRequest", on_delete=models.CASCADE, related_name="lists")
    file_name = models.CharField(max_length=120, blank=True)
    sheets = models.JSONField()
    unread = models.JSONField(default=list, help_text="Names of the file's sheets beyond those that are kept")
    sheet = models.PositiveSmallIntegerField(default=0)
    columns = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    taken = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="list_created")]

    def __str__(self) -> str:
        return self.file_name or f"#{self.pk}"


class ListHeading(models.Model):
    """What a unit's lists mean by a head of theirs; an empty role: nothing that is read."""

    unit = models.ForeignKey("procurement.BudgetUnit", on_delete=models.CASCADE, related_name="headings")
    head = models.CharField(max_length=60)
    role = models.CharField(max_length=10, choices=[(role.value, role.value) for role in Role], blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "head"], name="heading_once")]

    def __str__(self) -> str:
        return f"{self.head} = {self.role or '-'}"
