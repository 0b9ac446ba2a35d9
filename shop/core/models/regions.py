"""Administrative divisions (GB/T 2260) in five levels, their assistance status and pairings."""

from django.db import models

from shop.core.models.sealed_rows import SealedRow


class Division(models.Model):
    """A province, prefecture, county, township or village, by its division code.

    `code` has 2, 4, 6, 9 or 12 digits, by level; a child's code starts with its parent's.
    """

    class Level(models.IntegerChoices):
        PROVINCE = 1
        PREFECTURE = 2
        COUNTY = 3
        TOWNSHIP = 4
        VILLAGE = 5

    code = models.CharField(max_length=12, primary_key=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    full_name_zh = models.CharField(max_length=200, blank=True)
    full_name_en = models.CharField(max_length=300, blank=True)
    is_assisted = models.BooleanField(default=False)
    is_watched = models.BooleanField(default=False, help_text="SupervisedCounty: 挂牌督战")

    class Meta:
        indexes = [models.Index(fields=["parent", "code"], name="division_children")]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.code}"


class AssistancePairing(SealedRow):
    """A Guangdong city that assists a division elsewhere (东西部协作, 对口帮扶)."""

    assisting = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    assisted = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="pairings")
    since_year = models.PositiveSmallIntegerField()
    until_year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assisting", "assisted", "since_year"], name="pairing_once")]

    def __str__(self) -> str:
        return f"{self.assisting_id} → {self.assisted_id}"
