import pytest

from catalog.models import Stock, StockChange
from catalog.queries.shelf_words import change_words
from shop.core import ledger
from shop.core.errors import InvalidInput
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import OrderFacts, OrderMove, Refund, Shipment
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.shipping import Parcel, cancel_rest, ship_order
from tests.factories import AT, make_listing, make_supplier
from tests.sales.selling import buy, lines_of, paid, ship

pytestmark = pytest.mark.django_db


def stock_of(listing):
    return Stock.objects.values_list("on_hand", "reserved").get(stockrecord__specification__listing=listing)


def test_a_parcel_takes_its_pieces_off_the_shelf_and_moves_the_order():
    pomelo = make_listing(stock=50)
    order = ship(paid((pomelo, 2)))
    assert (order.state, order.order.status, order.shipped_at) == ("shipped", "shipped", AT)
    assert stock_of(pomelo) == (48, 0)
    assert list(OrderMove.objects.filter(order=order).values_list("to_state", flat=True)) == ["to_ship", "shipped"]


def test_an_order_is_shipped_when_its_last_piece_is():
    pomelo = make_listing(stock=50)
    order = paid((pomelo, 3))
    (line,) = lines_of(order)
    ship(order, {line.pk: 1}, number="SF1000000000001")
    assert (order.state, stock_of(pomelo)) == ("to_ship", (49, 2))
    ship(order, {line.pk: 2}, number="SF1000000000002")
    assert (order.state, stock_of(pomelo), Shipment.objects.count()) == ("shipped", (47, 0), 2)


def test_the_same_parcel_twice_is_one():
    pomelo = make_listing(stock=50)
    order = paid((pomelo, 2))
    (line,) = lines_of(order)
    parcel = Parcel("sf", "sf 1234-567890123", {line.pk: 2})
    first = ship_order(order_id=order.pk, parcel=parcel, actor=None, at=AT)
    assert ship_order(order_id=order.pk, parcel=parcel, actor=None, at=AT).pk == first.pk
    assert (first.tracking_no, stock_of(pomelo)) == ("SF1234567890123", (48, 0))


def test_a_number_of_another_parcel_is_refused():
    order = paid((make_listing(stock=50), 3))
    (line,) = lines_of(order)
    ship(order, {line.pk: 1})
    with pytest.raises(InvalidInput) as refused:
        ship(order, {line.pk: 2})
    assert (refused.value.code, refused.value.field) == ("number_used", "tracking_no")


def test_more_than_ordered_is_refused_and_nothing_changes():
    pomelo = make_listing(stock=50)
    order = paid((pomelo, 2))
    (line,) = lines_of(order)
    with pytest.raises(TooMuch) as refused:
        ship(order, {line.pk: 3})
    assert (refused.value.field, refused.value.details["left"]) == (f"pieces-{line.pk}", 2)
    assert (stock_of(pomelo), Shipment.objects.count()) == ((50, 2), 0)


def test_pieces_of_another_order_are_refused():
    order, other = paid((make_listing(stock=5), 1)), paid((make_listing(stock=5), 1), key="k2")
    with pytest.raises(TooMuch):
        ship(order, {lines_of(other)[0].pk: 1})


@pytest.mark.parametrize(
    ("carrier", "number", "field", "code"),
    [
        ("sf", "123", "tracking_no", "number_wrong"),
        ("sf", "  ", "tracking_no", "number_missing"),
        ("pigeon", "SF1234567890123", "carrier", "carrier_unknown"),
        ("jd", "SF1234567890123", "tracking_no", "number_wrong"),
    ],
)
def test_a_wrong_number_is_said_beside_its_field(carrier, number, field, code):
    order = paid((make_listing(stock=5), 1))
    with pytest.raises(InvalidInput) as refused:
        ship_order(order_id=order.pk, parcel=Parcel(carrier, number, {lines_of(order)[0].pk: 1}), actor=None, at=AT)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_an_unpaid_order_is_not_shipped():
    order = OrderFacts.objects.get(purchase=buy((make_listing(stock=5), 1)))
    with pytest.raises(WrongState):
        ship(order)


def test_a_short_shipment_gives_the_rest_back():
    supplier = make_supplier()
    pomelo = make_listing(stock=50, price_fen=1000, supplier=supplier)
    tea = make_listing("英红", stock=5, price_fen=8600, supplier=supplier)
    order = paid((pomelo, 3), (tea, 1), freight={supplier.pk: 600}, discounts={pomelo.pk: 100})
    first, second = lines_of(order)
    ship(order, {first.pk: 1, second.pk: 1})
    # 2 of 3 pieces: 2000 less 2/3 of the discount, rounded up.
    assert cancel_rest(order_id=order.pk, actor=None, at=AT) == 1933
    assert cancel_rest(order_id=order.pk, actor=None, at=AT) == 0
    order.refresh_from_db()
    assert (order.state, order.refunded_fen, stock_of(pomelo)) == ("shipped", 1933, (49, 0))
    # 12100 paid less 1933, and the platform gave 100 and has the share of two pieces of three back.
    assert ledger.balance(f"supplier:{supplier.pk}:held") == 12100 - 1933 + 100 - 67
    pomelo.refresh_from_db()
    assert pomelo.sold_count == 1


def test_one_line_out_of_stock_leaves_the_others_to_ship():
    supplier = make_supplier()
    pomelo, tea = make_listing(stock=50, supplier=supplier), make_listing("英红", stock=5, supplier=supplier)
    order = paid((pomelo, 3), (tea, 1))
    first, _second = lines_of(order)
    cancel_rest(order_id=order.pk, line_ids={first.pk}, actor=None, at=AT)
    order.refresh_from_db()
    assert order.state == "to_ship"
    assert ship(order).state == "shipped"
    assert Refund.objects.get().amount_fen == 3 * 3280


def test_nothing_sent_and_all_out_of_stock_cancels_the_order_with_its_freight():
    pomelo = make_listing(stock=50)
    order = paid((pomelo, 2), freight={pomelo.supplier_id: 600})
    assert cancel_rest(order_id=order.pk, actor=None, at=AT) == 7160
    order.refresh_from_db()
    assert (order.state, order.refunded_fen, stock_of(pomelo)) == ("cancelled", 7160, (50, 0))


def test_what_is_partly_cancelled_can_be_cancelled_whole_once():
    supplier = make_supplier()
    pomelo, tea = make_listing(stock=50, supplier=supplier), make_listing("英红", stock=5, supplier=supplier)
    order = paid((pomelo, 3), (tea, 1))
    first, _second = lines_of(order)
    cancel_rest(order_id=order.pk, line_ids={first.pk}, actor=None, at=AT)
    cancel_order(order_id=order.pk, actor=None, at=AT)
    order.refresh_from_db()
    for listing in (pomelo, tea):
        listing.refresh_from_db()
    assert (order.state, order.refunded_fen) == ("cancelled", order.total_fen)
    assert (pomelo.sold_count, tea.sold_count, stock_of(pomelo), stock_of(tea)) == (0, 0, (50, 0), (5, 0))


@pytest.mark.parametrize("sent", [0, 1])
@pytest.mark.parametrize(
    ("reason", "left", "told"),
    [("out_of_stock", 48, "not_there"), ("damaged_harvest", 48, "spoiled"), ("cannot_deliver", 50, None)],
)
def test_what_is_not_there_leaves_the_shelf_when_its_order_is_cancelled(reason, left, told, sent):
    """Of a whole order and of what is left of one; only what can be sent elsewhere is sold again."""
    pomelo = make_listing(stock=50 + sent)
    order = paid((pomelo, 2 + sent))
    (line,) = lines_of(order)
    if sent:
        ship(order, {line.pk: sent})
    cancel_rest(order_id=order.pk, actor=None, at=AT, reason=reason)
    assert stock_of(pomelo) == (left, 0)
    changes = StockChange.objects.filter(kind="adjusted")
    expected = [("main", -2, left, told, order.order.number)] if told else []
    assert list(changes.values_list("pool", "pieces", "after", "reason", "reference")) == expected
    assert all(order.order.number in change_words(change) for change in changes)
