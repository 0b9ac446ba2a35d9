"""A purchase as programs read it: its orders, what came, what is due, what goes back or would."""

from typing import Any, Literal

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Answer, Moment, Priced, yuan
from shop.core.api.bank import (
    BackOut,
    IfCancelled,
    MoneyCame,
    MoneyWent,
    show_back,
    show_came,
    show_if_cancelled,
    show_went,
)
from shop.core.api.routing import ApiRequest
from shop.sales.models import Purchase
from shop.sales.operations import closing
from shop.sales.queries import cashier
from shop.sales.queries.backs import NOTHING, orders_would_go_back, purchase_would_go_back
from shop.sales.queries.slips import slips_of
from shop.sales.queries.unpayable import Unpayable, unpayable, unpayable_words
from shop.sales.states import CLOSED, PurchaseState
from shop.sales.visitors import Visitor


class PaymentOut(Priced):
    method: str
    state: str
    amount: str
    reference: str = Field(description=gettext_noop("The remittance code of a bank transfer."))
    payee: dict[str, str] = Field(description=gettext_noop("Where a bank transfer goes."))


class PurchaseOut(Priced):
    number: str = Field(examples=["HQ26-7K2M-9QXD"])
    state: str = Field(examples=["unpaid"])
    terms: str = Field(examples=["online"])
    goods: str
    discount: str
    freight: str
    total: str
    placed_at: Moment
    pay_by: Moment | None
    paid_at: Moment | None
    pay_url: str = Field(description=gettext_noop("Where a person pays it; empty when nothing is to be paid."))


class SlipNote(Answer):
    id: int
    added_at: Moment


class PurchaseDetail(PurchaseOut):
    ship_to: str
    orders: list["PlacedOrderOut"]
    payment: PaymentOut | None
    due: str = Field(description=gettext_noop("What its orders cost now: a cancelled one costs nothing."))
    received: str = Field(description=gettext_noop("All that came, whatever of it went back: the sum of `came`."))
    kept: str = Field(description=gettext_noop("What of it counts for the orders: without what none of them needed."))
    left: str = Field(description=gettext_noop("What is still to be paid."))
    goes_back: "GoesBackOut | None" = Field(description=gettext_noop("What waits to be paid to your account."))
    came: list[MoneyCame] = Field(description=gettext_noop("Money that arrived for it, the oldest first."))
    went_back: list[MoneyWent] = Field(description=gettext_noop("What of it goes or went back."))
    would_go_back: BackOut = Field(
        description=gettext_noop("What would go back, by way, if the purchase were cancelled whole now.")
    )
    slips: list[SlipNote] = Field(description=gettext_noop("Slips that were added to the transfer that waits."))
    methods: list[str] = Field(description=gettext_noop("How it can be paid here."))
    without_goods: str = Field(
        description=gettext_noop(
            "Unpaid goods that can't be paid now, why, and what to do; paying answers 409 goods_missing or"
            " certificate_revoked."
        )
    )


class GoesBackOut(Priced):
    amount: str
    has_account: bool = Field(description=gettext_noop("Whether finance knows where it goes."))
    asked_of: Literal["buyer", "unit"] = Field(
        description=gettext_noop("Who says where it goes: you, or the unit's finance on the unit's payment.")
    )


class PlacedOrderOut(IfCancelled):
    number: str
    supplier: str
    total: str
    pieces: int
    ship_by: Moment | None
    is_cancelled: bool


def purchase_out(row: Purchase) -> dict[str, Any]:
    """Return a purchase as lists of them show it."""
    same = ("number", "state", "terms", "placed_at", "pay_by", "paid_at")
    money = ("goods", "discount", "freight", "total")
    unpaid = row.state == PurchaseState.UNPAID
    return {name: getattr(row, name) for name in same} | {
        **{name: yuan(getattr(row, f"{name}_fen")) for name in money},
        "pay_url": f"{settings.SITE_URL}/pay/{row.number}/" if unpaid else "",
    }


def paying(request: ApiRequest, number: str) -> cashier.Cashier:
    """Return one's own purchase, expired if its time is over, as the cashier does."""
    at, visitor = timezone.now(), Visitor.of(request.user)
    found = cashier.cashier_of(visitor, number, at=at)
    if found is not None and found.is_due and closing.expire_purchase(purchase_id=found.purchase.pk, at=at):
        found = cashier.cashier_of(visitor, number, at=at)
    if found is None:
        raise Http404
    return found


def detail(found: cashier.Cashier) -> dict[str, Any]:
    """Return a purchase with its orders and its money."""
    payment = found.shown_payment
    shown = None
    if payment is not None:
        is_transfer = payment.gateway == "transfer"
        shown = {
            "method": payment.gateway,
            "state": payment.state,
            # What was given back of it is not asked for.
            "amount": yuan(payment.amount_fen - found.trail.of_payment(payment.pk).unneeded().back_fen),
            "reference": payment.provider_ref if is_transfer else "",
            "payee": cashier.payee() if is_transfer else {},
        }
    is_open = found.purchase.state == PurchaseState.UNPAID
    barred = unpayable(found.purchase.pk, at=timezone.now()) if is_open else Unpayable()
    would = orders_would_go_back(found.purchase)
    return purchase_out(found.purchase) | {
        "without_goods": unpayable_words(barred),
        "ship_to": found.ship_to,
        "payment": shown,
        "due": yuan(0 if found.purchase.state in CLOSED else found.due.due_fen),
        "received": yuan(found.trail.came_fen),
        "kept": yuan(found.due.received_fen),
        "left": yuan(found.due.left_fen if found.purchase.state == PurchaseState.UNPAID else 0),
        "goes_back": found.goes_back
        and {
            "amount": yuan(found.goes_back.fen),
            "has_account": found.goes_back.account is not None,
            "asked_of": "unit" if found.goes_back.door else "buyer",
        },
        "came": show_came(found.trail),
        "went_back": show_went(found.trail),
        "would_go_back": show_back(purchase_would_go_back(found.purchase) if is_open else NOTHING),
        "slips": [
            {"id": each.pk, "added_at": each.added_at}
            for each in (
                slips_of([found.transfer.pk]).get(found.transfer.pk, []) if found.transfer and not found.way else []
            )
        ],
        "methods": list(cashier.offered_to(found)) if is_open and not barred else [],
        "orders": [
            {
                "number": each.number,
                "supplier": each.supplier,
                "total": yuan(each.total_fen),
                "pieces": each.pieces,
                "ship_by": each.ship_by,
                "is_cancelled": each.is_cancelled,
            }
            | show_if_cancelled(would.get(each.pk, NOTHING))
            for each in found.orders
        ],
    }
