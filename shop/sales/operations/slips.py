"""The bank's slip of an announced transfer: who pays may add it, so that finance finds the money sooner."""

from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.operations.pictures import store_pictures
from shop.core import audit
from shop.core.errors import InvalidInput
from shop.sales import hooks
from shop.sales.errors import WrongState
from shop.sales.models import Payment, Purchase, TransferSlip
from shop.sales.operations.doors import refuse_elsewhere
from shop.sales.operations.locks import lock_purchase
from shop.sales.operations.settling import WAITING
from shop.sales.states import PurchaseState

MOST_SLIPS = 3


def add_slip(
    *,
    purchase: Purchase,
    upload: IO[bytes] | None,
    replaces: int | None = None,
    actor: Any,
    at: datetime,
    through: str = "",
) -> TransferSlip:
    """Add a picture of the bank's slip to the open transfer of a purchase; return it. Nothing is booked by it.

    `replaces` is the id of a slip of this transfer in whose place it comes; one that is not there any more is no fault.

    `through` is the kind of purchases whose own door this is (DoneElsewhere). Raises InvalidInput on `slip` without a
    picture or beyond the number allowed, WrongState where no transfer of the purchase waits for money.
    """
    refuse_elsewhere(hooks.Step.PAY, purchase, through=through)
    if upload is None:
        raise InvalidInput(_("Choose a picture of the slip."), code="slip_missing", field="slip")
    # Before anything is stored, and again under the locks: re-encoding takes a while.
    _check_room(_open_transfer(purchase), replaces)
    picture = _store(upload, actor, at)
    with transaction.atomic():
        payment = _open_transfer(lock_purchase(purchase.pk))
        _check_room(payment, replaces)
        if replaces is not None and payment.slips.filter(pk=replaces).delete()[0]:
            audit.record(
                action="transfer_slip_replaced", object_kind="payment", object_id=payment.pk, actor=actor, at=at
            )
        slip: TransferSlip = payment.slips.create(picture=picture, added_by_id=getattr(actor, "pk", None), added_at=at)
        audit.record(action="transfer_slip_added", object_kind="payment", object_id=payment.pk, actor=actor, at=at)
        return slip


def _check_room(payment: Payment, replaces: int | None) -> None:
    if payment.slips.exclude(pk=replaces or 0).count() >= MOST_SLIPS:
        raise InvalidInput(
            _("%(most)d pictures of slips are enough.") % {"most": MOST_SLIPS}, code="too_many_slips", field="slip"
        )


def _store(upload: IO[bytes], actor: Any, at: datetime) -> Any:
    alt = _("Slip of the transfer")
    try:
        return store_pictures(uploads=[upload], alt_zh=alt, actor=actor, at=at, is_private=True)[0]
    except InvalidInput as error:
        error.field = "slip"
        raise


def _open_transfer(purchase: Purchase) -> Payment:
    rows = Payment.objects.filter(
        payable_kind="purchase", payable_id=purchase.pk, gateway="transfer", state__in=WAITING
    ).order_by("-pk")
    payment = rows.first() if purchase.state == PurchaseState.UNPAID else None
    if payment is None:
        raise WrongState(_("No transfer of this purchase waits for money."))
    return payment
