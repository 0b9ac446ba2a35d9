"""Listings and their specifications: our side of Oscar's products."""

from django.db import models
from django.db.models import Q

from catalog.states import ListingState, SaleUnit, StorageClass


class Listing(models.Model):
    """What a shopper sees as one product; its 规格 are `Specification`s.

    `product` is Oscar's parent product when there are several specifications, its standalone product when there
    is one. Months are 1-12; a season may run over New Year (11 to 2).
    """

    product = models.OneToOneField("catalogue.Product", on_delete=models.PROTECT, related_name="listing")
    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="listings")
    village = models.ForeignKey(
        "catalog.Village", null=True, blank=True, on_delete=models.SET_NULL, related_name="listings"
    )
    county = models.ForeignKey("core.Division", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("catalogue.Category", on_delete=models.PROTECT, related_name="listings")
    slug = models.SlugField(max_length=120, unique=True)
    state = models.CharField(max_length=12, choices=ListingState.choices, default=ListingState.DRAFT)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    summary_zh = models.CharField(max_length=160, blank=True)
    summary_en = models.CharField(max_length=240, blank=True)
    description_zh = models.TextField(blank=True, help_text="Plain text, blank line between paragraphs")
    description_en = models.TextField(blank=True)
    axes = models.JSONField(
        default=list, help_text='[{"zh": "装量", "en": "Pack"}]: what specifications choose between'
    )
    badge_zh = models.CharField(max_length=12, blank=True)
    badge_en = models.CharField(max_length=24, blank=True)
    badge_kind = models.CharField(max_length=10, default="neutral", help_text="proven, limited, offer or neutral")

    sale_unit = models.CharField(max_length=14, choices=SaleUnit.choices, default=SaleUnit.JIN)
    storage_class = models.CharField(max_length=10, choices=StorageClass.choices, default=StorageClass.AMBIENT)
    storage_note_zh = models.CharField(max_length=80, blank=True)
    storage_note_en = models.CharField(max_length=120, blank=True)
    produced_on = models.DateField(null=True, blank=True, help_text="生产日期 of what ships now")
    shelf_life_days = models.PositiveIntegerField(null=True, blank=True, help_text="保质期")
    min_days_left = models.PositiveIntegerField(null=True, blank=True, help_text="At least this is left on arrival")
    is_fresh = models.BooleanField(default=True, help_text="鲜活易腐: no seven-day free return")
    damage_covered = models.BooleanField(default=True, help_text="坏果包赔")
    ship_within_hours = models.PositiveSmallIntegerField(default=48)
    purchase_limit = models.PositiveIntegerField(null=True, blank=True, help_text="限购, pieces per buyer")
    season_start = models.PositiveSmallIntegerField(null=True, blank=True)
    season_end = models.PositiveSmallIntegerField(null=True, blank=True)
    is_preorder = models.BooleanField(default=False, help_text="Out of season: shows 提醒我 instead of +")
    reference_low_fen = models.PositiveIntegerField(null=True, blank=True, help_text="Same grade, per sale unit")
    reference_high_fen = models.PositiveIntegerField(null=True, blank=True)
    reference_source_zh = models.CharField(max_length=80, blank=True)
    reference_source_en = models.CharField(max_length=120, blank=True)
    reference_on = models.DateField(null=True, blank=True)
    farmers_share_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    freight_template = models.ForeignKey(
        "catalog.FreightTemplate", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    sold_count = models.PositiveIntegerField(default=0)
    review_count = models.PositiveIntegerField(default=0)
    review_good_count = models.PositiveIntegerField(default=0, help_text="Reviews of 4 and 5")
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(season_start__isnull=True)
                | Q(season_start__gte=1, season_start__lte=12, season_end__gte=1, season_end__lte=12),
                name="listing_season_months",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Specification(models.Model):
    """One 规格: an Oscar product with a stock record. `labels` has one entry per axis of the listing."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="specifications")
    product = models.OneToOneField("catalogue.Product", on_delete=models.PROTECT, related_name="specification")
    stockrecord = models.OneToOneField("partner.StockRecord", on_delete=models.PROTECT, related_name="specification")
    position = models.PositiveSmallIntegerField(default=0)
    labels = models.JSONField(default=list, help_text='[{"zh": "2 个装", "en": "2 pieces"}], one per axis')
    text_zh = models.CharField(max_length=80, help_text="As on cards, e.g. 约 5 斤 · 一级")
    text_en = models.CharField(max_length=120, blank=True)
    price_fen = models.PositiveIntegerField(help_text="List price; the stock record repeats it as Decimal")
    was_fen = models.PositiveIntegerField(null=True, blank=True)
    live_floor_fen = models.PositiveIntegerField(
        null=True, blank=True, help_text="Others sell it live at this or more; empty: at the shop's price only"
    )
    net_grams = models.PositiveIntegerField(help_text="净含量")
    net_ml = models.PositiveIntegerField(null=True, blank=True)
    gross_grams = models.PositiveIntegerField(help_text="For freight")
    pieces = models.PositiveSmallIntegerField(null=True, blank=True)
    picture = models.ForeignKey("catalog.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=Q(price_fen__gt=0), name="specification_price_positive")]

    def __str__(self) -> str:
        return self.text_zh


class ListingPicture(models.Model):
    """The pictures of a listing; the first is on its card."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey("catalog.Picture", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.listing_id} {self.position}"
