"""Paying a purchase: starting, the slip of a transfer, the account that a refund goes to."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.acting import by
from shop.core.api import Body, Problem
from shop.core.api.bank import BankAccountIn, SlipIn
from shop.core.api.pictures import decoded
from shop.core.api.routing import ApiRequest, Key
from shop.sales.api.basket import area
from shop.sales.api.purchases import PurchaseDetail, detail, paying
from shop.sales.gateways import offered
from shop.sales.operations import payments
from shop.sales.operations.payouts import give_account
from shop.sales.operations.slips import add_slip


@area.writes(
    "/purchases/{number}/refund-account",
    PurchaseDetail,
    scope="orders:write",
    summary=gettext_noop("Say which account the refund of a bank transfer goes to"),
)
def give_refund_account(request: ApiRequest, number: str, body: BankAccountIn) -> dict[str, Any]:
    found = paying(request, number)
    give_account(purchase=found.purchase, way=found.way, **body.facts(), **by(request))
    return detail(paying(request, number))


class PayBy(Body):
    method: str = Field(max_length=20, examples=["transfer"])


@area.writes(
    "/purchases/{number}/payments",
    PurchaseDetail,
    scope="orders:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Start paying a purchase"),
    description=gettext_noop(
        "A bank transfer answers the account and the remittance code; others are paid at pay_url."
    ),
)
def start_payment(request: ApiRequest, number: str, body: PayBy) -> dict[str, Any]:
    found = paying(request, number)
    if body.method not in offered():
        raise Problem(422, "no_such_method", _("Choose how to pay."), field="method")
    payments.start_payment(purchase=found.purchase, gateway_name=body.method, at=timezone.now())
    return detail(paying(request, number))


@area.writes(
    "/purchases/{number}/transfer-slips",
    PurchaseDetail,
    scope="orders:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Add the bank's slip to a transfer that waits for its money"),
)
def add_transfer_slip(request: ApiRequest, number: str, body: SlipIn) -> dict[str, Any]:
    found = paying(request, number)
    (upload,) = decoded([body.picture], "picture")
    replaces = None if found.way else body.replaces
    add_slip(purchase=found.purchase, upload=upload, replaces=replaces, **by(request))
    return detail(paying(request, number))
