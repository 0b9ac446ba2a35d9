"""A purchase: one checkout, one payment, one Oscar order per supplier."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shop.core.models import SealedRow, new_salt
from shop.sales.states import PurchaseState, Terms


class Purchase(models.Model):
    """What was agreed in one checkout, and whether it is paid. Amounts in 分.

    total = goods - discount + freight. `key` makes placing idempotent. A guest is `contact_phone` (or
    `contact_email`) and a hashed token of its own, which the browser keeps; another one opens it by link. Signed in in
    that browser, an account adopts it, and it needs the account. Who has the phone acts on it too, and
    takes it from nobody (`states.Way`).
    """

    number = models.CharField(max_length=20, unique=True, help_text="Not guessable, e.g. HQ26-7K2M-9QXD")
    key = models.CharField(max_length=80, unique=True)
    content_digest = models.CharField(max_length=64, blank=True, help_text="Of all that was sent under `key`")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="purchases"
    )
    contact_phone = models.CharField(max_length=20, blank=True)
    contact_email = models.EmailField(blank=True)
    erased_phone = models.CharField(max_length=64, blank=True, help_text="Of an erased buyer: a keyed hash")
    guest_token_hash = models.CharField(max_length=64, blank=True, help_text="Of its token, kept by the browser")
    link_token_hash = models.CharField(max_length=64, blank=True, help_text="Of the token in links to it")
    phone_proved_at = models.DateTimeField(
        null=True, blank=True, help_text="When the buyer proved to have contact_phone"
    )
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Has contact_phone, and says that another bought this",
    )
    state = models.CharField(max_length=10, choices=PurchaseState.choices, default=PurchaseState.UNPAID)
    terms = models.CharField(max_length=10, choices=Terms.choices, default=Terms.ONLINE)
    goods_fen = models.BigIntegerField()
    discount_fen = models.BigIntegerField(default=0)
    freight_fen = models.BigIntegerField(default=0)
    total_fen = models.BigIntegerField()
    ship_name = models.CharField(max_length=40)
    ship_phone = models.CharField(max_length=20)
    ship_division = models.ForeignKey("core.Division", on_delete=models.PROTECT, related_name="+")
    ship_street = models.CharField(max_length=160)
    ship_postcode = models.CharField(max_length=6, blank=True)
    invoice_title = models.CharField(max_length=120, blank=True)
    invoice_tax_no = models.CharField(max_length=18, blank=True)
    invoice_email = models.EmailField(blank=True)
    coupon_code = models.CharField(max_length=128, blank=True)
    attribution_kind = models.CharField(max_length=20, default="shop", help_text="shop, campaign, live, unit, pledge")
    attribution_ref = models.CharField(max_length=60, blank=True)
    attribution_label = models.CharField(max_length=120, blank=True, help_text="As it was then")
    basket_id = models.BigIntegerField(null=True, blank=True)
    placed_at = models.DateTimeField()
    pay_by = models.DateTimeField(null=True, blank=True)
    term_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="账期: POSTPAID, after acceptance")
    paid_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="Expired or cancelled")
    seal_salt = models.CharField(
        max_length=32,
        blank=True,
        default=new_salt,
        help_text="Of the seals of contact and address: erased with them, so that nobody guesses them",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total_fen=F("goods_fen") - F("discount_fen") + F("freight_fen")), name="purchase_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(goods_fen__gt=0, discount_fen__gte=0, freight_fen__gte=0, total_fen__gte=0),
                name="purchase_not_negative",
            ),
            models.UniqueConstraint(
                fields=["link_token_hash"], condition=~Q(link_token_hash=""), name="purchase_of_link"
            ),
        ]
        indexes = [
            models.Index(fields=["pay_by"], condition=Q(state="unpaid"), name="purchase_expiring"),
            models.Index(fields=["user", "-placed_at"], name="purchase_of_user"),
            models.Index(fields=["contact_phone"], name="purchase_of_phone"),
            models.Index(fields=["erased_phone"], condition=~Q(erased_phone=""), name="purchase_of_erased"),
            # Whole, for a prepared plan can't know that a hash is not "".
            models.Index(fields=["guest_token_hash"], name="purchase_of_browser"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderAttribution(models.Model):
    """Where a purchase came from, as it was then: a campaign, session, need, unit. One row per kind, no upward key."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="attributions")
    kind = models.CharField(max_length=20)
    ref = models.CharField(max_length=60)
    label = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["purchase", "kind"], name="attribution_once")]
        indexes = [models.Index(fields=["kind", "ref"], name="attribution_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class DeliveryDue(SealedRow):
    """What one accepted delivery costs where the goods came first, and until when it is to be paid. Amounts in 分.

    The deliveries of an order add up to what the order cost when the last of them was accepted; what is given back
    later shortens the youngest ones first (`rules.spread_due`).
    """

    order = models.ForeignKey("sales.OrderFacts", on_delete=models.PROTECT, related_name="deliveries_due")
    key = models.CharField(max_length=60, unique=True, help_text="Which delivery, so that it is noted once")
    amount_fen = models.BigIntegerField()
    accepted_at = models.DateTimeField()
    pay_by = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gte=0), name="delivery_due_not_negative")]
        ordering = ["pay_by", "pk"]

    def __str__(self) -> str:
        return f"delivery of {self.order_id}: {self.amount_fen}"
