"""Receiving: the buyer confirms, or time does. What was held for the supplier becomes payable."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from shop.core import audit, ledger, outbox, periodic
from shop.core.errors import InvalidInput
from shop.sales import books, hooks, rules
from shop.sales.errors import DoneElsewhere, TooMuch, WrongState
from shop.sales.models import AfterSale, LineFacts, OrderFacts
from shop.sales.operations.events import order_event
from shop.sales.operations.locks import lock_order
from shop.sales.operations.moves import move_order
from shop.sales.operations.refunds import reduce_order
from shop.sales.operations.terms import start_term
from shop.sales.states import ONGOING_CASES, OrderState, PurchaseState, Terms

BATCH = 100


def confirm_receipt(*, order_id: int, actor: Any, at: datetime) -> bool:
    """Note, as its buyer, that all that was sent arrived; return False when that was noted before.

    Every sent piece counts as accepted; what is left of the money becomes payable to the supplier.
    Raises DoneElsewhere where somebody else receives (a unit in form, a beneficiary by its link), WrongState when the
    order is not on its way. Locks: purchase, order, ledger.
    """
    return _receive_all(order_id, actor, at, "received", asks=True)


def _receive_all(order_id: int, actor: Any, at: datetime, reason: str, *, asks: bool) -> bool:
    with transaction.atomic():
        order = lock_order(order_id)
        if order.state == OrderState.COMPLETED:
            return False
        _check_on_its_way(order)
        door = hooks.elsewhere(hooks.Step.RECEIVE, order.purchase, order.order.number) if asks else None
        if door is not None:
            raise DoneElsewhere(door.why, url=door.url)
        _complete(order, list(LineFacts.objects.filter(order=order)), actor, at, reason)
        return True


def accept_order(*, order_id: int, accepted: Mapping[int, int], actor: Any, at: datetime, note: str = "") -> int:
    """Accept an order in parts (line id → pieces); return 分 given back or not charged for what is short.

    A line that `accepted` does not name was accepted whole. Raises TooMuch (field `accepted-<line>`) beyond what was
    sent, InvalidInput for less than nothing, WrongState when the order is not on its way. Locks: purchase, order, ledger.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        _check_on_its_way(order)
        lines = list(LineFacts.objects.filter(order=order).order_by("pk"))
        if unknown := accepted.keys() - {line.pk for line in lines}:
            raise InvalidInput(_("This product is not in the order."), code="line_unknown", lines=sorted(unknown))
        short: dict[int, int] = {}
        for line in lines:
            # What was returned before the acceptance is neither accepted nor refused again.
            here = line.shipped - line.returned
            pieces = accepted.get(line.pk, here)
            if pieces < 0:
                raise InvalidInput(
                    _("Enter how many pieces arrived well."), code="pieces_wrong", field=f"accepted-{line.pk}"
                )
            if pieces > here:
                raise TooMuch(
                    _("Only %(sent)d pieces were sent.") % {"sent": here}, field=f"accepted-{line.pk}", left=here
                )
            if pieces < here:
                short[line.pk] = here - pieces
        fen = _reduce_by(order, lines, short, actor, at)
        if short:
            audit.record(
                action="accepted_short", object_kind="order", object_id=order.pk, actor=actor, at=at,
                amount_fen=fen, note=note, pieces={str(line_id): pieces for line_id, pieces in short.items()},
            )  # fmt: skip
        _complete(order, lines, actor, at, "accepted_short" if short else "accepted", short)
        return fen


def _check_on_its_way(order: OrderFacts) -> None:
    if order.state != OrderState.SHIPPED:
        raise WrongState(_("This order is not on its way."))


def _reduce_by(
    order: OrderFacts, lines: Sequence[LineFacts], short: Mapping[int, int], actor: Any, at: datetime
) -> int:
    parts = {line.pk: line.refundable_fen(short[line.pk]) for line in lines if line.pk in short}
    fen = sum(parts.values())
    if fen:
        reduce_order(
            order=order, amount_fen=fen, reason="accepted_short", key=f"accepted:{order.pk}", actor=actor, at=at,
            lines={line_id: part for line_id, part in parts.items() if part}, pieces=short,
        )  # fmt: skip
    return fen


def _complete(
    order: OrderFacts,
    lines: Sequence[LineFacts],
    actor: Any,
    at: datetime,
    reason: str,
    short: Mapping[int, int] | None = None,
) -> None:
    """Note what was accepted, move the order, settle its money; what the goods came before falls due."""
    LineFacts.objects.filter(order=order).update(accepted=F("shipped"))
    for line_id, pieces in (short or {}).items():
        LineFacts.objects.filter(pk=line_id).update(accepted=F("shipped") - pieces)
    move_order(order, OrderState.COMPLETED, reason=reason, actor=actor, at=at)
    if order.purchase.state == PurchaseState.PAID:
        ledger.post(
            books.completed(
                number=order.order.number,
                supplier_id=order.supplier_id,
                amount_fen=rules.still_held(order.money()),
            ),
            at=at,
            actor_id=getattr(actor, "pk", None),
        )
    else:
        # Received and owed: from now on it is a sale.
        OrderFacts.objects.filter(pk=order.pk, sold_at=None).update(sold_at=at)
        start_term(purchase=order.purchase, at=at)
    outbox.enqueue(task="sales.tell_received", args={"order_id": order.pk}, key=f"received:{order.pk}", at=at)
    well = {line.pk: line.shipped - (short or {}).get(line.pk, 0) for line in lines}
    hooks.tell(
        order_event(
            hooks.Event.ACCEPTED, order, key=order.order.number, at=at, actor=actor,
            fen=order.left_fen, lines=lines, pieces=well, reason=reason,
        )
    )  # fmt: skip


def receipt_days(terms: str) -> int:
    """Return after how many days a receipt that nobody confirmed is confirmed; units accept in form, and get longer."""
    return int(settings.UNIT_RECEIPT_DAYS if terms in (Terms.PREPAID, Terms.POSTPAID) else settings.AUTO_RECEIPT_DAYS)


@periodic.every("sales.receive", seconds=300)
def receive_overdue(*, at: datetime) -> int:
    """Complete what was sent long ago and never confirmed, unless a case is under way; return how many."""
    disputed = AfterSale.objects.filter(line__order=OuterRef("pk"), state__in=ONGOING_CASES)
    late = Q()
    for terms in Terms:
        late |= Q(purchase__terms=terms, shipped_at__lte=at - timedelta(days=receipt_days(terms)))
    due = OrderFacts.objects.filter(~Exists(disputed), late, state=OrderState.SHIPPED)
    ids = list(due.order_by("shipped_at").values_list("pk", flat=True)[:BATCH])
    return sum(_receive(order_id, at) for order_id in ids)


def _receive(order_id: int, at: datetime) -> bool:
    try:
        return _receive_all(order_id, None, at, "received_by_time", asks=False)
    except WrongState:
        # Moved by somebody else since it was listed.
        return False
