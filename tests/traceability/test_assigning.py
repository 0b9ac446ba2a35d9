"""Lots in parcels: first to expire first, never beyond the harvest."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core import projections
from shop.sales.models import LineFacts, Shipment
from tests.factories import AT
from tests.traceability.growing import GRAMS, make_grown, make_lot, pack, paid_order, parcel_of, send
from traceability.errors import BeyondHarvest
from traceability.models import ParcelLot, ProduceLot, TracedParcel
from traceability.operations.recording import close_lot
from traceability.rules.codes import is_code
from traceability.rules.fefo import Candidate, split

DAY = date(2026, 11, 1)


@given(st.integers(1, 60), st.integers(1, 900), st.lists(st.integers(0, 9000), max_size=6))
def test_split_takes_whole_pieces_and_no_more_than_there_is(pieces: int, grams: int, lefts: list[int]) -> None:
    lots = [Candidate(number, DAY, DAY, left) for number, left in enumerate(lefts)]
    taken, short = split(pieces, grams, lots)
    assert sum(count for _lot, count in taken) + short == pieces
    assert all(0 < count * grams <= lefts[lot] for lot, count in taken)
    assert short == max(0, pieces - sum(left // grams for left in lefts))


def _shares(shipment: Shipment) -> list[tuple[int, int, int]]:
    rows = ParcelLot.objects.filter(parcel=parcel_of(shipment)).order_by("pk")
    return [(row.lot_id, row.pieces, row.grams) for row in rows]


@pytest.mark.django_db
class TestShipping:
    def test_first_to_expire_goes_first_over_several_lots(self) -> None:
        listing = make_grown()
        late, soon = make_lot(listing, pieces=5, keeps=60), make_lot(listing, pieces=3, keeps=20)
        shipment = send(paid_order(listing, 4), 4)
        assert _shares(shipment) == [(soon.pk, 3, 3 * GRAMS), (late.pk, 1, GRAMS)]
        assert is_code(parcel_of(shipment).code)
        assert [found for _name, found in projections.run_all() if found] == []

    def test_expired_closed_and_recalled_lots_stay(self) -> None:
        listing = make_grown()
        make_lot(listing, days_ago=9, keeps=5)
        closed, good = make_lot(listing, keeps=20), make_lot(listing)
        close_lot(supplier_id=listing.supplier_id, lot_id=closed.pk, actor=None, at=closed.created_at, rest="gone")
        assert _shares(send(paid_order(listing))) == [(good.pk, 2, 2 * GRAMS)]

    def test_what_was_packed_after_a_parcel_went_out_is_not_in_it(self) -> None:
        listing = make_grown()
        soon, good = make_lot(listing, keeps=20, packed=False), make_lot(listing)
        pack(soon, occurred_at=AT + timedelta(hours=1), at=AT + timedelta(hours=2))
        assert _shares(send(paid_order(listing))) == [(good.pk, 2, 2 * GRAMS)]

    def test_the_supplier_may_choose(self) -> None:
        listing = make_grown()
        make_lot(listing, keeps=20)
        chosen = make_lot(listing)
        order = paid_order(listing)
        line = LineFacts.objects.get(order=order)
        assert _shares(send(order, lots={line.pk: [(chosen.pk, 2)]})) == [(chosen.pk, 2, 2 * GRAMS)]

    def test_beyond_the_harvest_is_refused_and_nothing_is_sent(self) -> None:
        listing = make_grown()
        lot = make_lot(listing, pieces=3)
        order = paid_order(listing, 4)
        line = LineFacts.objects.get(order=order)
        with pytest.raises(BeyondHarvest) as refusal:
            send(order, 4)
        assert (refusal.value.field, refusal.value.details) == (f"lot-{line.pk}", {"left": 3})
        with pytest.raises(BeyondHarvest):
            send(order, 4, lots={line.pk: [(lot.pk, 4)]})
        assert (Shipment.objects.count(), TracedParcel.objects.count()) == (0, 0)
        assert ProduceLot.objects.get().assigned_grams == 0

    def test_a_chosen_lot_is_refused_with_its_own_remainder_and_that_of_the_others(self) -> None:
        listing = make_grown()
        small, large = make_lot(listing, pieces=2), make_lot(listing, pieces=30)
        order = paid_order(listing, 4)
        line = LineFacts.objects.get(order=order)
        with pytest.raises(BeyondHarvest) as refusal:
            send(order, 4, lots={line.pk: [(small.pk, 4)]})
        assert (refusal.value.field, refusal.value.details) == (f"lot-{line.pk}", {"left": 2})
        assert str(refusal.value.message) == f"{small.code} 只剩 2 件，别的批次还有 30 件：换一个批次，或者少发一些。"
        close_lot(
            supplier_id=listing.supplier_id, lot_id=large.pk, actor=None, at=large.created_at, confirm=True, rest="gone"
        )
        with pytest.raises(BeyondHarvest, match="别的批次也没有了"):
            send(order, 4, lots={line.pk: [(small.pk, 4)]})

    def test_anothers_lot_is_refused(self) -> None:
        listing = make_grown()
        make_lot(listing)
        foreign = make_lot(make_grown())
        order = paid_order(listing)
        line = LineFacts.objects.get(order=order)
        with pytest.raises(BeyondHarvest):
            send(order, lots={line.pk: [(foreign.pk, 2)]})

    def test_without_lots_it_ships_with_a_code(self) -> None:
        shipment = send(paid_order(make_grown()))
        assert _shares(shipment) == []
        assert is_code(parcel_of(shipment).code)

    def test_the_same_parcel_twice_is_one(self) -> None:
        listing = make_grown()
        make_lot(listing)
        order = paid_order(listing)
        assert send(order) == send(order)
        assert ProduceLot.objects.get().assigned_grams == 2 * GRAMS
