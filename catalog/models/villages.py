"""Villages and the one product each is known for (一村一品)."""

from django.db import models


class Village(models.Model):
    """A village with its specialty, story, and what happens there month by month."""

    slug = models.SlugField(max_length=80, unique=True)
    county = models.ForeignKey("core.Division", on_delete=models.PROTECT, related_name="+")
    township_zh = models.CharField(max_length=40, blank=True)
    township_en = models.CharField(max_length=60, blank=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    specialty_zh = models.CharField(max_length=40)
    specialty_en = models.CharField(max_length=60, blank=True)
    headline_zh = models.CharField(max_length=60, blank=True)
    headline_en = models.CharField(max_length=100, blank=True)
    story_zh = models.TextField(blank=True)
    story_en = models.TextField(blank=True)
    households = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=list, help_text="[{value, unit_zh, unit_en, label_zh, label_en}] of the village")
    year = models.JSONField(default=list, help_text="12 × {label_zh, label_en, kind: rest|grow|ripen|harvest}")
    picture = models.ForeignKey("catalog.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_published = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name_zh
