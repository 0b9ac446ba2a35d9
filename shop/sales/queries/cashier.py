"""What the cashier shows of a purchase."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import ngettext

from shop.core import regions
from shop.core.prepared import Prepared
from shop.sales import hooks, rules
from shop.sales.models import LineFacts, OrderFacts, Payment, Purchase
from shop.sales.queries.purchases import purchase_of
from shop.sales.states import PaymentState, PurchaseState
from shop.sales.texts import in_reader_language, thumb_url
from shop.sales.visitors import Visitor


@dataclass(frozen=True)
class PlacedOrder:
    """One supplier's order, in short."""

    number: str
    supplier: str
    total_fen: int
    pieces: int
    pictures: tuple[str, ...]
    ship_by: datetime | None


@dataclass(frozen=True)
class Cashier:
    """A purchase at the cashier's. `payment` is the latest attempt."""

    purchase: Purchase
    orders: list[PlacedOrder]
    payment: Payment | None
    is_due: bool
    first: str = ""
    kinds: int = 0
    given_to: str = ""

    @property
    def is_checking(self) -> bool:
        """Whether the provider has not answered yet."""
        return self.payment is not None and self.payment.state == PaymentState.CHECKING

    @property
    def has_failed(self) -> bool:
        """Whether the latest attempt failed."""
        return self.payment is not None and self.payment.state == PaymentState.FAILED

    @property
    def title(self) -> str:
        """What is paid for: the first product, and how many kinds in all."""
        if self.kinds > 1:
            return ngettext("%(name)s and %(n)d more", "%(name)s and %(n)d more", self.kinds - 1) % {
                "name": self.first,
                "n": self.kinds - 1,
                "all": self.kinds,
            }
        return self.first

    @property
    def ship_to(self) -> str:
        """Where the parcels go."""
        return f"{regions.full_name(self.purchase.ship_division)} {self.purchase.ship_street}"


_LINES = Prepared(
    lambda purchase_id: (
        LineFacts.objects.filter(order__purchase=purchase_id)
        .order_by("pk")
        .values_list("order_id", "picture_key", "ordered", "name_zh", "name_en")
    )
)
_ORDERS = Prepared(
    lambda purchase_id: (
        OrderFacts.objects.filter(purchase=purchase_id).select_related("order", "supplier").order_by("pk")
    )
)
_PAYMENT = Prepared(
    lambda purchase_id: Payment.objects.filter(payable_kind="purchase", payable_id=purchase_id).order_by("-pk")[:1]
)


def cashier_of(visitor: Visitor, number: str, *, at: datetime) -> Cashier | None:
    """Return the visitor's own purchase as the cashier shows it, or None. Four queries, one more for a gift."""
    purchase = purchase_of(visitor, number)
    if purchase is None:
        return None
    pictures: dict[int, list[str]] = {}
    pieces: dict[int, int] = {}
    lines = _LINES(purchase.pk)
    for order_id, key, ordered, _name_zh, _name_en in lines:
        pieces[order_id] = pieces.get(order_id, 0) + ordered
        if key:
            pictures.setdefault(order_id, []).append(thumb_url(key))
    orders = [
        PlacedOrder(
            number=order.order.number,
            supplier=in_reader_language(order.supplier.name_zh, order.supplier.name_en),
            total_fen=order.total_fen,
            pieces=pieces.get(order.pk, 0),
            pictures=tuple(pictures.get(order.pk, ())[:4]),
            ship_by=order.ship_by,
        )
        for order in _ORDERS(purchase.pk)
    ]
    payment = next(iter(_PAYMENT(purchase.pk)), None)
    due = purchase.state == PurchaseState.UNPAID and rules.is_too_late_to_pay(purchase.terms, purchase.pay_by, at)
    first = in_reader_language(lines[0][3], lines[0][4]) if lines else ""
    return Cashier(purchase, orders, payment, due, first, len({line[3] for line in lines}), _given_to(purchase))


def _given_to(purchase: Purchase) -> str:
    """Return whom a gift is for, in the reader's language; "" for what its buyer gets."""
    if purchase.attribution_kind != "pledge":
        return ""
    ref = purchase.attribution_ref
    return hooks.names_today("pledge", [ref]).get(ref, purchase.attribution_label)


def payment_state(visitor: Visitor, number: str) -> str | None:
    """Return where a purchase's payment stands: unpaid, checking, failed, paid, expired, cancelled; None if not own."""
    purchase = purchase_of(visitor, number)
    if purchase is None:
        return None
    if purchase.state == PurchaseState.UNPAID:
        states = Payment.objects.filter(payable_kind="purchase", payable_id=purchase.pk).order_by("-pk")
        latest = states.values_list("state", flat=True).first()
        return str(latest) if latest in (PaymentState.CHECKING, PaymentState.FAILED) else str(PurchaseState.UNPAID)
    return str(purchase.state)


def pieces_of(purchase: Purchase) -> dict[int, int]:
    """Return what was ordered: specification id → pieces."""
    rows = LineFacts.objects.filter(order__purchase=purchase).values_list("specification_id")
    return dict(rows.annotate(pieces=Sum("ordered")))


def payee() -> dict[str, str]:
    """Return the account that bank transfers go to."""
    return dict(settings.TRANSFER_ACCOUNT)
