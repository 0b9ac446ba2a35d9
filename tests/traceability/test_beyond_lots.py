"""What stands on a shelf beyond the lots: asked at packing, shown and off sale after its day, promised no date."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import StockChange
from catalog.operations.stocktaking import adjust_stock
from catalog.queries.shelf_words import change_words
from shop.accounts.models import Message
from shop.core import audit, outbox
from shop.sales.models import LineFacts
from shop.sales.queries.promises import lots_on_page
from tests.factories import AT, make_user, spec_of
from tests.traceability.growing import GRAMS, make_grown, make_lot, pack, paid_order, send
from tests.traceability.test_finished_lots import finish
from tests.traceability.test_owed_stock import came, pools
from tests.traceability.test_stock_history import unchained
from traceability.errors import AlreadyRecorded, BeyondHarvest, HarvestExpired, ShelfBeyondLots
from traceability.models import ProduceLot
from traceability.operations.beyond import settle_beyond
from traceability.operations.recording import record_harvest
from traceability.queries.beyond import CONFIRMED, beyond_lots, beyond_words, unconfirmed
from traceability.queries.stopped import rest_on_shelf
from traceability.queries.waiting import waiting_once_gone
from traceability.rules.fefo import Candidate, Dates, pieces_keeping

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TODAY = timezone.localdate(AT)
LAST_DAY = TODAY + timedelta(days=3)


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def listing(member):
    return make_grown(member, stock=20)


def beyond(listing):
    return [(each.on_sale, each.in_orders) for each in beyond_lots(at=AT, supplier_id=listing.supplier_id)]


def confirmed(listing):
    return audit.entries(object_kind="listing", object_ids=[listing.pk], action=CONFIRMED)


def asked_of(call):
    with pytest.raises(ShelfBeyondLots) as asked:
        call()
    return asked.value


def test_a_packing_asks_about_pieces_of_no_lot_until_a_harvest_is_confirmed_by_a_day(listing):
    first, second = make_lot(listing, pieces=4, packed=False), make_lot(listing, pieces=2, packed=False)
    asked = asked_of(lambda: pack(first, confirm=False))
    # The harvest that is not packed yet covers its pieces.
    assert (asked.field, asked.details["on_sale"], asked.details["in_orders"]) == ("confirm", 14, 0)
    assert asked.details["latest"] == LAST_DAY.isoformat()
    for day in (None, TODAY - timedelta(days=1), LAST_DAY + timedelta(days=1)):
        asked = asked_of(lambda day=day: pack(first, harvest_by=day))
        assert (asked.field, asked.status) == ("harvest_by", 409)
    assert ProduceLot.objects.get(pk=first.pk).packed_grams == 0
    pack(first, harvest_by=LAST_DAY)
    # What was confirmed is not asked about again before its day.
    pack(second, confirm=False)
    assert beyond(listing) == [(14, 0)]
    assert beyond_lots(at=AT, listing_ids=[listing.pk])[0].harvest_by == LAST_DAY


def test_the_next_packing_asks_again_about_what_came_since_or_once_the_day_is_past(listing):
    first, second = make_lot(listing, pieces=4, packed=False), make_lot(listing, pieces=6, packed=False)
    pack(first, harvest_by=LAST_DAY)
    pack(second, grams=GRAMS, confirm=False)
    came(listing, 5)
    asked = asked_of(lambda: pack(second, grams=2 * GRAMS, confirm=False, at=AT + HOUR))
    assert (asked.field, asked.details["on_sale"]) == ("confirm", 15)
    pack(second, grams=2 * GRAMS, at=AT + HOUR, harvest_by=LAST_DAY)
    assert [row.data["pieces"][0][2] for row in confirmed(listing)] == [10, 5]
    pack(second, grams=GRAMS, confirm=False, at=AT + 2 * HOUR)
    later = AT + timedelta(days=4)
    assert asked_of(lambda: pack(second, grams=GRAMS, confirm=False, at=later)).details["on_sale"] == 15


def test_pieces_that_are_ordered_harvested_or_gone_are_no_reason_to_ask_again(listing):
    first, second = make_lot(listing, pieces=4, packed=False), make_lot(listing, pieces=2, packed=False)
    pack(first, harvest_by=LAST_DAY)
    paid_order(listing, 6)
    adjust_stock(
        stockrecord_id=spec_of(listing).stockrecord_id, pieces=-3, reason="spoiled", actor=None, at=AT + HOUR
    )  # fmt: skip
    make_lot(listing, pieces=5, packed=False, days_ago=0, at=AT + HOUR)
    assert beyond(listing) == [(6, 0)]
    pack(second, confirm=False, at=AT + HOUR)
    # What was harvested stood for pieces that were confirmed: new ones are asked about.
    came(listing, 4)
    (each,) = beyond_lots(at=AT + HOUR, listing_ids=[listing.pk])
    assert list(unconfirmed(each, at=AT + HOUR).values()) == [4]


def test_what_nobody_ordered_leaves_the_shelf_once_its_day_is_past(listing, member):
    make_lot(listing, pieces=4)
    paid_order(listing, 6)
    # `make_lot` confirmed today: 16 pieces are of no lot, 2 of them wait in the order.
    assert beyond(listing) == [(14, 2)]
    assert (settle_beyond(at=AT), pools(listing)) == (0, {"main": (20, 6, 0)})
    over = AT + timedelta(days=1)
    assert (settle_beyond(at=over), pools(listing)) == (1, {"main": (6, 6, 0)})
    assert (settle_beyond(at=over), beyond(listing)) == (0, [(0, 2)])
    # What comes afterwards is not taken for what was confirmed.
    came(listing, 30)
    assert (settle_beyond(at=over + timedelta(days=9)), pools(listing)) == (0, {"main": (36, 6, 0)})
    row = StockChange.objects.get(kind="finished")
    assert (row.pieces, row.counted, row.reference) == (-14, None, f"beyond:{listing.pk}")
    assert change_words(row) == "停止销售：不属于任何批次，且到确认的日期仍未登记采收"
    outbox.drain(at=timezone.now())
    told = Message.objects.get(kind="beyond_over_orders")
    assert (told.user_id, told.url, told.params["gone"], told.params["pieces"]) == (member.pk, "/seller/lots/", 14, 2)
    assert unchained(listing) == []


def test_a_harvest_recorded_in_time_keeps_the_pieces_it_stands_for(listing):
    make_lot(listing, pieces=4)
    make_lot(listing, pieces=7, packed=False, days_ago=0, at=AT + HOUR)
    assert (settle_beyond(at=AT + timedelta(days=1)), pools(listing)) == (1, {"main": (11, 0, 0)})
    # All lots end: pieces that nobody confirmed stay as they are.
    assert beyond(listing) == []


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
    record_harvest(**facts, confirm=True, key="page")
    # The same page again needs no second confirmation.
    with pytest.raises(AlreadyRecorded):
        record_harvest(**facts, key="page")
    assert ProduceLot.objects.count() == 2
    today = record_harvest(**{**facts, "occurred_at": AT - timedelta(days=80), "best_before": timezone.localdate(AT)})
    assert today.best_before == timezone.localdate(AT)


def test_the_pages_say_of_how_many_pieces_the_day_holds_and_the_job_takes_off_just_those(listing, member):
    first = make_lot(listing, pieces=4, packed=False)
    pack(first, harvest_by=LAST_DAY)
    came(listing, 3)
    (each,) = beyond_lots(at=AT, listing_ids=[listing.pk])
    assert (each.on_sale, list(each.by_day), each.unconfirmed) == (19, [(LAST_DAY, 16)], 3)
    words = beyond_words(each)
    assert ("其中在售的 16 件" in words, "另有 3 件在售" in words, "无人下单" in words) == (True, True, False)
    assert settle_beyond(at=AT + timedelta(days=4)) == 1
    assert pools(listing) == {"main": (7, 0, 0)}
    (each,) = beyond_lots(at=AT + timedelta(days=4), listing_ids=[listing.pk])
    assert (each.on_sale, each.by_day, each.harvest_by) == (3, (), None)


def test_pieces_of_two_confirmations_are_told_by_their_days(listing):
    first, second = make_lot(listing, pieces=4, packed=False), make_lot(listing, pieces=6, packed=False)
    pack(first, harvest_by=TODAY)
    came(listing, 5)
    pack(second, grams=2 * GRAMS, at=AT + HOUR, harvest_by=LAST_DAY)
    (each,) = beyond_lots(at=AT + HOUR, listing_ids=[listing.pk])
    assert (each.on_sale, list(each.by_day), each.unconfirmed) == (15, [(TODAY, 10), (LAST_DAY, 5)], 0)
    before = pools(listing)["main"][0]
    settle_beyond(at=AT + timedelta(days=1))
    assert before - pools(listing)["main"][0] == 10


def test_ordered_and_harvested_pieces_are_not_told_as_taken_off(listing):
    pack(make_lot(listing, pieces=4, packed=False), harvest_by=LAST_DAY)
    paid_order(listing, 6)
    make_lot(listing, pieces=5, packed=False, days_ago=0, at=AT + HOUR)
    (each,) = beyond_lots(at=AT + HOUR, listing_ids=[listing.pk])
    taken = sum(pieces for _day, pieces in each.by_day)
    before = pools(listing)["main"][0]
    settle_beyond(at=AT + timedelta(days=4))
    assert before - pools(listing)["main"][0] == taken
