"""The numbers on parcels: whose they may be, and putting a wrong one right."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shop.core import audit, outbox
from shop.core.errors import InvalidInput
from shop.core.lengths import check_length
from shop.core.named_locks import lock_name
from shop.sales import rules
from shop.sales.errors import WrongState
from shop.sales.models import OrderFacts, Shipment
from shop.sales.operations.locks import lock_order
from shop.sales.queries.carriers import carrier_of
from shop.sales.states import OrderState

_ADDRESS = ("ship_name", "ship_phone", "ship_division_id", "ship_street")


def check_number(carrier: str, tracking_no: str, *days: datetime, own: str = "") -> str:
    """Return the number as it is kept, "" for a carrier whose parcels have none; `own` is what stands for one now.

    Raises InvalidInput for a carrier that may be chosen on none of the days, or a number that can't be one of its.
    """
    found = next((each for day in days if (each := carrier_of(carrier, day)) is not None), None)
    if found is None:
        raise InvalidInput(_("Choose a carrier."), code="carrier_unknown", field="carrier")
    number = rules.clean_tracking_no(tracking_no)
    if not found.takes_number:
        if number and number != own:
            raise InvalidInput(
                _("%(carrier)s has no numbers: leave it empty.") % {"carrier": found.name}, code="number_unwanted",
                field="tracking_no",
            )  # fmt: skip
        return ""
    if not number:
        raise InvalidInput(_("Enter the number on the parcel."), code="number_missing", field="tracking_no")
    if not found.fits(number):
        raise InvalidInput(
            _("This is not a number of %(carrier)s: check carrier and digits. One looks like %(example)s.")
            % {"carrier": found.name, "example": found.example},
            code="number_wrong",
            field="tracking_no",
        )
    return number


def own_number(order: OrderFacts, nth: int | None) -> str:
    """Return what stands for the number of an order's parcel without one: the order's, and which of its parcels it is.

    `nth` is which parcel of the order, from 1, its sender sees it as; without it the next. Raises InvalidInput
    (code `parcels_changed`) where another parcel was sent meanwhile.
    """
    parcels = list(order.shipments.order_by("pk").values_list("tracking_no", flat=True))
    nth = nth or len(parcels) + 1
    number = rules.own_parcel_number(order.order.number, nth)
    if nth > len(parcels) + 1 or (nth <= len(parcels) and number not in parcels):
        raise InvalidInput(
            _("Another parcel of this order was sent meanwhile. Please look again."), code="parcels_changed",
            field="pieces",
        )  # fmt: skip
    return number


def refuse_number_elsewhere(order: OrderFacts, carrier: str, number: str) -> None:
    """Refuse a number that is on another order's parcel, but for one of the same supplier to the same address.

    One box may carry two orders of a buyer; a number on anything else is a slip. Raises InvalidInput `number_used`.
    Locks: the number, after the order, before the stock.
    """
    lock_number(carrier, number)
    for other in _others(order, carrier, number):
        same = all(getattr(other.order.purchase, each) == getattr(order.purchase, each) for each in _ADDRESS)
        if not same or other.order.supplier_id != order.supplier_id:
            raise InvalidInput(
                _("This number is on a parcel to another address already. Copy it from the slip of this parcel."),
                code="number_used",
                field="tracking_no",
            )


def lock_number(carrier: str, number: str) -> None:
    """Lock a carrier's number until the transaction ends: two orders that get it at one time see each other's parcel."""
    lock_name("tracking_no", f"{carrier}:{number}")


def _others(order: OrderFacts, carrier: str, number: str) -> list[Shipment]:
    rows = Shipment.objects.filter(carrier=carrier, tracking_no=number).exclude(order=order)
    return list(rows.select_related("order__purchase"))


def correct_tracking(
    *, shipment_id: int, carrier: str, tracking_no: str, reason: str, actor: Any, at: datetime
) -> Shipment:
    """Put a parcel's carrier and number right; what it said before stays in the audit trail, and the buyer is told.

    The same again changes nothing, and tells nobody. Raises InvalidInput (fields carrier, tracking_no, reason), WrongState once it
    was received. Locks: purchase, order, parcel, its new number.
    """
    order_id, sent_at, own = Shipment.objects.values_list("order_id", "shipped_at", "tracking_no").get(pk=shipment_id)
    number = check_number(carrier, tracking_no, sent_at, at, own=own)
    why = check_length(reason.strip(), "reason", rules.NOTE_LENGTH)
    if not why:
        raise InvalidInput(_("Say what was wrong with the number."), code="reason_missing", field="reason")
    with transaction.atomic():
        order = lock_order(order_id)
        shipment = Shipment.objects.select_for_update().get(pk=shipment_id)
        before = (shipment.carrier, shipment.tracking_no)
        if not number:
            earlier = Shipment.objects.filter(order=order, pk__lt=shipment.pk).count()
            number = rules.own_parcel_number(order.order.number, earlier + 1)
        if before == (carrier, number):
            return shipment
        is_open = order.state in {OrderState.TO_SHIP, OrderState.SHIPPED}
        if not is_open or shipment.received_at is not None or shipment.delivered_at is not None:
            raise WrongState(_("This parcel has arrived: its number stays."))
        if Shipment.objects.filter(order=order, carrier=carrier, tracking_no=number).exists():
            raise InvalidInput(
                _("This number is on another parcel of the order."), code="number_used", field="tracking_no"
            )
        refuse_number_elsewhere(order, carrier, number)
        shipment.carrier, shipment.tracking_no = carrier, number
        shipment.save(update_fields=["carrier", "tracking_no"])
        entry = audit.record(
            action="tracking_corrected", object_kind="shipment", object_id=shipment.pk, actor=actor, at=at,
            old_carrier=before[0], old_number=before[1], carrier=carrier, number=number, reason=why,
        )  # fmt: skip
        outbox.enqueue(
            task="sales.tell_tracking_corrected", args={"shipment_id": shipment.pk, "entry_id": entry.pk},
            key=f"tracking:{entry.pk}", at=at,
        )  # fmt: skip
        return shipment
