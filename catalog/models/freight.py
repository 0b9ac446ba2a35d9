"""What it costs to send goods where."""

from django.db import models

from catalog.states import StorageClass


class FreightTemplate(models.Model):
    """A supplier's price list for sending. The most specific rule for a destination wins; none = not served."""

    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.CASCADE, related_name="freight_templates")
    name = models.CharField(max_length=60)
    free_over_fen = models.BigIntegerField(null=True, blank=True, help_text="Goods after discounts, in 分")

    def __str__(self) -> str:
        return self.name


class FreightRule(models.Model):
    """First and further weight to every division whose code starts with `division_prefix` ("" = everywhere)."""

    template = models.ForeignKey(FreightTemplate, on_delete=models.CASCADE, related_name="rules")
    division_prefix = models.CharField(max_length=12, blank=True)
    storage_class = models.CharField(max_length=10, choices=StorageClass.choices)
    served = models.BooleanField(default=True)
    first_grams = models.PositiveIntegerField(default=1000)
    first_fen = models.PositiveIntegerField(default=0)
    step_grams = models.PositiveIntegerField(default=1000)
    step_fen = models.PositiveIntegerField(default=0)
    days_min = models.PositiveSmallIntegerField(default=1)
    days_max = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "division_prefix", "storage_class"], name="freight_rule_once"),
            models.CheckConstraint(
                condition=models.Q(step_grams__gt=0, first_grams__gt=0), name="freight_rule_positive_grams"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.division_prefix or '*'} {self.storage_class}"
