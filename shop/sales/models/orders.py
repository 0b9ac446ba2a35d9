"""Our facts about Oscar's orders and lines: one supplier's part of a purchase."""

from django.db import models
from django.db.models import F, Q

from shop.sales.rules import OrderMoney, left_fen, line_refundable, pieces_paid
from shop.sales.states import OrderState
from shop.sales.weight_rules import less_for_weight, weighed_refundable
from traceability.rules.fefo import Dates


class OrderFacts(models.Model):
    """One supplier's order. `state` mirrors Oscar's `Order.status`; both are written by one function. Amounts in 分.

    total = goods - discount + freight; `discount_supplier_fen` is the part of the discount that the supplier funds.
    """

    order = models.OneToOneField("order.Order", primary_key=True, on_delete=models.PROTECT, related_name="facts")
    purchase = models.ForeignKey("sales.Purchase", on_delete=models.PROTECT, related_name="orders")
    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.UNPAID)
    goods_fen = models.BigIntegerField()
    discount_fen = models.BigIntegerField(default=0)
    discount_supplier_fen = models.BigIntegerField(default=0)
    discount_back_fen = models.BigIntegerField(
        default=0, help_text="Of the discount: gone back with what was given back or not charged"
    )
    discount_supplier_back_fen = models.BigIntegerField(default=0, help_text="The supplier's part of it")
    freight_fen = models.BigIntegerField(default=0)
    total_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField(default=0)
    waived_fen = models.BigIntegerField(default=0, help_text="Not charged: goods came first, and these did not")
    note = models.CharField(max_length=200, blank=True, help_text="From the buyer to the supplier")
    ship_by = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True, help_text="催发货")
    shipped_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    placed_at = models.DateTimeField()
    sold_at = models.DateTimeField(
        null=True, blank=True, help_text="When it became a sale: paid, or received where the goods came first"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total_fen=F("goods_fen") - F("discount_fen") + F("freight_fen")), name="order_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(refunded_fen__gte=0, waived_fen__gte=0, refunded_fen__lte=F("total_fen") - F("waived_fen")),
                name="order_refund_within_total",
            ),
            models.CheckConstraint(
                condition=Q(
                    discount_supplier_back_fen__gte=0,
                    discount_supplier_back_fen__lte=F("discount_supplier_fen"),
                    discount_back_fen__gte=F("discount_supplier_back_fen"),
                    discount_back_fen__lte=F("discount_fen")
                    - F("discount_supplier_fen")
                    + F("discount_supplier_back_fen"),
                ),
                name="order_discount_back_within",
            ),
        ]
        indexes = [
            models.Index(fields=["supplier", "state", "ship_by"], name="order_of_supplier"),
            models.Index(fields=["purchase"], name="order_of_purchase"),
            models.Index(fields=["shipped_at"], condition=Q(state="shipped"), name="order_on_its_way"),
            models.Index(fields=["placed_at"], condition=Q(sold_at__isnull=False), name="order_sold_of_day"),
        ]

    @property
    def left_fen(self) -> int:
        """What it costs in the end, in 分: its total less what was given back or not charged."""
        return left_fen(self.total_fen, self.refunded_fen, self.waived_fen)

    def money(self) -> OrderMoney:
        """The amounts, for the rules."""
        return OrderMoney(
            total_fen=self.total_fen,
            platform_discount_left_fen=self.platform_discount_left_fen,
            refunded_fen=self.refunded_fen,
            waived_fen=self.waived_fen,
        )

    @property
    def platform_discount_left_fen(self) -> int:
        """What the platform pays of the discount, on the goods that were kept."""
        of_platform = self.discount_fen - self.discount_supplier_fen
        return of_platform - self.discount_back_fen + self.discount_supplier_back_fen

    @property
    def own_discount_left_fen(self) -> int:
        """What the supplier pays of the discount itself, on the goods that were kept."""
        return self.discount_supplier_fen - self.discount_supplier_back_fen

    def __str__(self) -> str:
        return f"order {self.pk}"


class LineFacts(models.Model):
    """One line's quantities, which are the truth of an order. `stock_id` is no foreign key: the row is hot."""

    line = models.OneToOneField("order.Line", primary_key=True, on_delete=models.PROTECT, related_name="facts")
    order = models.ForeignKey("sales.OrderFacts", on_delete=models.PROTECT, related_name="lines")
    listing_id = models.BigIntegerField()
    specification_id = models.BigIntegerField()
    stock_id = models.BigIntegerField(help_text="catalog.Stock that the pieces are reserved from")
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    spec_zh = models.CharField(max_length=80, blank=True)
    spec_en = models.CharField(max_length=120, blank=True)
    picture_key = models.CharField(max_length=80, blank=True)
    unit_price_fen = models.BigIntegerField()
    discount_fen = models.BigIntegerField(default=0)
    price_source = models.CharField(max_length=40, default="list")
    net_grams = models.PositiveIntegerField(default=0, help_text="Per piece")
    ordered = models.PositiveIntegerField()
    cancelled = models.PositiveIntegerField(default=0)
    shipped = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0, help_text="Sent, and not accepted: short, damaged, refused")
    returned = models.PositiveIntegerField(default=0, help_text="Came back after the sale")
    refunded_fen = models.BigIntegerField(default=0, help_text="Given back, or not charged")
    county_code = models.CharField(max_length=6, blank=True)
    village_id = models.BigIntegerField(null=True, blank=True)
    pairing = models.CharField(
        max_length=120, blank=True, help_text="Who assisted the county then: assisting-assisted codes, e.g. 4406-5134"
    )
    certificate_id = models.BigIntegerField(null=True, blank=True, help_text="Whose output the pieces draw")
    is_fresh = models.BooleanField(default=True)
    damage_covered = models.BooleanField(default=True, help_text="坏果包赔: the supplier's promise, as it was then")
    is_weighed = models.BooleanField(
        default=False, help_text="Charged by weight: up to net_grams a piece, the rest back"
    )
    weighed_grams = models.PositiveIntegerField(
        default=0, help_text="What is charged of the sent pieces of a weighed line"
    )
    heavy_grams = models.PositiveIntegerField(default=0, help_text="What they weigh above that, and nobody pays")
    weighed_back_fen = models.BigIntegerField(default=0, help_text="Of refunded_fen: given back for their weight")
    light_fen = models.BigIntegerField(
        default=0, help_text="Of refunded_fen: accepted pieces that weighed less at the door"
    )
    promised_until = models.DateField(null=True, blank=True, help_text="Promised: best before this day or later")
    promised_from = models.DateField(null=True, blank=True, help_text="Promised: harvested on this day or later")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ordered__gt=0) & Q(cancelled__lte=F("ordered") - F("shipped")), name="line_within_ordered"
            ),
            models.CheckConstraint(
                condition=Q(accepted__lte=F("shipped") - F("rejected")), name="line_decides_what_shipped"
            ),
            models.CheckConstraint(
                condition=Q(returned__lte=F("shipped") - F("rejected")), name="line_returns_what_was_kept"
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded_fen__gte=0,
                    refunded_fen__lte=F("unit_price_fen") * F("ordered") - F("discount_fen"),
                ),
                name="line_refund_within_price",
            ),
            models.CheckConstraint(
                condition=Q(
                    weighed_grams__lte=F("shipped") * F("net_grams"),
                    weighed_back_fen__gte=0,
                    weighed_back_fen__lte=F("refunded_fen"),
                ),
                name="line_weighs_what_was_charged",
            ),
            models.CheckConstraint(
                condition=Q(light_fen__gte=0, light_fen__lte=F("refunded_fen") - F("weighed_back_fen")),
                name="line_light_within_refund",
            ),
        ]
        indexes = [models.Index(fields=["listing_id"], name="line_of_listing")]

    @property
    def promised(self) -> Dates | None:
        """What its buyer was promised of its dates, if anything."""
        if self.promised_from is None and self.promised_until is None:
            return None
        return Dates(self.promised_from, self.promised_until)

    @property
    def paid_fen(self) -> int:
        """What the whole line costs, after its discount."""
        return self.unit_price_fen * self.ordered - self.discount_fen

    @property
    def cancelled_fen(self) -> int:
        """What its cancelled pieces cost: given back, or not charged."""
        return pieces_paid(self.unit_price_fen, self.cancelled, self.ordered, self.discount_fen)

    @property
    def light_grams(self) -> int:
        """What the sent pieces weigh less than they were charged for; 0 where nothing is weighed."""
        return self.shipped * self.net_grams - self.weighed_grams if self.is_weighed else 0

    def refundable_fen(self, pieces: int, *, sent: bool = True) -> int:
        """分 that may still be given back for `pieces`; sent ones of a weighed line cost what they weigh."""
        if sent and self.weighed_back_fen:
            part = weighed_refundable(
                self.unit_price_fen,
                pieces,
                self.ordered,
                self.cancelled,
                self.discount_fen,
                self.refunded_fen,
                self.weighed_back_fen,
            )
        else:
            given_back = self.refunded_fen - self.weighed_back_fen
            part = line_refundable(self.unit_price_fen, pieces, self.ordered, self.discount_fen, given_back)
        return max(0, min(part, self.paid_fen - self.refunded_fen))

    def sent_value(self, pieces: int) -> tuple[int, int]:
        """What `pieces` of the sent ones cost, in 分, and should weigh, in grams: as packed where they are weighed."""
        fen = pieces_paid(self.unit_price_fen, pieces, self.ordered, self.discount_fen)
        if not self.is_weighed or not self.shipped:
            return fen, self.net_grams * pieces
        less = less_for_weight(self.weighed_back_fen, pieces, self.shipped)
        return fen - less, self.weighed_grams * pieces // self.shipped

    def __str__(self) -> str:
        return f"{self.name_zh} x{self.ordered}"


class OrderMove(models.Model):
    """One move of an order, by whom and why: the buyer's timeline and the auditor's trail. Append-only."""

    order = models.ForeignKey("sales.OrderFacts", on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    reason = models.CharField(
        max_length=40, blank=True, help_text="A code, e.g. placed, paid, expired, buyer_cancelled"
    )
    actor_id = models.BigIntegerField(null=True, blank=True)
    way = models.CharField(max_length=8, blank=True, help_text="`states.Way`: by the phone of a guest's purchase")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.from_state} → {self.to_state}"
