"""Where sessions take place."""

from django.db import models


class LiveRoom(models.Model):
    """A live room 直播间: a supplier's own, or (without supplier) the campaign staff's, who show everybody's goods."""

    slug = models.SlugField(max_length=60, unique=True)
    supplier = models.ForeignKey(
        "catalog.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="live_rooms"
    )
    title_zh = models.CharField(max_length=40)
    title_en = models.CharField(max_length=80, blank=True)
    host_zh = models.CharField(max_length=20, help_text="Who speaks, as viewers see it: 阿珍")
    host_en = models.CharField(max_length=40, blank=True)
    portrait = models.ForeignKey("catalog.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    cover = models.ForeignKey("catalog.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title_zh
