"""售后: the buyer asks for money back on one line, the supplier agrees, offers a part, or refuses.

Where they disagree, see `arbitration`; goods that come back, see `returning`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.operations.pictures import store_pictures
from shop.core.errors import InvalidInput
from shop.core.sealed import seal
from shop.sales import rules
from shop.sales.claims import claimable
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import AfterSale, AfterSalePicture, LineFacts, OrderFacts
from shop.sales.operations.case_moves import due_at, grant, lock_case, move_case, record_move
from shop.sales.operations.locks import lock_order
from shop.sales.queries.recalls import recall_of
from shop.sales.queries.sealed import CASE, case_facts
from shop.sales.states import ONGOING_CASES, AfterSaleKind, AfterSaleState, CaseSide


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
    way: str = "",
) -> AfterSale:
    """Ask for `amount_fen` back on a line; return the case. Damage, and what is missing, need a photo.

    Raises InvalidInput or TooMuch on the field that is wrong, WrongState when this kind can't be asked for (any
    more) or a case of the line is open already.
    """
    reason = reason.strip()
    if not reason:
        raise InvalidInput(_("Say in a few words what is wrong."), code="reason_missing", field="reason")
    _check_photos(uploads)
    if not uploads and (words := _photo_words(kind)):
        raise InvalidInput(words, code="photo_missing", field="photos")
    # Before any photo is stored, and again under the locks: re-encoding takes a while.
    line = LineFacts.objects.select_related("order").get(pk=line_id)
    _check(line.order, line, kind, quantity, amount_fen, at)
    if line.after_sales.filter(state__in=ONGOING_CASES).exists():
        raise _open_already()
    pictures = store_pictures(uploads=uploads, actor=actor, at=at, is_private=True)
    with transaction.atomic():
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
                    needs_return=kind == AfterSaleKind.RETURN,
                    reason=reason,
                    opened_at=at,
                    due_at=due_at(AfterSaleState.OPEN, at),
                )
        except IntegrityError as error:
            raise _open_already() from error
        seal(CASE, case_facts(case), at=at)
        add_evidence(case, pictures, CaseSide.BUYER)
        record_move(case, "", side=CaseSide.BUYER, actor=actor, at=at, way=way)
        return case


def _open_already() -> WrongState:
    return WrongState(_("A case of this product is open already."), code="case_open")


def _photo_words(kind: str) -> str:
    """Return what a claim of this kind needs a photo of; "" where it needs none."""
    return {
        AfterSaleKind.DAMAGED.value: _("Add a photo of the damage: it is what the supplier decides on."),
        AfterSaleKind.MISSING.value: _("Add a photo of what arrived, of a short weight on the scales: it decides."),
    }.get(kind, "")


def _check_photos(uploads: Sequence[IO[bytes]]) -> None:
    if len(uploads) > rules.MAX_PHOTOS:
        raise InvalidInput(_("Six photos at most."), code="too_many_photos", field="photos")


def add_evidence(case: AfterSale, pictures: Sequence[Any], side: str) -> None:
    """Put stored pictures beside a case, as one side's."""
    AfterSalePicture.objects.bulk_create(
        [AfterSalePicture(case=case, picture=picture, side=side) for picture in pictures]
    )


def _check(order: OrderFacts, line: LineFacts, kind: str, quantity: int, amount_fen: int, at: datetime) -> None:
    cases = line.after_sales.prefetch_related("decisions")
    found = claimable(order, line, cases, at, recall_of(line))
    if found.code == "none_here":
        raise TooMuch(found.words, field="quantity", left=0)
    if not found.pieces:
        raise WrongState(found.words, code=found.code, field="kind")
    if kind not in found.pieces:
        if kind == AfterSaleKind.RETURN and line.is_fresh:
            raise WrongState(_("Fresh produce is not sent back."), code="not_for_fresh", field="kind")
        raise WrongState(_("This can't be asked for any more: the time for it is over."), code="too_late", field="kind")
    # What was refused at acceptance, came back once, was decided or agreed on is not there to be claimed again: over all
    # claims of a line no more pieces than it has, and by `refundable_fen` and a CHECK no more money than was paid.
    most_pieces = found.pieces[kind]
    if not 1 <= quantity <= most_pieces:
        raise TooMuch(_pieces_words(line, found.here, most_pieces), field="quantity", left=most_pieces)
    most = line.refundable_fen(quantity)
    if amount_fen < 1 <= most:
        raise InvalidInput(_("Enter an amount: ¥0.01 or more."), code="amount_missing", field="amount")
    if not 1 <= amount_fen <= most:
        raise TooMuch(
            _("At most %(most)s was paid for these pieces.") % {"most": f"¥{most / 100:.2f}"},
            field="amount",
            most_fen=most,
        )


def _pieces_words(line: LineFacts, here: int, most: int) -> str:
    """Say why not more than `most` pieces can be claimed on."""
    if most < here:
        return _("%(n)d pieces are left: the others were decided on by the platform, or money was given back.") % {
            "n": most
        }
    if here < line.shipped:
        return _("%(n)d pieces can still be returned.") % {"n": here}
    if line.shipped < line.ordered - line.cancelled:
        words = _("%(n)d of %(ordered)d pieces were sent so far. What is not sent yet can't be claimed on.")
        return words % {"n": here, "ordered": line.ordered - line.cancelled}
    return _("%(n)d pieces were sent.") % {"n": here}


def decide_after_sale(
    *,
    case_id: int,
    approve: bool,
    actor: Any,
    at: datetime,
    amount_fen: int = 0,
    answer: str = "",
    uploads: Sequence[IO[bytes]] = (),
) -> AfterSale:
    """Answer an open case, as its supplier: all that was asked for, a part as an offer, or a refusal with a reason.

    All of it goes back at once, or for a return once the goods came back. A part is the buyer's to take or to bring
    before the platform. Raises WrongState when the case is not open, TooMuch on field `amount`, InvalidInput on
    field `answer`. Locks: purchase, order, case, ledger.
    """
    answer = answer.strip()
    _check_photos(uploads)
    # Before any photo is stored, and again under the locks.
    _check_answer(AfterSale.objects.get(pk=case_id), approve, amount_fen, answer)
    pictures = store_pictures(uploads=uploads, actor=actor, at=at, is_private=True)
    with transaction.atomic():
        case, order = lock_case(case_id)
        _check_answer(case, approve, amount_fen, answer)
        add_evidence(case, pictures, CaseSide.SUPPLIER)
        case.answer = answer
        case.save(update_fields=["answer"])
        side = CaseSide.SUPPLIER
        if not approve:
            move_case(case, AfterSaleState.REFUSED, side=side, actor=actor, at=at)
        elif amount_fen < case.amount_fen:
            move_case(case, AfterSaleState.OFFERED, side=side, actor=actor, at=at, agreed_fen=amount_fen)
        elif case.needs_return:
            move_case(case, AfterSaleState.TO_RETURN, side=side, actor=actor, at=at, agreed_fen=amount_fen)
        else:
            grant(case, order, amount_fen=amount_fen, side=side, actor=actor, at=at)
        return case


def _check_answer(case: AfterSale, approve: bool, amount_fen: int, answer: str) -> None:
    if case.state != AfterSaleState.OPEN:
        raise WrongState(_("This case is closed already, or it is not your turn."), code="case_closed")
    if approve and not 1 <= amount_fen <= case.amount_fen:
        raise TooMuch(
            _("Approve between ¥0.01 and %(most)s.") % {"most": f"¥{case.amount_fen / 100:.2f}"}, field="amount"
        )
    if not approve and amount_fen:
        raise InvalidInput(
            _("Nothing is given back by a refusal: leave the amount empty, or agree to a part."),
            code="amount_with_refusal", field="amount",
        )  # fmt: skip
    if not approve and not answer:
        raise InvalidInput(_("Say why: the buyer reads it."), code="answer_missing", field="answer")


def accept_offer(*, case_id: int, actor: Any, at: datetime, way: str = "") -> AfterSale:
    """Take the part that the supplier offers, as the buyer: it goes back at once, nothing is sent back.

    Raises WrongState when nothing is offered (any more).
    """
    return take_offer(case_id, CaseSide.BUYER, actor, at, way)


def take_offer(case_id: int, side: str, actor: Any, at: datetime, way: str = "") -> AfterSale:
    """Pay what is offered: the buyer took it, or said nothing until its time was over."""
    with transaction.atomic():
        case, order = lock_case(case_id)
        if case.state != AfterSaleState.OFFERED:
            raise WrongState(_("Nothing is offered any more."), code="case_closed")
        if case.needs_return:
            case.needs_return = False
            case.save(update_fields=["needs_return"])
        grant(case, order, amount_fen=case.agreed_fen, side=side, actor=actor, at=at, way=way)
        return case


def withdraw_after_sale(*, case_id: int, actor: Any, at: datetime, way: str = "") -> None:
    """Take a case back, as its buyer. Raises WrongState when it is not open any more, or the goods are on their way."""
    with transaction.atomic():
        case, _order = lock_case(case_id)
        move_case(case, AfterSaleState.WITHDRAWN, side=CaseSide.BUYER, actor=actor, at=at, way=way)
