"""How often something was tried, counted in the database so that a race or a lost cache counts nothing twice or less."""

from django.db import models


class Limit(models.Model):
    """Attempts since `began_at`, until `over_at`. `key` is a digest: it names nobody."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    over_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"
