"""The one function that moves an after-sales case, and what a granted case does to the order."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.core import audit, outbox
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import AfterSale, CaseMove, LineFacts, OrderFacts, case_times
from shop.sales.operations.locks import lock_order
from shop.sales.operations.refunds import reduce_order
from shop.sales.rules import CaseTimes
from shop.sales.states import AFTER_SALE_MOVES, AfterSaleState

# Whose hours begin with a state; the other states have no end.
_HOURS = {
    AfterSaleState.OPEN: "answer",
    AfterSaleState.OFFERED: "offer",
    AfterSaleState.REFUSED: "appeal",
    AfterSaleState.ARBITRATION: "decide",
    AfterSaleState.TO_RETURN: "send_back",
    AfterSaleState.RETURNING: "confirm",
}


def refund_key(case_id: int) -> str:
    """Return the key of a case's refund."""
    return f"after-sale:{case_id}"


def hours_of(state: str, times: CaseTimes) -> int:
    """Return how many hours whoever's turn a state is has; 0 where it has no end."""
    name = _HOURS.get(AfterSaleState(state))
    return getattr(times, name) if name else 0


def due_at(state: str, at: datetime) -> datetime | None:
    """Return until when whoever's turn a state is has time, by the times in force that day; None where it has no end."""
    if AfterSaleState(state) not in _HOURS:
        return None
    return at + timedelta(hours=hours_of(state, case_times(timezone.localdate(at))))


def lock_case(case_id: int) -> tuple[AfterSale, OrderFacts]:
    """Return a case and its order, locked: after the purchase and the order."""
    order_id = AfterSale.objects.values_list("line__order_id", flat=True).get(pk=case_id)
    order = lock_order(order_id)
    case = AfterSale.objects.select_for_update(of=("self",)).select_related("line").get(pk=case_id)
    return case, order


def move_case(
    case: AfterSale, to: str, *, side: str, actor: Any, at: datetime, way: str = "", **changes: Any
) -> CaseMove:
    """Move a locked case with `changes` of its fields; record who, how (`states.Way`) and when; tell both sides.

    Raises WrongState for a move that is not legal, or where another case of the line is under way.
    """
    if to not in AFTER_SALE_MOVES[case.state]:
        raise WrongState(_("This case is closed already, or it is not your turn."), code="case_closed")
    before = case.state
    changes |= {"state": to, "due_at": due_at(to, at), "decided_at": at}
    changes |= {"decided_by_id": getattr(actor, "pk", None)}
    try:
        with transaction.atomic():
            AfterSale.objects.filter(pk=case.pk).update(**changes)
    except IntegrityError as error:
        raise WrongState(_("A case of this product is open already."), code="case_open") from error
    for name, value in changes.items():
        setattr(case, name, value)
    return record_move(case, before, side=side, actor=actor, at=at, way=way)


def record_move(case: AfterSale, before: str, *, side: str, actor: Any, at: datetime, way: str = "") -> CaseMove:
    """Note that a case came to its state, in its timeline and the audit; have both sides told."""
    move = CaseMove.objects.create(
        case=case, from_state=before, to_state=case.state, side=side, amount_fen=case.agreed_fen,
        actor_id=getattr(actor, "pk", None), way=way, at=at,
    )  # fmt: skip
    if before:
        audit.record(
            action=f"after_sale_{case.state}", object_kind="after_sale", object_id=case.pk, actor=actor, at=at,
            amount_fen=case.agreed_fen, side=side,
        )  # fmt: skip
    # What is told is the case as it is now: it may be moved on before the message is made.
    told = {"due_at": case.due_at.isoformat() if case.due_at else "", "amount_fen": case.amount_fen}
    outbox.enqueue(
        task="sales.tell_case",
        args={"move_id": move.pk, "answer": case.answer, **told},
        key=f"case_move:{move.pk}",
        at=at,
    )
    return move


def grant(
    case: AfterSale, order: OrderFacts, *, amount_fen: int, side: str, actor: Any, at: datetime, way: str = ""
) -> None:
    """Give a locked case's money back at once, note the pieces that came back, and end it as approved.

    Raises TooMuch when more would come back than is left of the line, in money or pieces.
    """
    pieces = {case.line_id: case.quantity} if case.needs_return else None
    if pieces:
        _take_back(case)
    reduce_order(
        order=order, amount_fen=amount_fen, reason=case.kind, key=refund_key(case.pk), actor=actor, at=at,
        lines={case.line_id: amount_fen}, pieces=pieces,
    )  # fmt: skip
    move_case(case, AfterSaleState.APPROVED, side=side, actor=actor, at=at, way=way, agreed_fen=amount_fen)


def _take_back(case: AfterSale) -> None:
    kept = F("shipped") - F("rejected") - case.quantity
    taken = LineFacts.objects.filter(pk=case.line_id, returned__lte=kept).update(returned=F("returned") + case.quantity)
    if not taken:
        raise TooMuch(_("More pieces would come back than the buyer has."), field="amount")
