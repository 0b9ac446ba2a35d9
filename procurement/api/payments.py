"""Units: what is to be paid, the transfer's account and code, its slips, and what came and went."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from procurement.api.orders import area
from procurement.api.seats import seats
from procurement.models import PurchaseRequest
from procurement.operations.paying import add_transfer_slip, give_refund_account, start_transfer
from procurement.queries.requests import request_of, request_to_read
from shop.core.acting import by
from shop.core.api import Answer, Moment, Priced, Problem, yuan
from shop.core.api.bank import BankAccountIn, MoneyCame, MoneyWent, SlipIn, show_came, show_went
from shop.core.api.pictures import decoded
from shop.core.api.routing import ApiRequest, Key
from shop.sales.queries.cashier import payee
from shop.sales.queries.deliveries import schedule_of
from shop.sales.queries.due import due_of
from shop.sales.queries.slips import open_transfer
from shop.sales.queries.trails import trail_of
from shop.sales.queries.unpayable import unpayable, unpayable_words
from shop.sales.states import PurchaseState


class PayeeOut(Answer):
    payee: str = ""
    bank: str = ""
    number: str = ""


class DeliveryDueOut(Priced):
    amount: str
    accepted_at: Moment
    pay_by: Moment


class UnitPayment(Priced):
    purchase: str
    state: str
    due: str = Field(description=gettext_noop("What is still to be paid."))
    due_now: str = Field(
        description=gettext_noop("What was accepted and is to be paid; all of it unless goods come first.")
    )
    waits: str = Field(
        description=gettext_noop("What is still to be paid after acceptance, without what was paid ahead.")
    )
    paid_ahead: str = Field(description=gettext_noop("What was paid already for goods that wait for acceptance."))
    deliveries: list[DeliveryDueOut] = Field(
        description=gettext_noop("Accepted deliveries to be paid, each with its day.")
    )
    received: str = Field(description=gettext_noop("All that came, whatever of it went back: the sum of `came`."))
    kept: str = Field(description=gettext_noop("What of it counts for the orders: without what none of them needed."))
    pay_by: Moment | None
    remittance_code: str = Field(description=gettext_noop("Empty while no transfer was announced."))
    account: PayeeOut
    without_goods: str = Field(
        description=gettext_noop(
            "Unpaid goods that can't be paid now, why, and what to do; paying answers 409 goods_missing or"
            " certificate_revoked."
        )
    )
    came: list[MoneyCame]
    went_back: list[MoneyWent]


def _of(request: ApiRequest, number: str) -> PurchaseRequest:
    found = request_of(seats(request), number)
    if found is None:
        raise Http404
    if found.purchase is None:
        raise Problem(409, "not_ordered", _("Nothing was ordered yet: there is nothing to pay."))
    return found


def _shown(found: PurchaseRequest) -> dict[str, Any]:
    purchase: Any = found.purchase
    due, trail, transfer = due_of(purchase), trail_of(purchase.pk), open_transfer(purchase)
    schedule = schedule_of(purchase)
    return {
        "purchase": purchase.number,
        "state": purchase.state,
        "due": yuan(due.left_fen if purchase.state == PurchaseState.UNPAID else 0),
        "due_now": yuan(schedule.due_now_fen),
        "waits": yuan(schedule.waits_fen),
        "paid_ahead": yuan(schedule.ahead_fen),
        "deliveries": [
            {"amount": yuan(row.due_fen), "accepted_at": row.accepted_at, "pay_by": row.pay_by} for row in schedule.rows
        ],
        "received": yuan(trail.came_fen),
        "kept": yuan(due.received_fen),
        "pay_by": schedule.pay_by or purchase.pay_by,
        "remittance_code": transfer.provider_ref if transfer is not None and due.left_fen else "",
        "account": payee(),
        "without_goods": unpayable_words(unpayable(purchase.pk, at=timezone.now())),
        "came": show_came(trail),
        "went_back": show_went(trail),
    }


@area.reads(
    "/units/requests/{number}/payment",
    UnitPayment,
    scope="units:read",
    summary=gettext_noop("What is to be paid of a request, what came and what went back"),
)
def get_payment(request: ApiRequest, number: str) -> dict[str, Any]:
    read = request_to_read(seats(request), number)
    if read is None or read[0].pk == read[1].unit_id:
        return _shown(_of(request, number))
    # Who oversees the unit reads what was paid, and not by which code to pay.
    return _shown(read[1]) | {"remittance_code": ""}


@area.writes(
    "/units/requests/{number}/payment",
    UnitPayment,
    scope="units:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Account and remittance code of a request's bank transfer"),
    description=gettext_noop("The same code each time. An operator books it when it is on the statement."),
)
def pay_request(request: ApiRequest, number: str) -> dict[str, Any]:
    found = _of(request, number)
    purchase: Any = found.purchase
    if purchase.state == PurchaseState.UNPAID and due_of(purchase).left_fen:
        start_transfer(request_id=found.pk, **by(request))
    return _shown(found)


@area.writes(
    "/units/requests/{number}/payment/slips",
    UnitPayment,
    scope="units:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Add the bank's slip to a unit's transfer"),
)
def add_unit_slip(request: ApiRequest, number: str, body: SlipIn) -> dict[str, Any]:
    found = _of(request, number)
    (upload,) = decoded([body.picture], "picture")
    add_transfer_slip(request_id=found.pk, upload=upload, replaces=body.replaces, **by(request))
    return _shown(found)


@area.writes(
    "/units/requests/{number}/refund-account",
    None,
    scope="units:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Say which account of the unit the refund of a transfer goes to"),
)
def give_unit_account(request: ApiRequest, number: str, body: BankAccountIn) -> None:
    found = request_of(seats(request), number)
    if found is None:
        raise Http404
    give_refund_account(request_id=found.pk, **body.facts(), **by(request))
