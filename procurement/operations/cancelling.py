"""Cancelling an order that a unit approved: its buyer asks with a reason, who is entitled to approve agrees or refuses.

Of an order that was sent in part it is the rest that is cancelled: what is on its way is accepted as ever.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from procurement.errors import OwnRequest, WrongStep
from procurement.models import CancelRequest, PurchaseRequest, UnitOrder
from procurement.operations.lengths import check_length
from procurement.operations.permissions import APPROVER, BUYER, must_be
from procurement.operations.quota import KIND
from procurement.operations.requests import lock_request
from procurement.states import STOPPABLE, CancelState
from shop.core import audit, outbox
from shop.core.errors import InvalidInput
from shop.sales.operations.shipping import cancel_unsent


def ask_cancel(*, order_id: int, reason: str, actor: Any, at: datetime) -> CancelRequest:
    """Ask, as the unit's buyer, that an order of an approved request, or its rest, be cancelled; one wish waits at a time.

    Raises InvalidInput on `reason`, WrongStep for an order that can't be cancelled (any more) or waits for consent
    already, NotAllowed for others than the unit's buyers. Locks: request.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidInput(_("Say why: the approver reads it."), code="reason_missing", field="reason")
    check_length(reason, "reason")
    with transaction.atomic():
        row, _request = _locked(order_id)
        must_be(actor, row.unit, BUYER)
        _check_stoppable(row)
        if row.cancel_requests.filter(state=CancelState.OPEN).exists():
            raise WrongStep(_("This order waits for the approver's consent already."))
        wish = CancelRequest.objects.create(order=row, reason=reason, asked_by=actor, asked_at=at)
        audit.record(action="cancel_asked", object_kind="order", object_id=row.pk, actor=actor, at=at, reason=reason)
        _tell(wish, "asked", row, at)
        return wish


def withdraw_cancel(*, wish_id: int, actor: Any, at: datetime) -> CancelRequest:
    """Take back, as one of the unit's buyers, a wish to cancel that nobody decided on: the order goes on.

    Raises WrongStep when it does not wait any more, NotAllowed for others than the unit's buyers. Locks: request.
    """
    with transaction.atomic():
        row, wish = _waiting(wish_id, BUYER, actor)
        wish.state, wish.decided_by, wish.decided_at = CancelState.WITHDRAWN, actor, at
        wish.save(update_fields=["state", "decided_by", "decided_at"])
        audit.record(action="cancel_withdrawn", object_kind="order", object_id=row.pk, actor=actor, at=at)
        _tell(wish, "withdrawn", row, at)
        return wish


def decide_cancel(
    *, wish_id: int, agree: bool, actor: Any, at: datetime, answer: str = "", seen: int | None = None
) -> CancelRequest:
    """Agree to cancelling an order, of which what was not sent is cancelled then and there, or refuse with a reason.

    `seen` is how many pieces waited to be sent when it was read: with another number nothing is cancelled (RestChanged).
    Nobody agrees to what they asked for (OwnRequest). Raises WrongStep when it does not wait any more or the order
    went on meanwhile, whatever the answer; InvalidInput on `answer`, NotAllowed for others than the unit's approvers.
    Locks: request, then as `cancel_unsent` does.
    """
    answer = " ".join(answer.split())
    check_length(answer, "answer")
    with transaction.atomic():
        row, wish = _waiting(wish_id, APPROVER, actor)
        _check_stoppable(row)
        if actor.pk == wish.asked_by_id:
            raise OwnRequest(_("Nobody agrees to what they asked for: a colleague decides on this one."))
        if not agree and not answer:
            raise InvalidInput(_("Say why not: the buyer reads it."), code="answer_missing", field="answer")
        wish.state = CancelState.AGREED if agree else CancelState.REFUSED
        wish.answer, wish.decided_by, wish.decided_at = answer, actor, at
        wish.save(update_fields=["state", "answer", "decided_by", "decided_at"])
        audit.record(
            action=f"cancel_{wish.state}", object_kind="order", object_id=row.pk, actor=actor, at=at,
            reason=wish.reason, answer=answer,
        )  # fmt: skip
        _tell(wish, "decided", row, at)
        if agree:
            cancel_unsent(order_id=row.pk, actor=actor, at=at, seen=seen, reason="unit_cancelled", through=KIND)
        return wish


def _tell(wish: CancelRequest, what: str, row: UnitOrder, at: datetime) -> None:
    """Tell of a wish after the commit; whether a part was sent is said as it is now, before anything is cancelled."""
    is_rest = row.order.lines.filter(shipped__gt=0).exists()
    outbox.enqueue(
        task="procurement.tell_cancel",
        args={"wish_id": wish.pk, "is_rest": is_rest, "step": what},
        key=f"cancel_{what}:{wish.pk}",
        at=at,
    )


def _waiting(wish_id: int, role: str, actor: Any) -> tuple[UnitOrder, CancelRequest]:
    """Return an order and the wish that waits for an answer, locked. Raises WrongStep, NotAllowed without the role."""
    order_id = CancelRequest.objects.values_list("order_id", flat=True).get(pk=wish_id)
    row, _request = _locked(order_id)
    must_be(actor, row.unit, role)
    wish = CancelRequest.objects.get(pk=wish_id)
    if wish.state != CancelState.OPEN:
        raise WrongStep(_("This was decided already."))
    return row, wish


def _check_stoppable(row: UnitOrder) -> None:
    """Raise WrongStep for an order that nobody can cancel, with the reason."""
    if row.order.state not in STOPPABLE:
        raise WrongStep(_("This order can't be cancelled any more."))


def _locked(order_id: int) -> tuple[UnitOrder, PurchaseRequest]:
    """Return a unit's order with its request, whose row is locked: two who decide at once do so one after the other."""
    row = UnitOrder.objects.select_related("unit__organisation", "order").get(pk=order_id)
    if row.request_id is None:
        raise WrongStep(_("Nobody approved this order: whoever ordered it cancels it among their own orders."))
    request = lock_request(row.request_id)
    row.order.refresh_from_db(fields=["state"])
    return row, request
