"""What `manage.py check_ledger` checks of the trade: stock, orders, suppliers' accounts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.operations.output import certified_years, drawn_from
from catalog.operations.stock import reserved_by_pool
from shop.core import ledger
from shop.core.money import to_fen
from shop.core.projections import Mismatch, check
from shop.sales import books
from shop.sales.models import (
    AfterSale,
    DeliveryDue,
    LineFacts,
    OrderFacts,
    Payment,
    Purchase,
    Refund,
    Remittance,
    StatementLine,
)
from shop.sales.queries.deliveries import schedules_of
from shop.sales.queries.due import Due, dues_of
from shop.sales.rules import BY_HAND, accepted_part, is_by_hand, line_of_key, sold_since, still_held
from shop.sales.states import (
    AfterSaleState,
    OrderState,
    PaymentState,
    PurchaseState,
    RefundState,
    Terms,
    order_states,
)

AT_ONCE = 2000


def _sum(what: Any) -> Coalesce:
    """Return a sum that is 0 of nothing: rows may be gone that should be there."""
    return Coalesce(Sum(what), 0)


@check("reserved stock is what open orders hold")
def _stock() -> Iterator[Mismatch]:
    open_pieces = dict(
        LineFacts.objects.values_list("stock_id").annotate(held=Sum(F("ordered") - F("cancelled") - F("shipped")))
    )
    for stock_id, reserved in sorted(reserved_by_pool().items()):
        if reserved != open_pieces.get(stock_id, 0):
            yield Mismatch(f"stock {stock_id}", reserved, open_pieces.get(stock_id, 0))


@check("a purchase is the sum of its orders, an order of its lines")
def _sums() -> Iterator[Mismatch]:
    for pk, total, counted in (
        Purchase.objects.annotate(counted=_sum("orders__total_fen"))
        .exclude(total_fen=F("counted"))
        .order_by("pk")
        .values_list("number", "total_fen", "counted")
    ):
        yield Mismatch(f"purchase {pk}", total, counted)
    rows = OrderFacts.objects.annotate(
        goods=_sum(F("lines__unit_price_fen") * F("lines__ordered")), discount=_sum("lines__discount_fen")
    ).order_by("pk")
    for number, goods, counted in rows.exclude(goods_fen=F("goods")).values_list("order__number", "goods_fen", "goods"):
        yield Mismatch(f"goods of order {number}", goods, counted)
    for number, discount, counted in rows.exclude(discount_fen=F("discount")).values_list(
        "order__number", "discount_fen", "discount"
    ):
        yield Mismatch(f"discount of order {number}", discount, counted)


@check("an order stands where its purchase's payment lets it, and Oscar's row says the same of it")
def _states() -> Iterator[Mismatch]:
    rows = OrderFacts.objects.select_related("order", "purchase").order_by("pk")
    for order in rows.iterator():
        number, oscars = order.order.number, order.order
        if order.state not in order_states(order.purchase.state, order.purchase.terms):
            yield Mismatch(f"{order.state} order {number} of the {order.purchase.state} purchase", 1, 0)
        if oscars.status != order.state:
            yield Mismatch(f"order {number} is {order.state}, and {oscars.status} for Oscar", 1, 0)
        for what, amount, fen in (
            ("total", oscars.total_incl_tax, order.total_fen),
            ("freight", oscars.shipping_incl_tax, order.freight_fen),
        ):
            if to_fen(amount) != fen:
                yield Mismatch(f"Oscar's {what} of order {number}", to_fen(amount), fen)


@check("no more was given back of lines than of their order, and what was sent of a received order was accepted or not")
def _lines() -> Iterator[Mismatch]:
    rows = OrderFacts.objects.annotate(
        back=_sum("lines__refunded_fen"),
        sent=_sum("lines__shipped"),
        decided=_sum(F("lines__accepted") + F("lines__rejected")),
    )
    facts = ("order__number", "state", "refunded_fen", "waived_fen", "back", "sent", "decided")
    for number, state, refunded, waived, back, sent, decided in rows.order_by("pk").values_list(*facts):
        # Freight, and an order that was dropped before it was paid, are of no line.
        if back > refunded + waived:
            yield Mismatch(f"given back of the lines of order {number}", back, refunded + waived)
        if decided > sent or (state == OrderState.COMPLETED and decided != sent):
            yield Mismatch(f"accepted and rejected pieces of order {number}", decided, sent)


@check("refunds of an order add up")
def _refunds() -> Iterator[Mismatch]:
    counted = dict(Refund.objects.filter(order__isnull=False).values_list("order_id").annotate(total=Sum("amount_fen")))
    for pk, number, refunded in OrderFacts.objects.order_by("pk").values_list("pk", "order__number", "refunded_fen"):
        if refunded != counted.get(pk, 0):
            yield Mismatch(f"refunds of order {number}", refunded, counted.get(pk, 0))


@check(
    "what came for a purchase is what it costs once it is paid, less while it waits, and went back once it is closed"
)
def _captured() -> Iterator[Mismatch]:
    booked = ledger.balances("purchase:")
    parts = _parts()
    rows = Purchase.objects.order_by("pk").values_list("pk", "number", "state").iterator(AT_ONCE)
    for pk, number, state, due in _with_dues(rows):
        waits = due.received_fen if state == PurchaseState.UNPAID else 0
        wanted = {PurchaseState.PAID: due.due_fen, PurchaseState.UNPAID: waits}.get(PurchaseState(state), 0)
        if due.received_fen != wanted or (waits and waits >= due.due_fen):
            yield Mismatch(f"payments of purchase {number}", due.received_fen, wanted)
        waits -= sum(parts.get(pk, {}).values())
        if booked.get(books.received(number), 0) != waits:
            yield Mismatch(f"account {books.received(number)}", booked.get(books.received(number), 0), waits)


def _with_dues(rows: Iterable[tuple[int, str, str]]) -> Iterator[tuple[int, str, str, Due]]:
    """Yield purchases with what they cost and what came for them. Three queries for each lot of rows."""
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        dues = dues_of([pk for pk, _number, _state in some])
        for pk, number, state in some:
            yield pk, number, state, dues[pk]


def _parts() -> dict[int, dict[int, int]]:
    """Return, by unpaid purchase and order, 分 that came for accepted goods: they are their supplier's already."""
    schedules = schedules_of(list(Purchase.objects.filter(state=PurchaseState.UNPAID, terms=Terms.POSTPAID)))
    return {pk: dict(schedule.paid) for pk, schedule in schedules.items()}


@check("a gateway holds what came by it, less what went back; what is to be paid out is what finance has not paid")
def _gateways() -> Iterator[Mismatch]:
    expected: dict[str, int] = {}
    for name, fen in Payment.objects.order_by().values_list("gateway").annotate(fen=Sum("received_fen")):
        expected[books.gateway(name)] = -fen
    to_pay = 0
    for name, state, fen in (
        Refund.objects.order_by().values_list("payment__gateway", "state").annotate(fen=Sum("amount_fen"))
    ):
        if is_by_hand(name) and state != RefundState.SUCCEEDED:
            to_pay += fen
        else:
            expected[books.gateway(name)] += fen
    booked = ledger.balances("gateway:") | ledger.balances(books.TO_PAY)
    expected[books.TO_PAY] = to_pay
    for name in sorted(booked.keys() | expected.keys()):
        if booked.get(name, 0) != expected.get(name, 0):
            yield Mismatch(f"account {name}", booked.get(name, 0), expected.get(name, 0))


@check("no more of a payment went back than came by it, and an open transfer asks for what is due")
def _payments() -> Iterator[Mismatch]:
    back = dict(Refund.objects.order_by().values_list("payment_id").annotate(fen=Sum("amount_fen")))
    came = dict(Payment.objects.order_by().values_list("remittances__payment_id").annotate(
        fen=Sum("remittances__amount_fen")
    ))  # fmt: skip
    for payment in Payment.objects.order_by("pk").iterator():
        if back.get(payment.pk, 0) > payment.received_fen:
            yield Mismatch(f"refunds of payment {payment.pk}", back[payment.pk], payment.received_fen)
        if payment.received_fen != came.get(payment.pk, 0):
            yield Mismatch(f"payment {payment.pk}", payment.received_fen, came.get(payment.pk, 0))
    unpaid = Purchase.objects.filter(state=PurchaseState.UNPAID)
    open_ = Payment.objects.filter(
        payable_kind="purchase", payable_id__in=unpaid.values("pk"), gateway__in=BY_HAND,
        state__in=(PaymentState.STARTED, PaymentState.CHECKING),
    )  # fmt: skip
    dues = dues_of(list(open_.values_list("payable_id", flat=True)))
    for pk, payable, asked, received in open_.values_list("pk", "payable_id", "amount_fen", "received_fen"):
        left = dues[payable].left_fen
        if left and asked - received != left:
            yield Mismatch(f"transfer {pk} asks for", asked - received, left)


@check("what is booked of a line of the statement is what its bookings say")
def _lines_of_statement() -> Iterator[Mismatch]:
    booked: dict[str, int] = {}
    rows = Remittance.objects.exclude(reference_key="").order_by().values_list("reference_key")
    for key, fen in rows.annotate(fen=Sum("amount_fen")):
        booked[line_of_key(key)] = booked.get(line_of_key(key), 0) + fen
    for key, fen in StatementLine.objects.order_by("pk").values_list("key", "booked_fen"):
        if fen != booked.get(key, 0):
            yield Mismatch(f"line {key} of the statement", fen, booked.get(key, 0))


@check("each supplier's accounts are what its orders say")
def _suppliers() -> Iterator[Mismatch]:
    booked = ledger.balances("supplier:")
    expected: Counter[str] = Counter()
    under_way = DeliveryDue.objects.filter(order__purchase__state=PurchaseState.PAID)
    under_way = under_way.exclude(order__state=OrderState.COMPLETED)
    delivered = dict(under_way.order_by().values_list("order_id").annotate(fen=Sum("amount_fen")))
    for order in OrderFacts.objects.filter(purchase__state=PurchaseState.PAID).iterator():
        whole = still_held(order.money())
        is_completed = order.state == OrderState.COMPLETED
        payable = whole if is_completed else accepted_part(delivered.get(order.pk, 0), order.left_fen)
        expected[books.payable(order.supplier_id)] += payable
        expected[books.held(order.supplier_id)] += whole - payable
    parts = {order: fen for orders in _parts().values() for order, fen in orders.items()}
    for pk, supplier_id in OrderFacts.objects.filter(pk__in=parts).values_list("pk", "supplier_id"):
        expected[books.payable(supplier_id)] += parts[pk]
    for name in sorted(booked.keys() | expected.keys()):
        if booked.get(name, 0) != expected.get(name, 0):
            yield Mismatch(f"account {name}", booked.get(name, 0), expected.get(name, 0))


@check("certified output drawn is what orders hold of it")
def _output() -> Iterator[Mismatch]:
    booked = {name: amount for name, amount in ledger.balances("certificate:").items() if name.endswith(":drawn")}
    expected: dict[str, int] = {}
    lines = LineFacts.objects.filter(certificate_id__isnull=False).select_related("order")
    returned, years = _returned(), certified_years()
    for line in lines.iterator():
        day = timezone.localdate(line.order.placed_at)
        kept = line.ordered - line.cancelled - line.rejected
        name = drawn_from(line.certificate_id or 0, day, years)
        expected[name] = expected.get(name, 0) + (kept - returned.get(line.pk, 0)) * line.net_grams
    for name in sorted(booked.keys() | expected.keys()):
        if booked.get(name, 0) != expected.get(name, 0):
            yield Mismatch(name, booked.get(name, 0), expected.get(name, 0))


@check("an order is a sale since it was paid, or received where the goods came first")
def _sold() -> Iterator[Mismatch]:
    rows = OrderFacts.objects.select_related("order", "purchase").order_by("pk")
    for order in rows.iterator():
        expected = sold_since(
            is_postpaid=order.purchase.terms == Terms.POSTPAID,
            paid_at=order.purchase.paid_at,
            completed_at=order.completed_at,
            # Cancelled with all of it not charged: it was neither paid nor received.
            was_dropped=order.state == OrderState.CANCELLED and not order.refunded_fen and order.total_fen > 0,
        )
        if order.sold_at != expected:
            yield Mismatch(f"sale of order {order.order.number}", _second(order.sold_at), _second(expected))


@check("pieces that came back are those of returns that were paid back")
def _came_back() -> Iterator[Mismatch]:
    returned = _returned()
    written = dict(LineFacts.objects.filter(returned__gt=0).values_list("pk", "returned"))
    for pk in sorted(returned.keys() | written.keys()):
        if written.get(pk, 0) != returned.get(pk, 0):
            yield Mismatch(f"returned pieces of line {pk}", written.get(pk, 0), returned.get(pk, 0))


def _second(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


def _returned() -> dict[int, int]:
    """Return the pieces of each line that came back after the sale."""
    cases = AfterSale.objects.filter(needs_return=True, state=AfterSaleState.APPROVED)
    return dict(cases.values_list("line_id").annotate(pieces=Sum("quantity")))
