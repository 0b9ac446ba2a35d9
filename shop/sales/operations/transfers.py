"""对公转账: an operator finds the money of a bank transfer on the statement and books it, whatever it is.

Enough, too little, too much, or for a purchase that waits for none: each has a next step, which the operator chooses.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shop.core import audit, outbox
from shop.core.errors import InvalidInput
from shop.core.money import in_yuan
from shop.sales.errors import WrongState
from shop.sales.models import Payment, Purchase, Remittance
from shop.sales.operations.locks import lock_purchase
from shop.sales.operations.settling import WAITING, take_money
from shop.sales.operations.statement_lines import book_line, checked_reference
from shop.sales.queries.deliveries import schedule_of
from shop.sales.queries.due import due_of
from shop.sales.queries.transfers import expected_payers, is_anybody_s, offsets_of
from shop.sales.rules import same_name
from shop.sales.states import PurchaseState


class Then(StrEnum):
    """What is done about an amount that is not what was to come."""

    ASK = "ask"
    GIVE_BACK = "give_back"
    OFFSET = "offset"
    KEEP = "keep"


def match_transfer(
    *,
    payment_id: int,
    received_fen: int,
    payer: str,
    why: str = "",
    then: str = "",
    offset_id: int | None = None,
    reference: str = "",
    line_fen: int | None = None,
    seen_fen: int | None = None,
    actor: Any,
    at: datetime,
) -> Payment:
    """Book that `received_fen` came from `payer` for a bank transfer; return the payment.

    `then` decides about an amount that is not what was to come. Less: `ask` for the rest, or `give_back`. More:
    `give_back` what is over, `offset` it against the transfer `offset_id` of the same buyer, or `keep` it for what falls
    due once it is accepted. What was to come is what is due now, or its oldest deliveries. Of a purchase that
    waits for no money all goes back, whatever `then` says. `reference` is the bank's number of the line, of which
    no more is booked than came: all of it here, or a part where `line_fen` says what the line amounts to; `seen_fen`
    what was booked of it when the operator looked.

    Raises InvalidInput on `received` for another amount without a decision, on `then` for one that does not fit, on
    `payer` without a name or with another than the same line's before, on `why` when the payer is not who was expected
    and no reason is given to take it all the same; WrongState when it was booked before (money that came again is told by its `reference`), or somebody booked on
    it meanwhile. Locks: purchases by id, ledger.
    """
    payer, why = payer.strip(), why.strip()
    reference, key = checked_reference(reference)
    with transaction.atomic():
        other = _find_other(offset_id) if then == Then.OFFSET and offset_id is not None else None
        payment = Payment.objects.get(pk=payment_id, gateway="transfer")
        locked = _lock({payment.payable_id, *([other.payable_id] if other else [])})
        purchase = locked[payment.payable_id]
        payment.refresh_from_db()
        if payment.state not in WAITING and not reference:
            # A second click is not a second transfer; who sent the money twice has two lines on the statement.
            raise WrongState(
                _("This transfer was booked already. If money came again, enter the bank's number of that line.")
            )
        if seen_fen is not None and seen_fen != payment.received_fen:
            raise WrongState(_("Somebody else booked on this transfer meanwhile. Please look at it again."))
        if key and Remittance.objects.filter(payment=payment, reference_key=key).exists():
            raise WrongState(_("This line of the statement was booked already."), field="reference")
        if key:
            book_line(reference=reference, key=key, fen=received_fen, payer=payer, line_fen=line_fen)
        if purchase.state != PurchaseState.UNPAID:
            # All of it goes back: nothing is left to offset.
            other = None
        over = _decide(purchase, payment, received_fen, then, other)
        matches = _check_payer(payment, payer, why)
        facts: dict[str, Any] = {"actor": actor, "at": at, "payer": payer, "reference": reference}
        if then == Then.GIVE_BACK and purchase.state == PurchaseState.UNPAID and over < 0:
            # The purchase waits on for all of it.
            take_money(payment=payment, purchase=purchase, fen=received_fen, goes_back=True, **facts)
        else:
            credited = over if other and over > 0 else 0
            # Where more falls due later, what is over does not wait for it unless the operator says so.
            back = over if then == Then.GIVE_BACK and over > 0 and schedule_of(purchase).waits_fen else 0
            _take(payment, purchase, fen=received_fen - credited, over_fen=back, **facts)
            if other:
                _take(other, locked[other.payable_id], fen=credited, **facts)
            if then == Then.ASK:
                _ask_for_rest(purchase, at)
        booked = audit.record(
            action="transfer_matched", object_kind="payment", object_id=payment.pk, actor=actor, at=at,
            amount_fen=received_fen, over_fen=over, then=then, matches=matches, why=why, offset_id=offset_id or 0,
        )  # fmt: skip
        _tell_credited(payment, other, received_fen, over, booked.pk, at)
        payment.refresh_from_db()
        return payment


def _take(payment: Payment, purchase: Purchase, *, fen: int, **facts: Any) -> None:
    """Book a part of a line. Where nothing is due yet, all of it may be credited to the other transfer: none is here."""
    if fen:
        take_money(payment=payment, purchase=purchase, fen=fen, **facts)


def _tell_credited(
    payment: Payment, other: Payment | None, whole_fen: int, fen: int, entry_id: int, at: datetime
) -> None:
    """Have the buyer told that `fen` of what came was credited to another purchase, where it was."""
    if other is not None and fen > 0:
        args = {"payment_id": payment.pk, "other_id": other.pk, "whole_fen": whole_fen, "fen": fen}
        outbox.enqueue(task="sales.tell_credited", args=args, key=f"credited:{entry_id}", at=at)


def _lock(purchase_ids: set[int]) -> dict[int, Purchase]:
    return {pk: lock_purchase(pk) for pk in sorted(purchase_ids)}


def _decide(purchase: Purchase, payment: Payment, received_fen: int, then: str, other: Payment | None) -> int:
    """Return by how much more (or, below zero, less) came than was to come; check that the operator's choice fits."""
    if purchase.state != PurchaseState.UNPAID:
        return received_fen
    # Where the goods came first, what was accepted so far is paid by itself; the rest waits for its acceptance.
    schedule = schedule_of(purchase)
    over = received_fen - schedule.due_now_fen
    if not over or (not then and schedule.is_some_due(received_fen)):
        return 0
    fitting = [Then.GIVE_BACK, Then.OFFSET] if over > 0 else [Then.ASK, Then.GIVE_BACK]
    if 0 < over <= schedule.waits_fen:
        fitting.append(Then.KEEP)
    if then not in fitting:
        text = (
            _("%(due)s was to come: %(fen)s is too much. Say what happens with it.")
            if over > 0
            else _("%(due)s was to come: %(fen)s is missing. Say what happens now.")
        )
        raise InvalidInput(
            text % {"due": in_yuan(schedule.due_now_fen), "fen": in_yuan(abs(over))}, code="amount_differs",
            field="received", due_fen=schedule.due_now_fen, waits_fen=schedule.waits_fen, over_fen=over,
        )  # fmt: skip
    if then == Then.OFFSET and (other is None or other.pk not in {each.pk for each in offsets_of(purchase)}):
        raise _offset_unknown()
    return over


def _find_other(offset_id: int) -> Payment:
    """Return the transfer that is to take what is over. Raises InvalidInput where there is none, whatever the number."""
    found = Payment.objects.filter(pk=offset_id, gateway="transfer", payable_kind="purchase").first()
    if found is None:
        raise _offset_unknown()
    return found


def _offset_unknown() -> InvalidInput:
    return InvalidInput(
        _("Choose a transfer of the same buyer that waits for money."), code="offset_unknown", field="then"
    )


def _check_payer(payment: Payment, payer: str, why: str) -> bool:
    if not payer:
        raise InvalidInput(_("Enter who paid, as on the statement."), code="payer_missing", field="payer")
    expected = expected_payers(payment)
    matches = any(same_name(payer, name) for name in expected)
    # Of a guest nobody knows a name: the code alone says whose the money is.
    is_nobody_known = not expected and is_anybody_s(payment)
    if not matches and not why and not is_nobody_known:
        raise InvalidInput(
            _("The payer is not who was expected. Say why it is theirs all the same."),
            code="payer_differs",
            field="why",
        )
    return matches


def _ask_for_rest(purchase: Purchase, at: datetime) -> None:
    due = due_of(purchase)
    if purchase.state == PurchaseState.UNPAID and due.is_partly_paid and schedule_of(purchase).due_now_fen:
        outbox.enqueue(
            task="sales.ask_rest",
            args={"purchase_id": purchase.pk},
            key=f"ask_rest:{purchase.pk}:{due.received_fen}",
            at=at,
        )
