"""What a suspended lot takes off the shelf: only what no sound lot can be sent for, and never more than it has."""

from datetime import date, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Stock, StockChange
from catalog.operations.stock import OutOfStock
from catalog.operations.stocktaking import adjust_stock
from shop.core import projections
from tests.factories import AT, make_user, spec_of
from tests.traceability.growing import GRAMS, look, make_grown, make_lot, pack, paid_order, report, send
from traceability.models import ProduceLot
from traceability.operations.quality import dispose_of_lot
from traceability.rules.fefo import Candidate
from traceability.rules.holding import OnShelf, Stopped, to_hold, uncovered

DAY = date(2026, 11, 20)
HOUR = timedelta(hours=1)


def held() -> dict[str, int]:
    return dict(Stock.objects.filter(pool__startswith="lot:", on_hand__gt=0).values_list("pool", "on_hand"))


def fail(lot: ProduceLot) -> None:
    look(lot, report(passed=False), occurred_at=AT - 2 * HOUR)


def clear(lot: ProduceLot) -> None:
    look(lot, report(), occurred_at=AT - HOUR)


def dispose(lot: ProduceLot) -> None:
    dispose_of_lot(
        supplier_id=lot.supplier_id, lot_id=lot.pk, method="就地深埋", occurred_at=AT, actor=None, at=AT, confirm=True
    )  # fmt: skip


@pytest.mark.django_db
class TestShelf:
    def test_a_failure_takes_nothing_that_another_packed_lot_covers(self):
        listing = make_grown(stock=83)
        make_lot(listing, pieces=90)
        lot = make_lot(listing, pieces=400, packed=False)
        pack(lot, grams=200 * GRAMS)
        fail(lot)
        assert (spec_of(listing).available, held()) == (83, {})
        dispose(lot)
        assert (spec_of(listing).available, StockChange.objects.filter(kind="disposed").count()) == (83, 0)

    def test_only_what_the_sound_lots_lack_is_held_and_disposed_of(self):
        listing = make_grown(stock=83)
        make_lot(listing, pieces=60)
        lot = make_lot(listing, pieces=200)
        fail(lot)
        assert (spec_of(listing).available, held()) == (60, {f"lot:{lot.pk}": 23})
        dispose(lot)
        assert (spec_of(listing).available, held()) == (60, {})
        change = StockChange.objects.get(kind="disposed")
        assert (change.pieces, change.pool, change.reason) == (-23, f"lot:{lot.pk}", "")
        assert [name for name, found in projections.run_all() if found] == []

    def test_a_part_of_a_piece_holds_none(self):
        listing = make_grown(stock=50)
        lot = make_lot(listing, pieces=20, packed=False)
        pack(lot, grams=11 * GRAMS + 10)
        fail(lot)
        assert held() == {f"lot:{lot.pk}": 11}

    def test_orders_are_covered_before_the_shop(self):
        listing = make_grown(stock=30)
        make_lot(listing, pieces=10)
        lot = make_lot(listing, pieces=30)
        paid_order(listing, 8)
        fail(lot)
        assert (spec_of(listing).available, held()) == (2, {f"lot:{lot.pk}": 20})

    def test_lots_that_expired_or_wait_to_be_packed_cover_nothing_and_what_expired_is_gone(self):
        listing = make_grown(stock=30)
        make_lot(listing, pieces=10, days_ago=9, keeps=3)
        make_lot(listing, pieces=10, packed=False)
        lot = make_lot(listing, pieces=30)
        assert spec_of(listing).available == 20
        fail(lot)
        assert held() == {f"lot:{lot.pk}": 20}

    def test_a_retest_gives_back_what_was_held_and_what_another_lot_held_for_it(self):
        listing = make_grown(stock=10)
        one, other = make_lot(listing), make_lot(listing)
        fail(one)
        assert held() == {}
        fail(other)
        assert held() == {f"lot:{one.pk}": 5, f"lot:{other.pk}": 5}
        clear(one)
        assert (spec_of(listing).available, held()) == (10, {})
        clear(other)
        assert (spec_of(listing).available, held()) == (10, {})
        assert [name for name, found in projections.run_all() if found] == []

    def test_what_was_sent_of_a_recalled_lot_is_not_held_again(self):
        listing = make_grown(stock=10)
        lot = make_lot(listing, pieces=4)
        send(paid_order(listing, 3), 3)
        fail(lot)
        assert held() == {f"lot:{lot.pk}": 1}

    def test_other_suppliers_and_other_goods_are_left_alone(self):
        listing, other = make_grown(stock=10), make_grown(stock=10)
        fail(make_lot(listing))
        assert (spec_of(listing).available, spec_of(other).available) == (0, 10)


@pytest.mark.django_db
def test_the_shelf_names_the_lot_that_its_pieces_are_held_for():
    member = make_user()
    listing = make_grown(member, stock=30)
    lot = make_lot(listing, pieces=12)
    fail(lot)
    client = Client()
    client.force_login(member)
    where = f"/seller/goods/{spec_of(listing).specification_id}/stock/"
    html = client.get(where).content.decode()
    assert f'data-testid="shelf-lot-{lot.pk}">12<' in html
    assert f"检测不合格扣留（批次 {lot.code}）：不可出售" in html
    assert "专场预留" not in html.split('data-testid="shelf"')[1].split("</dl>")[0]
    dispose(lot)
    html = client.get(where).content.decode()
    assert f"已处置：检测不合格扣留（批次 {lot.code}）：不可出售" in html
    assert "损坏或分拣剔除" not in html.split('data-testid="stock-history"')[1]


@pytest.mark.django_db
def test_pieces_that_come_while_a_lot_is_suspended_are_sold():
    listing = make_grown(stock=10)
    fail(make_lot(listing, pieces=10))
    record = Stock.objects.get(pool="main").stockrecord_id
    adjust_stock(stockrecord_id=record, pieces=7, reason="harvest", actor=None, at=AT)
    assert spec_of(listing).available == 7


weights = st.integers(1, 4000)
lots = st.lists(st.integers(0, 60_000), max_size=4)


@given(
    shelf=st.lists(st.tuples(weights, st.integers(0, 40), st.integers(0, 20)), min_size=1, max_size=3),
    sound=lots,
    stopped=lots,
)
def test_nothing_is_held_that_is_covered_and_no_lot_holds_more_than_it_has(shelf, sound, stopped):
    rows = [OnShelf(number, net, free, promised) for number, (net, free, promised) in enumerate(shelf)]
    candidates = [Candidate(number, None, DAY, grams) for number, grams in enumerate(sound)]
    found = to_hold(rows, candidates, [Stopped(number, grams) for number, grams in enumerate(stopped)])
    short = uncovered(rows, candidates)
    nets = {row.stock_id: row.net_grams for row in rows}
    for number, grams in enumerate(stopped):
        assert sum(pieces * nets[stock] for stock, pieces in found[number].items()) <= grams
    for row in rows:
        assert sum(own.get(row.stock_id, 0) for own in found.values()) <= short[row.stock_id] <= row.free


@given(net=weights, free=st.integers(0, 60), sound=lots, lot=st.integers(0, 60_000))
def test_one_lot_of_one_product_holds_the_least_of_what_is_missing_and_what_it_has(net, free, sound, lot):
    clean = sum(grams // net for grams in sound)
    candidates = [Candidate(number, None, DAY, grams) for number, grams in enumerate(sound)]
    found = to_hold([OnShelf(1, net, free)], candidates, [Stopped(9, lot)])
    assert found[9].get(1, 0) == min(lot // net, max(0, free - clean))


@pytest.mark.django_db
def test_who_takes_more_than_is_free_reads_what_is_held():
    listing = make_grown(stock=20)
    fail(make_lot(listing, pieces=20))
    with pytest.raises(OutOfStock) as refused:
        adjust_stock(
            stockrecord_id=Stock.objects.order_by("pk")[0].stockrecord_id,
            pieces=-10,
            reason="spoiled",
            actor=None,
            at=AT,
        )
    assert (refused.value.details["free"], refused.value.details["held"]) == (0, 20)
    assert "20" in str(refused.value.message)
