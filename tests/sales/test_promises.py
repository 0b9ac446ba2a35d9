"""What a product page promises of dates is what its parcel has: from the lots that ship, after all that is ordered."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Listing
from shop.sales.errors import NotForSale
from shop.sales.models import LineFacts
from shop.sales.operations.closing import cancel_order
from shop.sales.queries.promises import lots_on_page
from tests.factories import AT, make_division, make_listing, spec_of
from tests.sales.selling import buy, lines_of
from tests.traceability.growing import GRAMS, finish, make_grown, make_lot, paid_order, parcel_of, send
from traceability.errors import PromiseBroken
from traceability.models import ParcelLot
from traceability.operations.recording import close_lot
from traceability.rules.fefo import Candidate, Dates, Waiting, after_waiting, dates_of, keeps, split

pytestmark = pytest.mark.django_db


def lot_of(listing, pieces, days_ago, keeps_days):
    lot = make_lot(listing, pieces=pieces, days_ago=days_ago, keeps=keeps_days)
    finish(lot)
    return lot


def promised(listing):
    return lots_on_page(listing.pk, [GRAMS], AT).dates.get(GRAMS)


@pytest.fixture
def that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def two_lots():
    listing = make_grown()
    return listing, lot_of(listing, 3, 20, 40), lot_of(listing, 9, 5, 60)


def test_the_page_promises_the_lot_that_will_ship_after_what_is_ordered(two_lots):
    listing, old, new = two_lots
    assert (promised(listing).harvested_on, promised(listing).best_before) == (old.harvested_on, old.best_before)
    paid_order(listing, 3)
    assert (promised(listing).harvested_on, promised(listing).best_before) == (new.harvested_on, new.best_before)
    paid_order(listing, 9, key="all")
    assert promised(listing) is None


def test_goods_whose_lots_have_all_ended_promise_nothing_until_a_harvest(client: Client, that_day: None) -> None:
    never, listing = make_grown(), make_grown()
    lot = lot_of(listing, 9, 5, 60)

    def said(of: Listing) -> tuple[bool, bool]:
        page = client.get(f"/shop/p/{of.slug}/").content.decode()
        return lots_on_page(of.pk, [GRAMS], AT).waits_for_harvest, "现在下单" in page

    # Of goods that never had a lot the hours of dispatch are the supplier's word.
    assert (said(never), said(listing)) == ((False, True), (False, True))
    close_lot(supplier_id=listing.supplier_id, lot_id=lot.pk, actor=None, at=AT, rest="other", reason="新采")
    assert said(listing) == (True, False)
    # A lot that waits for its test is a harvest: the page that was kept is made anew.
    make_lot(listing, pieces=3)
    assert said(listing) == (False, True)


def test_an_order_keeps_what_it_was_promised_whoever_is_packed_first(two_lots):
    listing, old, new = two_lots
    first, second = paid_order(listing, 3), paid_order(listing, 2, key="two")
    assert [lines_of(order)[0].promised_until for order in (first, second)] == [old.best_before, new.best_before]
    parcel = parcel_of(send(second, 2, number=1))
    assert ParcelLot.objects.get(parcel=parcel).lot_id == new.pk
    parcel = parcel_of(send(first, 3, number=2))
    assert ParcelLot.objects.get(parcel=parcel).lot_id == old.pk


def test_a_lot_that_breaks_the_promise_is_refused_by_name(two_lots):
    listing, old, new = two_lots
    first, second = paid_order(listing, 3), paid_order(listing, 2, key="two")
    cancel_order(order_id=first.pk, actor=None, at=AT)
    line = lines_of(second)[0]
    with pytest.raises(PromiseBroken) as refused:
        send(second, 2, lots={line.pk: [(old.pk, 2)]})
    assert (refused.value.field, refused.value.details["left"]) == (f"lot-{line.pk}", 9)
    assert f"{new.best_before:%Y-%m-%d}" in str(refused.value.message)
    line.refresh_from_db()
    assert line.shipped == 0


def test_what_is_cancelled_is_not_promised_twice(two_lots):
    listing, old, _new = two_lots
    first = paid_order(listing, 3)
    paid_order(listing, 9, key="two")
    cancel_order(order_id=first.pk, actor=None, at=AT)
    assert promised(listing).best_before == old.best_before
    paid_order(listing, 3, key="three")
    assert promised(listing) is None


def test_without_lots_no_date_is_promised():
    make_division()
    listing = make_listing(produced_on=date(2026, 11, 20), min_days_left=40, shelf_life_days=60)
    page = Client().get(f"/shop/p/{listing.slug}/").content.decode()
    assert "2026-11-20" not in page
    for name in ("produced", "best-before", "days-left"):
        assert f'data-testid="fact-{name}"' not in page
    assert 'data-testid="fact-shelf-life"' in page
    found = Client().get(f"/api/v1/products/{listing.slug}").json()
    assert (found["produced_on"], found["best_before"], found["days_left"]) == (None, None, None)
    order = paid_order(listing, 1)
    assert LineFacts.objects.get(order=order).promised is None


def test_the_page_says_what_is_left_on_arrival_of_that_lot():
    listing = make_grown()
    today = timezone.localdate()
    lot = make_lot(listing, pieces=5, days_ago=1, keeps=30, at=timezone.now())
    page = Client().get(f"/shop/p/{listing.slug}/").content.decode()
    assert f"{lot.harvested_on:%Y-%m-%d}" in page
    found = Client().get(f"/api/v1/products/{listing.slug}").json()
    arrives = date.fromisoformat(found["delivery"]["arrives_by"])
    assert arrives > today
    assert found["days_left"] == (lot.best_before - arrives).days
    assert f"{found['days_left']} 天" in page


def test_the_page_follows_the_lots_at_once(two_lots, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    listing, old, new = two_lots
    before = Client().get(f"/shop/p/{listing.slug}/").content.decode()
    assert f"{old.harvested_on:%Y-%m-%d}" in before
    type(old).objects.filter(pk=old.pk).update(state="closed")
    after = Client().get(f"/api/v1/products/{listing.slug}").json()
    assert after["produced_on"] == f"{new.harvested_on:%Y-%m-%d}"


def test_out_of_season_nothing_arrives_and_nothing_is_sold():
    month = timezone.localdate().month
    start = month % 12 + 2 if month < 11 else month - 9
    listing = make_listing(season_start=start, season_end=start)
    page = Client().get(f"/shop/p/{listing.slug}/").content.decode()
    assert "现在下单" not in page
    assert f"{start} 月" in page[page.index('data-testid="arrives-by"') :][:80]
    said = Client().get(f"/shop/p/{listing.slug}/delivery/?to=440106").json()
    assert "现在下单" not in said["when"]
    found = Client().get(f"/api/v1/products/{listing.slug}").json()
    assert (found["delivery"]["arrives_by"], found["can_buy"]) == (None, False)
    assert spec_of(listing).is_preorder
    with pytest.raises(NotForSale):
        buy((listing, 1))
    Listing.objects.filter(pk=listing.pk).update(season_start=month, season_end=month)
    assert buy((listing, 1), key="now").pk


DAY = date(2026, 11, 1)


@given(
    lots=st.lists(st.integers(1, 6), min_size=1, max_size=5),
    orders=st.lists(st.integers(1, 4), max_size=8),
    turn=st.randoms(use_true_random=False),
)
def test_every_promise_can_be_kept_in_whatever_order_parcels_are_packed(lots, orders, turn):
    shelf = [Candidate(n, DAY + timedelta(days=30 + n), DAY + timedelta(days=n), 1000 * k) for n, k in enumerate(lots)]
    waiting = []
    for pieces in orders:
        dates, _left = dates_of(pieces, 1000, after_waiting(shelf, waiting))
        if dates is not None:
            waiting.append(Waiting(pieces, 1000, dates))
    turn.shuffle(waiting)
    for each in waiting:
        fitting = [lot for lot in shelf if keeps(lot.harvested_on, lot.best_before, each.promised)]
        taken, short = split(each.pieces, 1000, fitting)
        assert not short
        shelf = after_waiting(shelf, [each])
        assert sum(pieces for _lot, pieces in taken) == each.pieces


@pytest.mark.parametrize(
    ("promise", "kept"),
    [
        (None, True),
        (Dates(DAY, DAY), True),
        (Dates(DAY + timedelta(days=1), None), False),
        (Dates(None, DAY + timedelta(days=31)), False),
    ],
)
def test_a_lot_keeps_a_promise_or_does_not(promise, kept):
    assert keeps(DAY, DAY + timedelta(days=30), promise) is kept
    assert keeps(DAY, None, Dates(None, DAY + timedelta(days=99)))
