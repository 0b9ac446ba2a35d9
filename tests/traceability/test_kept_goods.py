"""What stays on sale as of another harvest is a task with a deadline: recorded by then, or taken off sale."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Listing, Specification, StockChange
from catalog.operations.stocktaking import adjust_stock
from shop.accounts.models import Message
from shop.core import outbox
from shop.core.times import full_day
from shop.sales.queries.without_goods import lines_without_goods
from tests.api.conftest import program_of
from tests.factories import AT, make_user, spec_of
from tests.traceability.growing import GRAMS, make_grown, make_lot, paid_order
from tests.traceability.test_finished_lots import finish
from tests.traceability.test_owed_stock import came, pools
from tests.traceability.test_stock_history import unchained
from traceability.models import HarvestTerm, ProduceLot
from traceability.operations.kept import settle_kept
from traceability.queries.kept import without_harvest
from traceability.queries.verifying import altered_rows

pytestmark = pytest.mark.django_db
LAST_DAY = AT + timedelta(days=3)
OVER = AT + timedelta(days=4)


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def listing(member):
    return make_grown(member, stock=20)


def keep(listing: Listing, pieces: int = 12) -> ProduceLot:
    return finish(make_lot(listing, pieces=pieces), rest="other", reason="11 月 28 日采的")


def stands(listing: Listing) -> list[tuple[int, int]]:
    return [(each.rest.on_sale, each.rest.in_orders) for each in without_harvest(at=AT, listing_ids=[listing.pk])]


def test_what_stays_is_due_by_the_term_that_was_in_force(listing):
    HarvestTerm.objects.update(days=5)
    keep(listing)
    (left,) = without_harvest(at=AT, supplier_id=listing.supplier_id)
    assert left.due_on == timezone.localdate(AT) + timedelta(days=5)
    HarvestTerm.objects.all().delete()
    assert without_harvest(at=AT, supplier_id=listing.supplier_id)[0].due_on is None
    assert (settle_kept(at=OVER + timedelta(days=99)), pools(listing)) == (0, {"main": (20, 0, 0)})


def test_what_no_harvest_was_recorded_for_leaves_the_shelf_once_and_members_are_told(listing, member):
    lot = keep(listing)
    assert stands(listing) == [(12, 0)]
    assert (settle_kept(at=LAST_DAY), pools(listing)) == (0, {"main": (20, 0, 0)})
    assert (settle_kept(at=OVER), pools(listing)) == (1, {"main": (8, 0, 0)})
    assert (settle_kept(at=OVER), without_harvest(at=OVER, supplier_id=listing.supplier_id)) == (0, [])
    # What comes afterwards is not taken for what stayed.
    came(listing, 30)
    assert (settle_kept(at=OVER + timedelta(days=9)), pools(listing)) == (0, {"main": (38, 0, 0)})
    row = StockChange.objects.get(kind="finished")
    assert (row.pieces, row.counted, row.reference) == (-12, 0, f"lot:{lot.pk}")
    outbox.drain(at=timezone.now())
    told = Message.objects.get(kind="lot_kept_over")
    assert (told.user_id, told.url, told.params["gone"]) == (member.pk, f"/seller/lots/{lot.pk}/", 12)
    assert (unchained(listing), altered_rows(listing.supplier_id)) == ([], [])


def test_a_harvest_recorded_in_time_keeps_what_it_stands_for(listing):
    keep(listing)
    made = make_lot(listing, pieces=5, packed=False, days_ago=0, at=AT + timedelta(hours=1))
    assert stands(listing) == [(7, 0)]
    assert (settle_kept(at=OVER), pools(listing)) == (1, {"main": (13, 0, 0)})
    assert ProduceLot.objects.get(pk=made.pk).unpacked_grams == 5 * GRAMS


def test_what_was_covered_before_or_taken_off_by_hand_is_not_taken_again(listing):
    make_lot(listing, pieces=14)
    keep(listing, pieces=12)
    # 20 stand there: 14 are of the other lot, 6 stayed; 4 of them were spoiled.
    assert stands(listing) == [(6, 0)]
    adjust_stock(
        stockrecord_id=spec_of(listing).stockrecord_id, pieces=-4, reason="spoiled", actor=None, at=AT
    )  # fmt: skip
    assert stands(listing) == [(2, 0)]
    assert (settle_kept(at=OVER), pools(listing)) == (1, {"main": (14, 0, 0)})


def test_orders_that_wait_for_what_stayed_show_that_they_lack_goods(listing, member):
    lot = make_lot(listing, pieces=20)
    order = paid_order(listing, 8)
    finish(lot, rest="other", reason="另一次")
    assert (stands(listing), lines_without_goods(listing.supplier_id, at=AT)) == ([(12, 8)], [])
    assert (settle_kept(at=OVER), pools(listing)) == (1, {"main": (8, 8, 8)})
    line = lines_without_goods(listing.supplier_id, at=OVER)[0]
    assert (line.number, line.pieces) == (order.order.number, 8)
    lot.refresh_from_db()
    assert lot.owed_grams == 8 * GRAMS
    outbox.drain(at=timezone.now())
    told = Message.objects.get(kind="lot_kept_over_orders")
    assert (told.params["gone"], told.params["pieces"], told.params["numbers"]) == (20, 8, order.order.number)


def test_two_finished_lots_share_what_stands_there_and_what_is_recorded(listing):
    first, second = make_lot(listing, pieces=6), make_lot(listing, pieces=9)
    for lot in (first, second):
        finish(lot, rest="other", reason="另一次")
    # The first had 5 of the 11 that are of no lot beside it, the second the rest of them.
    before = sum(sale for sale, _orders in stands(listing))
    make_lot(listing, pieces=4, packed=False, days_ago=0, at=AT + timedelta(hours=1))
    assert sum(sale for sale, _orders in stands(listing)) == before - 4
    settle_kept(at=OVER)
    assert pools(listing) == {"main": (20 - before + 4, 0, 0)}


def test_every_page_of_the_supplier_says_what_is_to_be_recorded_and_by_when(member, client: Client):
    listing = make_grown(member, stock=20)
    now = timezone.now()
    lot = make_lot(listing, pieces=12, at=now)
    client.force_login(member)
    done = client.post(
        f"/seller/lots/{lot.pk}/close/", {"close-rest": "other", "close-reason": "昨天采的"}, follow=True
    ).content.decode()
    day = full_day(timezone.localdate(now) + timedelta(days=3))
    words = f"12 件仍在销售或订单中，属于批次 {lot.code} 以外的另一次采收，但尚未登记。请在 {day} 前（含当天）登记"
    stock = f"/seller/goods/{spec_of(listing).specification_id}/stock/"
    pages = [client.get(path).content.decode() for path in ("/seller/lots/", f"/seller/lots/{lot.pk}/", stock)]
    assert [words in html for html in (done, *pages)] == [True] * 4
    today = client.get("/seller/").content.decode()
    assert (f"登记 12 件的采收：{listing.name_zh}" in today, f"截至 {day}，逾期停止销售" in today) == (True, True)
    over = full_day(timezone.localdate(now) + timedelta(days=4))
    told = program_of(member, "lots:read").get(f"/seller/lots/{lot.pk}").data["without_harvest"]
    assert told == {
        "on_sale": 12, "in_orders": 0, "due_on": (timezone.localdate(now) + timedelta(days=3)).isoformat(),
        "reason": "昨天采的",
    }  # fmt: skip
    settle_kept(at=now + timedelta(days=4))
    page = client.get(f"/seller/lots/{lot.pk}/").content.decode()
    assert f"12 件曾继续销售，已于 {over} 停止销售" in page
    history = client.get(stock).content.decode()

    assert f"停止销售：批次 {lot.code} 结束时留下的货，逾期未登记采收" in history
    assert "登记 12 件的采收" not in client.get("/seller/").content.decode()


def test_a_harvest_stands_for_whole_pieces_and_what_stays_after_the_day_can_be_sent(member):
    listing = make_grown(member, stock=76)
    Specification.objects.filter(listing=listing).update(net_grams=1300)
    lot = make_lot(listing, pieces=40)
    ProduceLot.objects.filter(pk=lot.pk).update(harvested_grams=98_800, packed_grams=98_800)
    lot.refresh_from_db()
    finish(lot, rest="other", reason="另一次")
    assert stands(listing) == [(76, 0)]
    made = make_lot(listing, pieces=20, packed=False, days_ago=0, at=AT + timedelta(hours=1))
    assert made.harvested_grams == 50_000
    # 50 kg are 38 pieces of 1.3 kg, and a rest that is none.
    assert stands(listing) == [(38, 0)]
    adjust_stock(stockrecord_id=spec_of(listing).stockrecord_id, pieces=-1, reason="spoiled", actor=None, at=AT)
    assert stands(listing) == [(37, 0)]
    settle_kept(at=OVER)
    assert pools(listing) == {"main": (38, 0, 0)}
