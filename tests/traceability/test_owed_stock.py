"""What a lot's pieces are is settled once, when it is disposed of; new pieces are nobody's but the waiting orders'."""

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Listing, Stock, StockChange
from catalog.operations.stocktaking import adjust_stock
from catalog.queries.shelf import shelves_of
from catalog.queries.trade import goods_of_supplier
from shop.core import projections
from shop.core.errors import InvalidInput
from shop.sales.operations.shipping import cancel_rest
from shop.sales.operations.stocking import adjust_stock_of, count_stock_of
from shop.sales.queries.without_goods import lines_without_goods
from tests.api.conftest import program_of
from tests.factories import AT, make_user, spec_of
from tests.traceability.growing import make_grown, make_lot, paid_order, send
from tests.traceability.test_held_stock import dispose, fail
from traceability.models import ProduceLot

pytestmark = pytest.mark.django_db


def came(listing: Listing, pieces: int, *, key: str = "") -> str:
    spec = goods_of_supplier(listing.supplier_id, spec_of(listing).specification_id)
    found = adjust_stock_of(spec=spec, pieces=pieces, reason="harvest", actor=None, at=AT, key=key)
    return f"{found.covered} {found.held}"


def pools(listing: Listing) -> dict[str, tuple[int, int, int]]:
    rows = Stock.objects.filter(stockrecord__specification__listing=listing).exclude(on_hand=0, reserved=0, owed=0)
    return {row.pool: (row.on_hand, row.reserved, row.owed) for row in rows.order_by("pk")}


def history(listing: Listing) -> list[tuple[str, str, int]]:
    rows = StockChange.objects.filter(stockrecord__specification__listing=listing).order_by("pk")
    return list(rows.exclude(kind="opening").values_list("kind", "pool", "pieces"))


def books() -> list[str]:
    return [name for name, found in projections.run_all() if found]


@pytest.fixture
def scene():
    """Twenty pieces of one lot, of which eight wait in an order; the lot failed."""
    listing = make_grown(make_user(), stock=20)
    lot = make_lot(listing, pieces=20)
    order = paid_order(listing, 8)
    fail(lot)
    return {"listing": listing, "lot": lot, "order": order}


def test_new_pieces_cover_waiting_orders_and_history_says_so(scene):
    listing, lot = scene["listing"], scene["lot"]
    dispose(lot)
    assert pools(listing) == {"main": (8, 8, 8)}
    assert came(listing, 7) == "7 0"
    assert pools(listing) == {"main": (8, 8, 1)}
    assert came(listing, 7) == "1 0"
    assert (pools(listing), spec_of(listing).available) == ({"main": (14, 8, 0)}, 6)
    name = f"lot:{lot.pk}"
    assert history(listing) == [
        ("carved", "main", -12), ("carved", name, 12), ("disposed", name, -12), ("disposed", "main", -8),
        ("adjusted", "main", 7), ("covered", "main", -7), ("covered", "main", 7), ("adjusted", "main", 7),
        ("covered", "main", -1), ("covered", "main", 1),
    ]  # fmt: skip
    assert books() == []


def test_new_pieces_that_came_before_the_disposal_are_not_written_off_with_the_lot(scene):
    listing, lot = scene["listing"], scene["lot"]
    came(listing, 7)
    dispose(lot)
    assert pools(listing) == {"main": (8, 8, 1)}
    assert sum(pieces for kind, _pool, pieces in history(listing) if kind == "disposed") == -20
    assert [pieces for kind, _pool, pieces in history(listing) if kind == "covered"] == [-7, 7]


def test_a_lot_packed_after_the_disposal_changes_nothing_of_what_new_pieces_are(scene):
    listing, lot = scene["listing"], scene["lot"]
    dispose(lot)
    make_lot(listing, pieces=7)
    came(listing, 7)
    assert pools(listing) == {"main": (8, 8, 1)}
    assert [line.pieces for line in lines_without_goods(listing.supplier_id, at=AT)] == [1]


def test_the_same_form_twice_brings_its_pieces_once(scene):
    listing, lot = scene["listing"], scene["lot"]
    came(listing, 7, key="form")
    came(listing, 7, key="form")
    assert Stock.objects.get(pool="main").fresh == 7
    dispose(lot)
    came(listing, 7, key="form")
    assert pools(listing) == {"main": (8, 8, 1)}


def test_what_is_owed_ends_with_the_orders_that_were_sent(scene):
    listing, lot, order = scene["listing"], scene["lot"], scene["order"]
    dispose(lot)
    make_lot(listing, pieces=8)
    send(order, 5)
    assert pools(listing) == {"main": (3, 3, 3)}
    came(listing, 3)
    assert pools(listing) == {"main": (3, 3, 0)}
    assert ProduceLot.objects.get(pk=lot.pk).owed_grams == 0


def test_a_count_finds_what_stands_there_and_less_than_is_promised_may_stand(scene):
    listing, lot = scene["listing"], scene["lot"]
    dispose(lot)
    spec = goods_of_supplier(listing.supplier_id, spec_of(listing).specification_id)
    shelf = shelves_of([spec.stockrecord_id])[spec.stockrecord_id]
    assert (shelf.total, shelf.owed, shelf.reserved) == (0, 8, 8)
    found = count_stock_of(spec=spec, counted=3, version=shelf.version, actor=None, at=AT)
    assert (found.covered, pools(listing)) == (3, {"main": (8, 8, 5)})
    assert shelves_of([spec.stockrecord_id])[spec.stockrecord_id].total == 3
    assert books() == []


def test_cancelling_what_was_owed_changes_no_shelf_and_leaves_no_row_of_no_pieces(scene):
    listing, lot, order = scene["listing"], scene["lot"], scene["order"]
    dispose(lot)
    cancel_rest(order_id=order.pk, actor=None, at=AT, reason="out_of_stock")
    assert pools(listing) == {}
    change = StockChange.objects.order_by("-pk")[0]
    assert (change.kind, change.pieces) == ("disposed", -8)
    assert not StockChange.objects.filter(pieces=0).exists()
    with pytest.raises(InvalidInput):
        adjust_stock(stockrecord_id=change.stockrecord_id, pieces=-1, reason="not_there", actor=None, at=AT)


def test_pages_and_the_interface_say_what_is_owed_and_what_became_of_new_pieces(scene):
    listing, lot = scene["listing"], scene["lot"]
    dispose(lot)
    member = listing.supplier.organisation.memberships.get().user
    client = Client()
    client.force_login(member)
    where = f"/seller/goods/{spec_of(listing).specification_id}/stock/"
    html = client.get(where).content.decode()
    assert 'data-testid="shelf-owed">-8<' in html
    assert 'data-testid="shelf-total">0<' in html
    sent = {"way": "in", "pieces": "7", "reason": "harvest", "key": "k" * 32, "note": ""}
    html = client.post(f"{where}change/", sent, follow=True).content.decode()
    assert "其中 7 件补给等待发货的订单，替代已不在的货品。" in html
    assert "补给等待发货的订单，替代已不在的货品</a>" in "".join(html.split())
    goods = program_of(member, "seller:read").get("/seller/goods").data["items"][0]
    assert (goods["owed"], goods["on_shelf"], goods["reserved"]) == (1, 7, 8)


STEPS = ("first", "second", "cancel", "dispose")


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    left=st.integers(1, 24), sound=st.integers(0, 12), waiting=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    new=st.tuples(st.integers(1, 9), st.integers(1, 9)), orders=st.tuples(st.permutations(STEPS), st.permutations(STEPS)),
)  # fmt: skip
def test_entries_in_any_order_have_the_same_result(left, sound, waiting, new, orders):
    """Two arrivals, a cancellation and the disposal, in two orders."""
    results = set()
    for number, order in enumerate(orders):
        with transaction.atomic():
            listing = make_grown(stock=20)
            if sound:
                make_lot(listing, pieces=sound)
            lot = make_lot(listing, pieces=left, days_ago=4)
            bought = [paid_order(listing, pieces, key=f"{number}{at}") for at, pieces in enumerate(waiting)]
            fail(lot)
            doing = {
                "first": lambda listing=listing: came(listing, new[0]),
                "second": lambda listing=listing: came(listing, new[1]),
                "cancel": lambda bought=bought: cancel_rest(order_id=bought[0].pk, actor=None, at=AT),
                "dispose": lambda lot=lot: dispose(lot),
            }
            for step in order:
                doing[step]()
            results.add((tuple(sorted(pools(listing).items())), spec_of(listing).available))
            assert books() == []
            transaction.set_rollback(True)
    assert len(results) == 1, results
