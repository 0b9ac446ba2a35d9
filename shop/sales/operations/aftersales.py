"""售后: the buyer asks for money back on one line, the supplier decides."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from catalog.operations.pictures import store_picture
from shop.core import audit, outbox
from shop.core.errors import InvalidInput
from shop.sales import rules
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import AfterSale, AfterSalePicture, LineFacts, OrderFacts
from shop.sales.operations.locks import lock_order
from shop.sales.operations.refunds import reduce_order
from shop.sales.states import AFTER_SALE_MOVES, AfterSaleKind, AfterSaleState


def open_after_sale(
    *,
    line_id: int,
    kind: str,
    quantity: int,
    amount_fen: int,
    reason: str,
    uploads: Sequence[IO[bytes]] = (),
    actor: Any,
    at: datetime,
) -> AfterSale:
    """Ask for `amount_fen` back on a line; return the case. Damage needs a photo.

    Raises InvalidInput or TooMuch on the field that is wrong, WrongState when this kind can't be asked for (any
    more) or a case of the line is open already.
    """
    reason = reason.strip()
    if not reason:
        raise InvalidInput(_("Say in a few words what is wrong."), code="reason_missing", field="reason")
    if len(uploads) > rules.MAX_PHOTOS:
        raise InvalidInput(_("Six photos at most."), code="too_many_photos", field="photos")
    if kind == AfterSaleKind.DAMAGED and not uploads:
        raise InvalidInput(
            _("Add a photo of the damage: it is what the supplier decides on."), code="photo_missing", field="photos"
        )
    # Re-encoding takes a while: before the locks.
    pictures = [store_picture(upload=upload, actor=actor, at=at) for upload in uploads]
    with transaction.atomic():
        line = LineFacts.objects.select_related("order").get(pk=line_id)
        order = lock_order(line.order_id)
        line.refresh_from_db()
        _check(order, line, kind, quantity, amount_fen, at)
        try:
            with transaction.atomic():
                case = AfterSale.objects.create(
                    line=line,
                    kind=kind,
                    quantity=quantity,
                    amount_fen=amount_fen,
                    reason=reason,
                    opened_at=at,
                    answer_by=at + timedelta(hours=rules.ANSWER_HOURS),
                )
        except IntegrityError as error:
            raise WrongState(_("A case of this product is open already."), code="case_open") from error
        AfterSalePicture.objects.bulk_create([AfterSalePicture(case=case, picture=picture) for picture in pictures])
        _tell(case, "sales.tell_case_opened", at)
        return case


def _check(order: OrderFacts, line: LineFacts, kind: str, quantity: int, amount_fen: int, at: datetime) -> None:
    allowed = rules.after_sale_kinds(state=order.state, is_fresh=line.is_fresh, completed_at=order.completed_at, at=at)
    if kind not in allowed:
        raise WrongState(_("This can't be asked for any more: the time for it is over."), code="too_late", field="kind")
    # What came back once can't come back again; money for damage may be asked for anew, up to what was paid.
    here = line.shipped - (line.returned if kind == AfterSaleKind.RETURN else 0)
    if not 1 <= quantity <= here:
        text = _("%(n)d pieces were sent.") if here == line.shipped else _("%(n)d pieces can still be returned.")
        raise TooMuch(text % {"n": here}, field="quantity")
    most = line.refundable_fen(quantity)
    if not 1 <= amount_fen <= most:
        raise TooMuch(
            _("At most %(most)s was paid for these pieces.") % {"most": f"¥{most / 100:.2f}"},
            field="amount",
            most_fen=most,
        )


def decide_after_sale(
    *, case_id: int, approve: bool, actor: Any, at: datetime, amount_fen: int = 0, answer: str = ""
) -> AfterSale:
    """Approve up to what was asked for (the money goes back at once), or refuse with a reason.

    Raises WrongState when the case is not open, TooMuch on field `amount`, InvalidInput on field `answer`.
    Locks: purchase, order, case, ledger.
    """
    answer = answer.strip()
    with transaction.atomic():
        case, order = _lock(case_id)
        if approve:
            if not 1 <= amount_fen <= case.amount_fen:
                raise TooMuch(
                    _("Approve between ¥0.01 and %(most)s.") % {"most": f"¥{case.amount_fen / 100:.2f}"},
                    field="amount",
                )
            reduce_order(
                order=order,
                amount_fen=amount_fen,
                reason=case.kind,
                key=refund_key(case.pk),
                actor=actor,
                at=at,
                lines={case.line_id: amount_fen},
                pieces={case.line_id: case.quantity} if case.kind == AfterSaleKind.RETURN else None,
            )
            if case.kind == AfterSaleKind.RETURN:
                _take_back(case)
        elif not answer:
            raise InvalidInput(_("Say why: the buyer reads it."), code="answer_missing", field="answer")
        to = AfterSaleState.APPROVED if approve else AfterSaleState.REFUSED
        _move(case, to, actor, at, answer)
        audit.record(
            action=f"after_sale_{to}",
            object_kind="after_sale",
            object_id=case.pk,
            actor=actor,
            at=at,
            amount_fen=amount_fen if approve else 0,
        )
        _tell(case, "sales.tell_case_decided", at, amount_fen=amount_fen if approve else 0)
        return case


def _take_back(case: AfterSale) -> None:
    here = F("shipped") - case.quantity
    taken = LineFacts.objects.filter(pk=case.line_id, returned__lte=here).update(returned=F("returned") + case.quantity)
    if not taken:
        raise TooMuch(_("More pieces would come back than were sent."), field="amount")


def withdraw_after_sale(*, case_id: int, actor: Any, at: datetime) -> None:
    """Take a case back, as its buyer. Raises WrongState when it is not open any more."""
    with transaction.atomic():
        case, _order = _lock(case_id)
        _move(case, AfterSaleState.WITHDRAWN, actor, at, "")


def refund_key(case_id: int) -> str:
    """Return the key of a case's refund."""
    return f"after-sale:{case_id}"


def _lock(case_id: int) -> tuple[AfterSale, OrderFacts]:
    order_id = AfterSale.objects.values_list("line__order_id", flat=True).get(pk=case_id)
    order = lock_order(order_id)
    return AfterSale.objects.select_for_update().get(pk=case_id), order


def _move(case: AfterSale, to: AfterSaleState, actor: Any, at: datetime, answer: str) -> None:
    if to not in AFTER_SALE_MOVES[case.state]:
        raise WrongState(_("This case is closed already."), code="case_closed")
    case.state, case.answer, case.decided_at = to, answer, at
    case.decided_by_id = getattr(actor, "pk", None)
    case.save(update_fields=["state", "answer", "decided_at", "decided_by_id"])


def _tell(case: AfterSale, task: str, at: datetime, **facts: int) -> None:
    outbox.enqueue(task=task, args={"case_id": case.pk, **facts}, key=f"{task}:{case.pk}", at=at)
