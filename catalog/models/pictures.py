"""Pictures in responsive sizes. Made only by `catalog.operations.pictures`."""

from django.db import models


class Picture(models.Model):
    """A picture, re-encoded: derivatives live in media under `key`, as `{key}-{width}.webp` and `.avif`."""

    key = models.CharField(max_length=80, unique=True, help_text="Folder and content hash, e.g. p/3f/3fa9…")
    sha256 = models.CharField(max_length=64, db_index=True, help_text="Of the upload, to find a reused picture")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    widths = models.JSONField(default=list, help_text="Widths of the derivatives, ascending")
    ground = models.CharField(max_length=7, default="#EBE3D1", help_text="Background shown while it loads")
    alt_zh = models.CharField(max_length=120, blank=True)
    alt_en = models.CharField(max_length=160, blank=True)
    is_private = models.BooleanField(
        default=False, help_text="Kept outside the public media, shown by signed addresses"
    )
    uploaded_by_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key
