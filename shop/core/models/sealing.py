"""What a paper said when it was made, as a hash. Append-only: a paper that says something else now was changed."""

from django.db import models


class SealedFacts(models.Model):
    """The hash of the facts of one row, taken when it was written. Its facts can't be worked out from anything else."""

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField(help_text="No foreign key: a seal stays when its row is gone")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="sealed_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
