"""Purchase requests: what a unit's buyer asks for, and what was decided on it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from procurement.states import Fund, RequestState


class PurchaseRequest(models.Model):
    """What a buyer asks for. Amounts in 分; total = goods + freight, at the prices of the last change.

    `version` grows with each change; decisions name the version they saw. `approved_fen` is what the budget gave.
    `year` is that of the budget: the year in which it is to be ordered, and from then on the year of the order's day.
    """

    number = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey("procurement.BudgetUnit", on_delete=models.PROTECT, related_name="requests")
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    editors = models.JSONField(default=list, help_text="Ids of everybody who changed or submitted it: none approves it")
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    year = models.PositiveSmallIntegerField(help_text="Whose budget pays")
    fund = models.CharField(max_length=10, choices=Fund.choices, default=Fund.CANTEEN)
    terms = models.CharField(max_length=10, default="postpaid")
    note = models.CharField(max_length=200, blank=True)
    ship_name = models.CharField(max_length=40, blank=True)
    ship_phone = models.CharField(max_length=20, blank=True)
    ship_division = models.ForeignKey(
        "core.Division", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ship_street = models.CharField(max_length=160, blank=True)
    goods_fen = models.BigIntegerField(default=0)
    freight_fen = models.BigIntegerField(default=0)
    total_fen = models.BigIntegerField(default=0)
    approved_fen = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    purchase = models.OneToOneField(
        "sales.Purchase", null=True, blank=True, on_delete=models.PROTECT, related_name="request"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(total_fen=F("goods_fen") + F("freight_fen")), name="request_adds_up")
        ]
        indexes = [models.Index(fields=["unit", "state"], name="request_of_unit")]

    def __str__(self) -> str:
        return self.number


class RequestLine(models.Model):
    """One 规格 that is asked for, with its words and price as they were at the last change."""

    request = models.ForeignKey(PurchaseRequest, on_delete=models.CASCADE, related_name="lines")
    specification_id = models.BigIntegerField()
    listing_id = models.BigIntegerField()
    sku = models.CharField(max_length=60)
    supplier_id = models.BigIntegerField()
    supplier_zh = models.CharField(max_length=120)
    supplier_en = models.CharField(max_length=160, blank=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    spec_zh = models.CharField(max_length=80, blank=True)
    spec_en = models.CharField(max_length=120, blank=True)
    picture_key = models.CharField(max_length=80, blank=True)
    unit_price_fen = models.BigIntegerField()
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "specification_id"], name="request_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="request_line_positive"),
        ]

    @property
    def sum_fen(self) -> int:
        """Pieces times price."""
        return self.unit_price_fen * self.quantity

    def __str__(self) -> str:
        return f"{self.name_zh} x{self.quantity}"


class RequestVersion(models.Model):
    """What was submitted, as it was then: an approver sees what changed since the last time. Append-only.

    `facts` is what was asked for besides the lines: where it goes, whose money, when it is paid, the year, freight, note.
    """

    request = models.ForeignKey(PurchaseRequest, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    lines = models.JSONField(help_text="[{sku, name_zh, name_en, spec_zh, spec_en, unit_price_fen, quantity}]")
    facts = models.JSONField(default=dict)
    total_fen = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "version"], name="request_version_once")]

    def __str__(self) -> str:
        return f"{self.request_id} v{self.version}"


class RequestDecision(models.Model):
    """One decision on one version at one step. Append-only: signed, never edited."""

    request = models.ForeignKey(PurchaseRequest, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveIntegerField()
    step = models.PositiveSmallIntegerField(help_text="1 approver, 2 finance")
    approved = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)
    total_fen = models.BigIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["request", "version", "step"], name="decision_once")]

    def __str__(self) -> str:
        return f"{self.request_id} v{self.version} step {self.step}"
