"""What the cashier shows of a purchase."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import ngettext

from shop.core import regions
from shop.core.prepared import Prepared
from shop.sales import hooks, rules
from shop.sales.gateways import Gateway, offered
from shop.sales.models import LineFacts, OrderFacts, Payment, PayTime, Purchase
from shop.sales.queries.due import Due, due_of
from shop.sales.queries.pay_times import pay_time_for
from shop.sales.queries.payouts import GoesBack, goes_back
from shop.sales.queries.purchases import purchase_of, way_of
from shop.sales.queries.trails import NOTHING_CAME, Trail, said_to_buyer, trail_of
from shop.sales.queries.under_way import earlier_words, payments_under_way
from shop.sales.states import OrderState, PaymentState, PurchaseState
from shop.sales.texts import in_reader_language, thumb_url
from shop.sales.visitors import Visitor


@dataclass(frozen=True)
class PlacedOrder:
    """One supplier's order, in short; `goods` of it in words, `left_fen` what it comes to now."""

    pk: int
    number: str
    supplier: str
    total_fen: int
    is_cancelled: bool
    pieces: int
    pictures: tuple[str, ...]
    ship_by: datetime | None
    waits: bool
    back_fen: int = 0
    goods: str = ""
    left_fen: int = 0


@dataclass(frozen=True)
class Cashier:
    """A purchase at the cashier's. `payment` is the latest attempt, `transfer` the one that waits for a bank's money.

    `under_way` are the attempts that nothing came of and all may still come of, the latest first.
    """

    purchase: Purchase
    orders: list[PlacedOrder]
    payment: Payment | None
    is_due: bool
    due: Due
    first: str = ""
    kinds: int = 0
    given_to: str = ""
    goes_back: GoesBack | None = None
    scarce: PayTime | None = None
    transfer: Payment | None = None
    trail: Trail = NOTHING_CAME
    way: str = ""
    under_way: tuple[Payment, ...] = ()

    @property
    def back_fen(self) -> int:
        """What of its paid orders goes or went back."""
        return sum(order.back_fen for order in self.orders)

    @property
    def back_ways(self) -> list[str]:
        """How far that is and by which way it goes, in sentences; see `back_fen`."""
        return self.trail.of_orders().ways()

    @property
    def open_count(self) -> int:
        """How many of its orders are not cancelled."""
        return sum(not order.is_cancelled for order in self.orders)

    @property
    def open_names(self) -> str:
        """Whose orders these are."""
        return "、".join(order.supplier for order in self.orders if not order.is_cancelled)

    @property
    def shown_payment(self) -> Payment | None:
        """The latest attempt; the transfer that still waits, where the latest failed."""
        return self.transfer if self.transfer is not None and self.has_failed else self.payment

    @property
    def said(self) -> list[str]:
        """What becomes of money that came and is not needed, in sentences."""
        return said_to_buyer(self.trail, self.due.left_fen, self.purchase.state)

    @property
    def credit_words(self) -> list[str]:
        """What of its money was credited to, or came from, another purchase of the buyer."""
        return self.trail.credit_words()

    @property
    def earlier(self) -> list[str]:
        """What becomes of payments that are under way when another one is made."""
        return earlier_words(self.under_way, self.due.left_fen)

    @property
    def checked(self) -> Payment | None:
        """The latest attempt that its provider has not answered yet."""
        return next((each for each in self.under_way if each.state == PaymentState.CHECKING), None)

    @property
    def too_much_fen(self) -> int:
        """What of the attempt that is being checked is more than is due by now."""
        return max(0, self.checked.amount_fen - self.due.left_fen) if self.checked is not None else 0

    @property
    def takes_transfer(self) -> bool:
        """Whether a bank transfer is offered: not for what is kept for minutes only."""
        return self.scarce is None or self.scarce.transfer_minutes is not None

    @property
    def is_checking(self) -> bool:
        """Whether a provider has not answered yet."""
        return self.checked is not None

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


ATTEMPTS = 20
_LINES = Prepared(
    lambda purchase_id: (
        LineFacts.objects.filter(order__purchase=purchase_id)
        .order_by("pk")
        .values_list(
            "order_id", "picture_key", "ordered", "name_zh", "name_en", "price_source", "cancelled", "order__state"
        )
    )
)
_ORDERS = Prepared(
    lambda purchase_id: (
        OrderFacts.objects.filter(purchase=purchase_id).select_related("order", "supplier").order_by("pk")
    )
)
_PAYMENTS = Prepared(
    lambda purchase_id: Payment.objects.filter(payable_kind="purchase", payable_id=purchase_id).order_by("-pk")[
        :ATTEMPTS
    ]
)


def cashier_of(visitor: Visitor, number: str, *, at: datetime) -> Cashier | None:
    """Return the visitor's own purchase as the cashier shows it, or None. Eleven queries at most."""
    purchase = purchase_of(visitor, number)
    if purchase is None:
        return None
    way = way_of(visitor, purchase)
    pictures: dict[int, list[str]] = {}
    pieces: dict[int, int] = {}
    goods: dict[int, list[str]] = {}
    lines = _LINES(purchase.pk)
    named = [line for line in lines if line[2] > line[6] and line[7] != OrderState.CANCELLED] or lines
    is_open = {line[0] for line in lines if line[2] > line[6]}
    for order_id, key, ordered, zh, en, _source, cancelled, _state in lines:
        # Of an order that was cancelled whole its sum still stands: with the pieces that it was for.
        wanted = ordered - cancelled if order_id in is_open else ordered
        if not wanted:
            continue
        pieces[order_id] = pieces.get(order_id, 0) + wanted
        goods.setdefault(order_id, []).append(f"{in_reader_language(zh, en)} ×{wanted}")
        if key:
            pictures.setdefault(order_id, []).append(thumb_url(key))
    orders = [
        PlacedOrder(
            pk=order.pk,
            number=order.order.number,
            supplier=in_reader_language(order.supplier.name_zh, order.supplier.name_en),
            total_fen=order.total_fen,
            is_cancelled=order.state == OrderState.CANCELLED,
            back_fen=order.refunded_fen,
            pieces=pieces.get(order.pk, 0),
            pictures=tuple(pictures.get(order.pk, ())[:4]),
            ship_by=order.ship_by,
            waits=order.state in (OrderState.UNPAID, OrderState.TO_SHIP),
            goods="、".join(goods.get(order.pk, ())),
            left_fen=order.left_fen,
        )
        for order in _ORDERS(purchase.pk)
    ]
    attempts = _PAYMENTS(purchase.pk)
    is_due = purchase.state == PurchaseState.UNPAID and rules.is_too_late_to_pay(purchase.terms, purchase.pay_by, at)
    first = in_reader_language(named[0][3], named[0][4]) if named else ""
    return Cashier(
        purchase,
        orders,
        next(iter(attempts), None),
        is_due,
        due_of(purchase),
        first,
        len({line[3] for line in named}),
        _given_to(purchase),
        goes_back(purchase.pk, way),
        pay_time_for((line[5] for line in lines), purchase.placed_at),
        next((each for each in attempts if _waits_for_transfer(purchase, each)), None),
        _trail(purchase, way) if _is_told(attempts) else NOTHING_CAME,
        way,
        tuple(payments_under_way(attempts)),
    )


def _is_told(attempts: Iterable[Payment]) -> bool:
    """Tell whether money came, or may have: all that came by a transfer may have been credited elsewhere."""
    return any(each.received_fen or rules.is_by_hand(each.gateway) for each in attempts)


def _trail(purchase: Purchase, way: str) -> Trail:
    """Who paid, and from which account, is told to who bought it alone."""
    found = trail_of(purchase.pk)
    return found.without_payers() if way else found


def _waits_for_transfer(purchase: Purchase, payment: Payment) -> bool:
    is_open = payment.state in (PaymentState.STARTED, PaymentState.CHECKING)
    return is_open and rules.is_by_hand(payment.gateway) and purchase.state == PurchaseState.UNPAID


def offered_to(found: Cashier) -> dict[str, Gateway]:
    """Return the ways to pay a purchase: no bank transfer for what is kept for minutes only."""
    return {name: each for name, each in offered().items() if name != "transfer" or found.takes_transfer}


def order_of(purchase: Purchase, number: str) -> int | None:
    """Return the id of one of a purchase's orders by its number; None for any other."""
    return OrderFacts.objects.filter(purchase=purchase, order__number=number).values_list("pk", flat=True).first()


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
        attempts = list(_PAYMENTS(purchase.pk))
        if any(each.state == PaymentState.CHECKING for each in payments_under_way(attempts)):
            return str(PaymentState.CHECKING)
        is_failed = bool(attempts) and attempts[0].state == PaymentState.FAILED
        return str(PaymentState.FAILED if is_failed else PurchaseState.UNPAID)
    return str(purchase.state)


def pieces_of(purchase: Purchase) -> dict[int, int]:
    """Return what was ordered: specification id → pieces."""
    rows = LineFacts.objects.filter(order__purchase=purchase).values_list("specification_id")
    return dict(rows.annotate(pieces=Sum("ordered")))


def payee() -> dict[str, str]:
    """Return the account that bank transfers go to."""
    return dict(settings.TRANSFER_ACCOUNT)
