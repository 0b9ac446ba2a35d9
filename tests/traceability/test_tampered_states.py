"""Lots that stand elsewhere, owe more than is gone, or parcels with another code: past the operations, they are noticed."""

import pytest

from tests.factories import make_listing
from tests.sales.selling import paid, ship
from tests.tampering import faults, tamper
from traceability.models import TracedParcel

from .growing import make_grown, make_lot

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["closed", "held", "awaiting", "recalled"])
def test_a_lot_that_nobody_moved_is_noticed(state):
    lot = make_lot(make_grown())
    assert faults() == []

    tamper("UPDATE traceability_producelot SET state = %s", state)

    assert f"state of lot {lot.pk}, which is {state}" in faults()


def test_a_lot_that_owes_more_than_is_gone_of_it_is_noticed():
    lot = make_lot(make_grown())

    tamper("UPDATE traceability_producelot SET owed_grams = 500")

    assert faults() == [f"grams that lot {lot.pk} owes"]


@pytest.mark.parametrize(
    "change", ["code = 'OTHER'", "shipment_id = shipment_id + 7", "shipped_at = '2026-01-01 00:00:00Z'"]
)
def test_a_parcel_without_lots_with_another_code_is_noticed(change):
    ship(paid((make_listing(stock=5), 1)))
    parcel = TracedParcel.objects.get()
    assert (parcel.lots.count(), faults()) == (0, [])

    tamper(f"UPDATE traceability_tracedparcel SET {change}")

    assert faults() == [f"what traced_parcel {parcel.pk} said when it was written"]
