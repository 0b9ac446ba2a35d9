"""Production bases and their plots."""

from django.db import models

MICRO = 1_000_000


class ProductionBase(models.Model):
    """生产基地: where a supplier grows. Coordinates are integers, in millionths of a degree."""

    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="bases")
    village = models.ForeignKey(
        "catalog.Village", null=True, blank=True, on_delete=models.SET_NULL, related_name="bases"
    )
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    place_zh = models.CharField(max_length=80, blank=True)
    place_en = models.CharField(max_length=120, blank=True)
    contact = models.CharField(max_length=60, blank=True, help_text="Of the producer, for the 合格证")
    latitude = models.IntegerField(help_text="Millionths of a degree")
    longitude = models.IntegerField(help_text="Millionths of a degree")
    altitude_m = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "name_zh"], name="base_name_once"),
            models.CheckConstraint(
                condition=models.Q(latitude__range=(-90 * MICRO, 90 * MICRO))
                & models.Q(longitude__range=(-180 * MICRO, 180 * MICRO)),
                name="base_is_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Plot(models.Model):
    """A field of a base. Area in tenths of a 亩."""

    base = models.ForeignKey(ProductionBase, on_delete=models.PROTECT, related_name="plots")
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    area_tenth_mu = models.PositiveIntegerField(default=0)
    latitude = models.IntegerField()
    longitude = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["base", "name_zh"], name="plot_name_once")]

    def __str__(self) -> str:
        return self.name_zh
