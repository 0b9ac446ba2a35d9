"""First answers of the API, so that the same request again gets the same answer and does nothing twice."""

from django.db import models


class FirstAnswer(models.Model):
    """What was answered to a person's request with an Idempotency-Key. `status` is null only inside its transaction."""

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    body_digest = models.CharField(max_length=64)
    standing = models.JSONField(default=list, help_text="Roles and organisations that the person had then")
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)
    media_type = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="first_answer_once")]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.key}"
