"""Buy instead of donate: needs of beneficiaries, gifts bought for them, receipts by a one-time link."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from procurement.states import NeedState
from shop.core.models import SealedRow, new_salt


class Need(SealedRow):
    """What a beneficiary asks for. Parcels go to its address."""

    slug = models.SlugField(max_length=60, unique=True)
    beneficiary = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="needs")
    state = models.CharField(max_length=10, choices=NeedState.choices, default=NeedState.DRAFT)
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=120, blank=True)
    text_zh = models.TextField(max_length=1000)
    text_en = models.TextField(max_length=2000, blank=True)
    picture_key = models.CharField(max_length=80, blank=True)
    people = models.PositiveIntegerField(default=0, help_text="Whom it reaches")
    until = models.DateField()
    ship_name = models.CharField(max_length=40)
    ship_phone = models.CharField(max_length=20)
    ship_division = models.ForeignKey("core.Division", on_delete=models.PROTECT, related_name="+")
    ship_street = models.CharField(max_length=160)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "until"], name="need_open")]

    def __str__(self) -> str:
        return self.title_zh


class NeedLine(SealedRow):
    """How many pieces of one 规格 a beneficiary can use. What was given is counted from orders."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="lines")
    specification_id = models.BigIntegerField()
    wanted = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["need", "specification_id"], name="need_line_once"),
            models.CheckConstraint(condition=Q(wanted__gt=0), name="need_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id}: {self.wanted}"


class Pledge(SealedRow):
    """Goods that a donor buys for a beneficiary: one purchase. Where it stands is where its orders stand.

    `certificate_code` opens the verify page; `donor_name` is how the donor wants to be named ("" = without a name).
    """

    not_sealed = {"seal_salt": "it is hashed with the words of the donor"}
    sealed_with_salt = ("donor_name", "words")

    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="pledges")
    beneficiary = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="pledges")
    donor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pledges")
    donor_name = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=120, blank=True)
    purchase = models.OneToOneField("sales.Purchase", on_delete=models.PROTECT, related_name="pledge")
    certificate_code = models.CharField(max_length=20, unique=True)
    created_at = models.DateTimeField()
    seal_salt = models.CharField(
        max_length=32,
        blank=True,
        default=new_salt,
        help_text="Erased with the donor's words, so that nobody guesses them",
    )

    class Meta:
        indexes = [models.Index(fields=["donor", "-created_at"], name="pledge_of_donor")]

    def __str__(self) -> str:
        return self.certificate_code


class ReceiptLink(SealedRow):
    """A link that lets a beneficiary confirm one order once. Only the hash of its token is kept."""

    order = models.ForeignKey("sales.OrderFacts", on_delete=models.PROTECT, related_name="receipt_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link to {self.order_id}"


class PledgeReceipt(SealedRow):
    """The beneficiary's word that an order arrived, with a photo that is kept outside the public media."""

    order = models.OneToOneField(
        "sales.OrderFacts", primary_key=True, on_delete=models.PROTECT, related_name="pledge_receipt"
    )
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="receipts")
    picture = models.ForeignKey("catalog.Picture", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True)
    fault = models.CharField(max_length=200, blank=True, help_text="What was missing or damaged, where something was")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"receipt of {self.order_id}"
