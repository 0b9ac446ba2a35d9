"""The flat, precomputed table behind every list: one row per live listing. Written by `catalog.operations.cards`."""

from django.db import models
from django.db.models import Q


class ListingCard(models.Model):
    """Everything a list needs, with no join: filters, sort keys and the card's finished HTML in both languages."""

    listing = models.OneToOneField("catalog.Listing", primary_key=True, on_delete=models.CASCADE, related_name="card")
    specification_id = models.BigIntegerField(help_text="What + adds")
    category_top_id = models.BigIntegerField()
    category_id = models.BigIntegerField()
    supplier_id = models.BigIntegerField()
    village_id = models.BigIntegerField(null=True)
    county_code = models.CharField(max_length=6)
    province_code = models.CharField(max_length=2)
    price_fen = models.PositiveIntegerField(help_text="Lowest of its specifications")
    jin_fen = models.PositiveIntegerField(null=True, help_text="Lowest price per 斤")
    rank = models.IntegerField(help_text="综合: the larger, the earlier")
    sold_count = models.PositiveIntegerField(default=0)
    fresh_rank = models.BigIntegerField(default=0, help_text="新批次: seconds of the latest batch or publication")
    in_stock = models.BooleanField(default=True)
    certified = models.BooleanField(default=False)
    damage_covered = models.BooleanField(default=False)
    within_48h = models.BooleanField(default=False)
    is_preorder = models.BooleanField(default=False)
    is_assisted = models.BooleanField(default=False)
    storage_class = models.CharField(max_length=10, default="ambient")
    html_zh = models.TextField(blank=True)
    html_en = models.TextField(blank=True)
    tokens = models.TextField(blank=True, help_text="Unigrams, bigrams and pinyin, space separated")
    changes_on = models.DateField(null=True, help_text="The first day on which the same facts make another card")
    built_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["changes_on"], name="card_changes", condition=Q(changes_on__isnull=False)),
            models.Index(fields=["-rank", "listing"], name="card_rank"),
            models.Index(fields=["-sold_count", "listing"], name="card_sold"),
            models.Index(fields=["jin_fen", "listing"], name="card_jin"),
            models.Index(fields=["-fresh_rank", "listing"], name="card_fresh"),
            models.Index(fields=["category_top_id", "-rank", "listing"], name="card_top_rank"),
            models.Index(fields=["category_id", "-rank", "listing"], name="card_category_rank"),
            models.Index(fields=["category_top_id", "-sold_count", "listing"], name="card_top_sold"),
            models.Index(fields=["category_top_id", "jin_fen", "listing"], name="card_top_jin"),
            models.Index(fields=["category_top_id", "-fresh_rank", "listing"], name="card_top_fresh"),
            models.Index(fields=["county_code", "-rank", "listing"], name="card_county_rank"),
            models.Index(fields=["province_code", "-rank", "listing"], name="card_province_rank"),
            models.Index(fields=["supplier_id", "-rank", "listing"], name="card_supplier_rank"),
            models.Index(fields=["village_id", "-rank"], name="card_village", condition=Q(village_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"card {self.pk}"


class FacetCount(models.Model):
    """Stored counts of a whole scope (all, a category, a county), so that an unfiltered list counts nothing.

    scope: "all", "category:12", "county:441403"; facet: category, county, certified, …; value as text.
    """

    scope = models.CharField(max_length=40)
    facet = models.CharField(max_length=20)
    value = models.CharField(max_length=40)
    label_zh = models.CharField(max_length=60, blank=True)
    label_en = models.CharField(max_length=80, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "facet", "value"], name="facet_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.facet}={self.value}: {self.count}"
