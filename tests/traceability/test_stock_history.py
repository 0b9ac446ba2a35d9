"""The history of a shelf is the shelf: at each row, and for each pool."""

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Listing, Stock, StockChange
from catalog.queries.shelf import shelves_of
from catalog.queries.trade import goods_of_supplier
from shop.core import projections
from shop.sales.operations.shipping import cancel_rest
from shop.sales.operations.stocking import count_stock_of
from tests.factories import AT, make_user, spec_of
from tests.traceability.growing import make_grown, make_lot, paid_order, send
from tests.traceability.test_held_stock import clear, dispose, fail
from tests.traceability.test_owed_stock import came

pytestmark = pytest.mark.django_db


def unchained(listing: Listing) -> list[str]:
    """Return where the rows of a pool do not follow each other, or the last one is not what the shelf shows."""
    record = spec_of(listing).stockrecord_id
    wrong, last = [], {}
    for row in StockChange.objects.filter(stockrecord=record).order_by("pk"):
        if row.pool in last and last[row.pool] != row.before:
            wrong.append(f"{row.pool}: {last[row.pool]} then {row.before} ({row.kind})")
        last[row.pool] = row.after
    for pool in shelves_of([record])[record].pools:
        stands = pool.free + pool.reserved - pool.owed
        if stands != last.get(pool.name, stands):
            wrong.append(f"{pool.name}: {last[pool.name]}, stands {stands}")
    return wrong + [name for name, found in projections.run_all() if found]


def count(listing: Listing, more: int) -> None:
    spec = goods_of_supplier(listing.supplier_id, spec_of(listing).specification_id)
    shelf = shelves_of([spec.stockrecord_id])[spec.stockrecord_id]
    count_stock_of(spec=spec, counted=shelf.total + more, version=shelf.version, actor=None, at=AT)


def test_a_disposal_that_takes_promised_pieces_says_so_in_history(client: Client):
    member = make_user()
    listing = make_grown(member, stock=20)
    lot = make_lot(listing, pieces=20)
    paid_order(listing, 8)
    fail(lot)
    dispose(lot)
    row = StockChange.objects.get(kind="disposed", pool="main")
    assert (row.before, row.after, row.pieces, row.reference) == (8, 0, -8, f"lot:{lot.pk}")
    client.force_login(member)
    html = client.get(f"/seller/goods/{spec_of(listing).specification_id}/stock/").content.decode()
    assert f"订单已预订，随批次 {lot.code} 一并处置" in html
    goods = client.get("/seller/goods/").content.decode()
    assert 'data-testid="stock-owed">-8<' in goods
    assert 'data-testid="stock-total">0<' in goods


def test_sending_from_a_lot_that_was_not_entered_says_that_it_came():
    listing = make_grown(stock=20)
    lot = make_lot(listing, pieces=20)
    order = paid_order(listing, 8)
    fail(lot)
    dispose(lot)
    make_lot(listing, pieces=8)
    send(order, 5)
    rows = StockChange.objects.filter(pool="main").order_by("-pk")[:2]
    assert [(row.kind, row.before, row.after) for row in rows] == [("shipped", 5, 0), ("covered", 0, 5)]
    assert unchained(listing) == []


def test_pieces_held_for_a_disposed_lot_are_held_for_no_other_and_never_called_sold_again():
    listing = make_grown(stock=60)
    one, other = make_lot(listing, pieces=40), make_lot(listing, pieces=40)
    fail(one)
    fail(other)
    dispose(one)
    held = dict(Stock.objects.filter(pool__startswith="lot:", on_hand__gt=0).values_list("pool", "on_hand"))
    assert held == {f"lot:{other.pk}": 30}
    assert not StockChange.objects.filter(kind="returned").exists()
    clear(other)
    assert spec_of(listing).available == 30
    assert unchained(listing) == []


STEPS = st.lists(
    st.sampled_from(["came", "count", "lot", "fail", "clear", "dispose", "order", "send", "cancel", "not_there"]),
    min_size=3,
    max_size=9,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_each_row_begins_where_the_one_before_ended_and_the_last_is_the_shelf(steps):
    with transaction.atomic():
        listing = make_grown(stock=20)
        lots, orders = [make_lot(listing, pieces=12)], [paid_order(listing, 5)]
        failed = []
        for number, step in enumerate(steps):
            if step == "came":
                came(listing, 4)
            elif step == "count":
                count(listing, 3)
            elif step == "lot":
                lots.append(make_lot(listing, pieces=6))
            elif step == "fail" and lots:
                failed.append(lots.pop())
                fail(failed[-1])
            elif step == "clear" and failed:
                lots.append(failed.pop())
                clear(lots[-1])
            elif step == "dispose" and failed:
                dispose(failed.pop(0))
            elif step == "order" and spec_of(listing).available > 1:
                orders.append(paid_order(listing, 2, key=f"k{number}"))
            elif step in ("cancel", "not_there") and orders:
                reason = "out_of_stock" if step == "not_there" else "cannot_deliver"
                cancel_rest(order_id=orders.pop().pk, actor=None, at=AT, reason=reason)
            elif step == "send" and orders and sum(lot.left_grams for lot in lots) >= 12 * 2500:
                send(orders.pop(), 1, number=number)
            assert unchained(listing) == [], steps
        transaction.set_rollback(True)
