"""Suppliers: an organisation that sells, on Oscar's Partner."""

from django.db import models

from catalog.states import SupplierKind


class Supplier(models.Model):
    """A cooperative, farm, workshop or enterprise with a storefront (扶贫专卖店)."""

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, related_name="supplier")
    partner = models.OneToOneField("partner.Partner", on_delete=models.PROTECT, related_name="supplier")
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=24, choices=SupplierKind.choices, default=SupplierKind.COOPERATIVE)
    name_zh = models.CharField(max_length=60, help_text="As on cards, e.g. 梅县松源青禾合作社")
    name_en = models.CharField(max_length=100, blank=True)
    county = models.ForeignKey("core.Division", on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(
        "catalog.Village", null=True, blank=True, on_delete=models.SET_NULL, related_name="suppliers"
    )
    head_name = models.CharField(max_length=30, blank=True, help_text="理事长, shown masked")
    founded_year = models.PositiveSmallIntegerField(null=True, blank=True)
    households = models.PositiveIntegerField(default=0, help_text="带动户数")
    story_zh = models.TextField(blank=True)
    story_en = models.TextField(blank=True)
    picture = models.ForeignKey("catalog.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    portrait = models.ForeignKey("catalog.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    county_recommended = models.BooleanField(default=False)
    freight_template = models.ForeignKey(
        "catalog.FreightTemplate", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    holiday_until = models.DateField(null=True, blank=True, help_text="Ships nothing before this day")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name_zh
