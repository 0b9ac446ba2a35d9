"""Goods that come back: the buyer sends them, the supplier confirms, and the money follows."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shop.core.errors import InvalidInput
from shop.sales import rules
from shop.sales.errors import WrongState
from shop.sales.models import AfterSale
from shop.sales.operations.case_moves import grant, lock_case, move_case
from shop.sales.queries.carriers import carrier_of
from shop.sales.states import AfterSaleState, CaseSide


def send_back(*, case_id: int, carrier: str, tracking_no: str, actor: Any, at: datetime, way: str = "") -> AfterSale:
    """Note, as the buyer, by which parcel the goods go back. The same again changes nothing.

    Raises InvalidInput on `carrier` or `tracking_no`, WrongState when nothing is to be sent back (any more).
    """
    number = rules.clean_tracking_no(tracking_no)
    found = carrier_of(carrier, at)
    if found is None or not found.takes_number:
        raise InvalidInput(_("Choose the carrier."), code="carrier_unknown", field="carrier")
    if not found.fits(number):
        raise InvalidInput(
            _("This does not look like a number of this carrier. Copy it from the receipt."),
            code="tracking_no_wrong",
            field="tracking_no",
        )
    with transaction.atomic():
        case, _order = lock_case(case_id)
        if case.state == AfterSaleState.RETURNING and (case.back_carrier, case.back_tracking_no) == (carrier, number):
            return case
        move_case(
            case, AfterSaleState.RETURNING, side=CaseSide.BUYER, actor=actor, at=at, way=way,
            back_carrier=carrier, back_tracking_no=number, sent_back_at=at,
        )  # fmt: skip
        return case


def confirm_return(*, case_id: int, actor: Any, at: datetime) -> AfterSale:
    """Note, as the supplier, that the goods came back: the money goes back at once.

    Raises WrongState when nothing is on its way back. Locks: purchase, order, case, ledger.
    """
    return take_return(case_id, CaseSide.SUPPLIER, actor, at)


def take_return(case_id: int, side: str, actor: Any, at: datetime) -> AfterSale:
    """Give the money of returned goods back: the supplier has them, or said nothing until its time was over."""
    with transaction.atomic():
        case, order = lock_case(case_id)
        if case.state != AfterSaleState.RETURNING:
            raise WrongState(_("Nothing is on its way back."), code="case_closed")
        grant(case, order, amount_fen=case.agreed_fen, side=side, actor=actor, at=at)
        return case


def dispute_return(*, case_id: int, why: str, actor: Any, at: datetime) -> AfterSale:
    """Say, as the supplier, that the goods did not come back as they were: the platform decides.

    Raises InvalidInput on `why`, WrongState when nothing is on its way back.
    """
    why = why.strip()
    if not why:
        raise InvalidInput(_("Say what is wrong with what came back."), code="reason_missing", field="why")
    with transaction.atomic():
        case, _order = lock_case(case_id)
        if case.state != AfterSaleState.RETURNING:
            raise WrongState(_("Nothing is on its way back."), code="case_closed")
        move_case(
            case, AfterSaleState.ARBITRATION, side=CaseSide.SUPPLIER, actor=actor, at=at, dispute=why, asked_at=at
        )
        return case
