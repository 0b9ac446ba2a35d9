"""What stands on a shelf beyond the lots: asked at the first packing, shown until it is settled, promised no date."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.operations.stocktaking import adjust_stock
from shop.sales.models import LineFacts
from shop.sales.queries.promises import lots_on_page
from tests.factories import AT, make_user, spec_of
from tests.traceability.growing import GRAMS, make_grown, make_lot, pack, paid_order, send
from tests.traceability.test_finished_lots import finish
from traceability.errors import BeyondHarvest, HarvestExpired, ShelfBeyondLots
from traceability.models import ProduceLot
from traceability.operations.recording import record_harvest
from traceability.queries.beyond import beyond_lots
from traceability.queries.stopped import rest_on_shelf
from traceability.queries.waiting import waiting_once_gone
from traceability.rules.fefo import Candidate, Dates, pieces_keeping

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def listing(member):
    return make_grown(member, stock=20)


def beyond(listing):
    return [(each.on_sale, each.in_orders) for each in beyond_lots(at=AT, supplier_id=listing.supplier_id)]


def test_the_first_packing_asks_about_pieces_that_are_of_no_lot_and_the_next_does_not(listing):
    first, second = make_lot(listing, pieces=4, packed=False), make_lot(listing, pieces=2, packed=False)
    with pytest.raises(ShelfBeyondLots) as asked:
        pack(first, confirm=False)
    # The harvest that is not packed yet covers its pieces.
    assert (asked.value.details["on_sale"], asked.value.details["in_orders"]) == (14, 0)
    assert ProduceLot.objects.get(pk=first.pk).packed_grams == 0
    pack(first, confirm=True)
    pack(second, confirm=False)
    assert beyond(listing) == [(14, 0)]


def test_a_first_packing_that_covers_the_shelf_asks_nothing(listing):
    pack(make_lot(listing, pieces=20, packed=False), confirm=False)
    assert beyond(listing) == []


def test_pieces_beyond_the_lots_show_until_they_are_gone_or_harvested(listing, member):
    assert beyond(listing) == []
    make_lot(listing, pieces=4)
    paid_order(listing, 6)
    assert beyond(listing) == [(14, 2)]
    client = Client()
    client.force_login(member)
    words = "16 pieces on your shelf are of no lot (on sale: 14, in orders: 2)."
    for path in ("/en/seller/lots/", f"/en/seller/goods/{spec_of(listing).specification_id}/stock/"):
        assert words in client.get(path).content.decode(), path
    assert "16 pieces on the shelf are of no lot" in client.get("/en/seller/").content.decode()
    adjust_stock(stockrecord_id=spec_of(listing).stockrecord_id, pieces=-10, reason="spoiled", actor=None, at=AT)
    assert beyond(listing) == [(4, 2)]
    # What the log counts has another name than what the shop can sell: pieces of orders are in it.
    log = client.get(f"/en/seller/goods/{spec_of(listing).specification_id}/stock/").content.decode()
    assert "In the shop, with those of orders" in log
    make_lot(listing, pieces=6, packed=False, days_ago=0)
    assert beyond(listing) == []


def test_pieces_that_stayed_with_a_finished_lot_are_named_once(listing):
    make_lot(listing, pieces=8)
    finish(make_lot(listing, pieces=12), rest="other", reason="另一次")
    assert beyond(listing) == []


def test_a_date_is_promised_for_the_pieces_that_lots_cover_and_no_more(listing):
    make_lot(listing, pieces=4)
    assert lots_on_page(listing.pk, [GRAMS], AT).dates[GRAMS].pieces == 4
    page = Client().get(f"/en/shop/p/{listing.slug}/").content.decode()
    assert "(the next 4 pieces)" in page
    covered, more = paid_order(listing, 3), paid_order(listing, 2, key="two")
    promised = {line.order_id: line.promised for line in LineFacts.objects.all()}
    assert promised[covered.pk] is not None
    assert promised[more.pk] is None
    send(covered, 3)
    with pytest.raises(BeyondHarvest):
        send(more, 2, number=2)


def test_dates_hold_up_to_the_first_lot_that_breaks_them():
    day = AT.date()
    old = Candidate(1, day + timedelta(days=9), day - timedelta(days=1), 3 * GRAMS + 1)
    older = Candidate(2, day + timedelta(days=9), day - timedelta(days=4), 5 * GRAMS)
    late = Candidate(3, day + timedelta(days=10), day, 7 * GRAMS)
    assert pieces_keeping(Dates(day - timedelta(days=4), day + timedelta(days=9)), GRAMS, [late, old, older]) == 15
    assert pieces_keeping(Dates(day - timedelta(days=3), day + timedelta(days=9)), GRAMS, [late, old, older]) == 0
    older = Candidate(2, day + timedelta(days=10), day - timedelta(days=4), 5 * GRAMS)
    assert pieces_keeping(Dates(day - timedelta(days=1), day + timedelta(days=9)), GRAMS, [older, old]) == 3


def test_the_question_of_a_finished_lot_counts_what_orders_wait_for_first(listing):
    adjust_stock(stockrecord_id=spec_of(listing).stockrecord_id, pieces=57, reason="harvest", actor=None, at=AT)
    lot = make_lot(listing, pieces=76)
    paid_order(listing, 1)
    rest = rest_on_shelf(lot, AT)
    assert (rest.on_sale, rest.in_orders, waiting_once_gone(lot, AT).pieces) == (75, 1, 1)


def test_a_harvest_that_is_expired_already_is_asked_about_once(listing):
    made = make_lot(listing, pieces=1, packed=False)
    facts = {
        "supplier_id": listing.supplier_id, "listing_id": listing.pk, "base_id": made.base_id,
        "grams": GRAMS, "occurred_at": AT - timedelta(days=90), "best_before": (AT - timedelta(days=1)).date(),
        "actor": None, "at": AT,
    }  # fmt: skip
    with pytest.raises(HarvestExpired) as asked:
        record_harvest(**facts)
    assert (asked.value.status, asked.value.details["confirm"]) == (409, "confirm")
    assert ProduceLot.objects.count() == 1
    lot = record_harvest(**facts, confirm=True)
    assert record_harvest(**facts) == lot
    today = record_harvest(**{**facts, "occurred_at": AT - timedelta(days=80), "best_before": timezone.localdate(AT)})
    assert today.best_before == timezone.localdate(AT)
