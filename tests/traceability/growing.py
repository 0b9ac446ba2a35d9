"""Bases, lots and parcels in one line, for tests."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from catalog.models import Listing
from shop.accounts.models import User
from shop.sales.models import LineFacts, OrderFacts, Shipment
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from shop.sales.operations.shipping import Parcel, ship_order
from tests.factories import AT, make_division, make_listing, make_supplier, spec_of
from traceability.models import LabTest, ProduceLot, ProductionBase, TracedParcel, TraceEvent
from traceability.operations.places import Spot, add_base
from traceability.operations.quality import LabReport, record_test
from traceability.operations.recording import record_harvest, record_packing
from traceability.states import Grade, TestKind

SPOT = Spot(Decimal("24.4521"), Decimal("116.2137"))
GRAMS = 2500
_minutes = count(1)


def make_base(supplier: Any, name: str = "松源果园") -> ProductionBase:
    """Make a base with one plot."""
    return add_base(
        supplier_id=supplier.pk, name=(name, "Songyuan orchard"), place=("梅州市梅县区松源镇", "Songyuan, Meixian"),
        spot=SPOT, contact="0753-2860123", altitude_m=420, plots=(("3 号坡地", "Slope 3", 380),), actor=None,
    )  # fmt: skip


def make_grown(member: User | None = None, *, stock: int = 50, **fields: Any) -> Listing:
    """Make a listing whose pieces weigh 2.5 kg, of a supplier with a base."""
    make_division()
    supplier = make_supplier(member=member)
    make_base(supplier)
    return make_listing(supplier=supplier, specs=({"stock": stock, "net_grams": GRAMS},), **fields)


def make_lot(
    listing: Listing,
    *,
    pieces: int = 10,
    days_ago: int = 5,
    keeps: int | None = 60,
    at: datetime = AT,
    packed: bool = True,
) -> ProduceLot:
    """Harvest a lot that is enough for `pieces`, and pack it the same hour; not `packed`, it waits for that."""
    base = ProductionBase.objects.filter(supplier=listing.supplier).order_by("pk")[0]
    # Never the same moment: the same harvest again would be the same lot.
    when = at - timedelta(days=days_ago, minutes=next(_minutes))
    lot = record_harvest(
        supplier_id=listing.supplier_id, listing_id=listing.pk, base_id=base.pk, plot_id=base.plots.get().pk,
        grams=pieces * GRAMS, occurred_at=when, best_before=when.date() + timedelta(days=keeps) if keeps else None,
        actor=None, at=at, confirm=True,
    )  # fmt: skip
    if packed:
        pack(lot, occurred_at=when, at=at)
        lot.refresh_from_db()
    return lot


def pack(
    lot: ProduceLot, *, grams: int | None = None, occurred_at: datetime | None = None, at: datetime = AT, **facts: Any
) -> TraceEvent:
    """Pack all that was harvested of a lot, or some grams of it."""
    options = {"boxes": 7, "grade": Grade.FIRST, "occurred_at": occurred_at or at - timedelta(hours=3), "confirm": True}
    options |= {"harvest_by": timezone.localdate(at)}
    options |= facts
    return record_packing(
        supplier_id=lot.supplier_id, lot_id=lot.pk, grams=grams or lot.harvested_grams, actor=None, at=at, **options
    )


def report(*, passed: bool = True, item: str = "农残 4 项", kind: str = TestKind.COMMISSIONED) -> LabReport:
    """Return a report of a test."""
    result = "均未检出" if passed else "毒死蜱超标"
    return LabReport(item, result, passed, "梅县农检站", "GB 23200.121", "MJ-0412" if passed else "MJ-0411", kind)


def look(
    lot: ProduceLot, test: LabReport | None = None, *, occurred_at: datetime | None = None, confirm: bool = True
) -> LabTest:
    """Record a test of a lot, whatever it stops."""
    return record_test(
        supplier_id=lot.supplier_id, lot_id=lot.pk, occurred_at=occurred_at or AT - timedelta(hours=5), actor=None, at=AT,
        test=test or report(), confirm=confirm,
    )  # fmt: skip


def finish(lot: ProduceLot, *, passed: bool = True, at: datetime = AT) -> None:
    """Test a lot, and pack it where nothing of it is packed yet."""
    look(lot, report(passed=passed), occurred_at=at - timedelta(hours=5))
    if lot.unpacked_grams:
        pack(lot, at=at)


def paid_order(listing: Listing, pieces: int = 2, key: str = "one") -> OrderFacts:
    """Buy pieces of a listing and pay."""
    spec = spec_of(listing)
    purchase = place(
        actor=None, at=AT, lines=[PlaceLine(spec, pieces, spec.price_fen)], buyer=Buyer(phone="+8613800002046"),
        ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"), key=key,
    )  # fmt: skip
    payment, _ = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    return OrderFacts.objects.get(purchase=purchase)


def send(order: OrderFacts, pieces: int = 2, *, number: int = 1, **options: Any) -> Shipment:
    """Send pieces of an order's only line."""
    line = LineFacts.objects.get(order=order)
    return ship_order(
        order_id=order.pk, parcel=Parcel("sf", f"SF{1020260000000 + number:013d}", {line.pk: pieces}), actor=None,
        at=AT, **options,
    )  # fmt: skip


def parcel_of(shipment: Shipment) -> TracedParcel:
    """Return the traced parcel of a shipment."""
    return TracedParcel.objects.get(shipment_id=shipment.pk)
