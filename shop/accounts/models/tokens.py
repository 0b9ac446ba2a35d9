"""Tokens for the API: what a program carries instead of a password."""

from django.conf import settings
from django.db import models


class AccessToken(models.Model):
    """A bearer token of one person. Its secret is shown once and kept as a digest; `scopes` are names."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_tokens")
    label = models.CharField(max_length=60)
    hint = models.CharField(max_length=12, help_text="The secret's first characters, to tell tokens apart")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="token_of_user")]

    def __str__(self) -> str:
        return f"token {self.pk} of {self.user_id}"
