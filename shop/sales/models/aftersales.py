"""After-sales cases 售后."""

from django.db import models
from django.db.models import Q

from shop.sales.states import AfterSaleKind, AfterSaleState


class AfterSale(models.Model):
    """The buyer asks for money back on one line; the supplier decides. `amount_fen` is what is asked for."""

    line = models.ForeignKey("sales.LineFacts", on_delete=models.PROTECT, related_name="after_sales")
    kind = models.CharField(max_length=12, choices=AfterSaleKind.choices)
    state = models.CharField(max_length=10, choices=AfterSaleState.choices, default=AfterSaleState.OPEN)
    quantity = models.PositiveIntegerField(default=1)
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    answer = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0, quantity__gt=0), name="after_sale_positive"),
            models.UniqueConstraint(fields=["line"], condition=Q(state="open"), name="after_sale_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.line_id}"


class AfterSalePicture(models.Model):
    """Evidence: a photo of what arrived."""

    case = models.ForeignKey(AfterSale, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey("catalog.Picture", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.case_id} {self.picture_id}"
