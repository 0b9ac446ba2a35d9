"""Paying a unit's purchase by bank transfer."""

from datetime import datetime
from typing import IO, Any

from django.utils.translation import gettext as _

from procurement.errors import WrongStep
from procurement.models import PurchaseRequest
from procurement.operations.permissions import FINANCE, must_be
from procurement.operations.quota import KIND
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.payouts import give_account
from shop.sales.operations.slips import add_slip


def start_transfer(*, request_id: int, actor: Any, at: datetime) -> str:
    """Return the remittance code 汇款识别码 of a unit's purchase; the same one each time.

    Raises NotAllowed for others than the unit's finance, WrongState when nothing is to be paid.
    """
    purchase = _purchase_of_finance(request_id, actor)
    payment, _started = start_payment(purchase=purchase, gateway_name="transfer", through=KIND, at=at)
    return str(payment.provider_ref)


def pay_in_demo(*, request_id: int, actor: Any, at: datetime) -> None:
    """Play the bank: the money is there. Only where the demo's gateway is offered (KeyError elsewhere)."""
    purchase = _purchase_of_finance(request_id, actor)
    payment, _started = start_payment(purchase=purchase, gateway_name="demo", through=KIND, at=at)
    capture_payment(payment_id=payment.pk, at=at, actor=actor)


def add_transfer_slip(
    *, request_id: int, upload: IO[bytes] | None, replaces: int | None = None, actor: Any, at: datetime
) -> None:
    """Add a picture of the bank's slip to the open transfer of a unit's purchase.

    Raises NotAllowed for others than the unit's finance, and what `add_slip` raises.
    """
    purchase = _purchase_of_finance(request_id, actor)
    add_slip(purchase=purchase, upload=upload, replaces=replaces, actor=actor, at=at, through=KIND)


def give_refund_account(*, request_id: int, holder: str, bank: str, number: str, actor: Any, at: datetime) -> None:
    """Say which account of the unit the money of a transfer goes back to.

    Raises NotAllowed for others than the unit's finance, InvalidInput on `holder`, `bank` or `number`, WrongState when
    nothing goes back.
    """
    purchase = _purchase_of_finance(request_id, actor)
    give_account(purchase=purchase, holder=holder, bank=bank, number=number, through=KIND, actor=actor, at=at)


def _purchase_of_finance(request_id: int, actor: Any) -> Any:
    request = PurchaseRequest.objects.select_related("unit__organisation", "purchase").get(pk=request_id)
    must_be(actor, request.unit, FINANCE)
    if request.purchase is None:
        raise WrongStep(_("Nothing was ordered yet."))
    return request.purchase
