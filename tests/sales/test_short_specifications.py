"""Orders without goods are those of the specification that lacks them, in every state of the lots."""

import pytest
from django.test import Client

from catalog.models import Listing, Stock
from catalog.queries.trade import goods_of_supplier
from shop.sales.errors import GoodsMissing
from shop.sales.models import OrderFacts, Purchase
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from shop.sales.operations.stocking import adjust_stock_of
from shop.sales.queries.without_goods import lines_without_goods, unpaid_without_goods
from tests.api.conftest import program_of
from tests.factories import AT, make_division, make_listing, make_supplier, make_user, spec_of
from tests.traceability.growing import GRAMS, make_base, make_lot
from tests.traceability.test_held_stock import clear, dispose, fail

pytestmark = pytest.mark.django_db


def order(listing: Listing, position: int, pieces: int, *, is_paid: bool = True) -> Purchase:
    spec = spec_of(listing, position)
    purchase = place(
        actor=None, at=AT, lines=[PlaceLine(spec, pieces, spec.price_fen)], buyer=Buyer(phone="+8613800002046"),
        ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"), key=f"{position} {Purchase.objects.count()}",
    )  # fmt: skip
    if is_paid:
        payment, _ = start_payment(purchase=purchase, gateway_name="demo", at=AT)
        capture_payment(payment_id=payment.pk, at=AT)
    return purchase


def number(purchase: Purchase) -> str:
    return OrderFacts.objects.get(purchase=purchase).order.number


def came(listing: Listing, position: int, pieces: int) -> None:
    spec = goods_of_supplier(listing.supplier_id, spec_of(listing, position).specification_id)
    adjust_stock_of(spec=spec, pieces=pieces, reason="harvest", actor=None, at=AT)


def named(listing: Listing) -> dict[str, int]:
    return {line.number: line.pieces for line in lines_without_goods(listing.supplier_id, at=AT)}


def unpaid(purchase: Purchase) -> list[int]:
    return [line.pieces for line in unpaid_without_goods(purchase.pk, at=AT)]


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def scene(member):
    """Three specifications of one lot; of each an order is paid, and of the first and the last one more waits."""
    make_division()
    supplier = make_supplier(member=member)
    make_base(supplier)
    grams = (GRAMS, 2 * GRAMS, 3 * GRAMS)
    specs = [{"labels": {"规格": f"{each} 克"}, "stock": 20, "net_grams": each} for each in grams]
    listing = make_listing(supplier=supplier, specs=specs)
    lot = make_lot(listing, pieces=120)
    paid = [order(listing, position, 2) for position in range(3)]
    waits = [order(listing, position, 1, is_paid=False) for position in (0, 2)]
    return {"listing": listing, "lot": lot, "paid": paid, "waits": waits}


def owed(listing: Listing) -> list[int]:
    rows = Stock.objects.filter(stockrecord__specification__listing=listing, pool="main")
    return list(rows.order_by("stockrecord__specification__position").values_list("owed", flat=True))


@pytest.mark.parametrize("is_gone", [False, True])
def test_new_pieces_of_one_specification_are_no_goods_of_another(scene, is_gone):
    listing, (first, second, third) = scene["listing"], scene["paid"]
    fail(scene["lot"])
    assert named(listing) == {number(first): 2, number(second): 2, number(third): 2}
    if is_gone:
        dispose(scene["lot"])
        assert owed(listing) == [3, 2, 3]
        assert named(listing) == {number(first): 2, number(second): 2, number(third): 2}
    came(listing, 0, 20)
    assert named(listing) == {number(second): 2, number(third): 2}
    assert [unpaid(each) for each in scene["waits"]] == [[], [1]]
    came(listing, 1, 1)
    assert named(listing) == {number(second): 1, number(third): 2}


def test_an_unpaid_order_of_what_is_there_is_paid_and_of_what_is_not_it_is_refused(scene):
    dispose_after_failure(scene)
    came(scene["listing"], 0, 20)
    there, lacking = scene["waits"]
    start_payment(purchase=there, gateway_name="demo", at=AT)
    with pytest.raises(GoodsMissing) as refused:
        start_payment(purchase=lacking, gateway_name="demo", at=AT)
    (goods,) = refused.value.details["goods"]
    assert (goods["order"], goods["pieces"]) == (number(lacking), 1)


def dispose_after_failure(scene) -> None:
    fail(scene["lot"])
    dispose(scene["lot"])


def test_paid_orders_are_served_first_and_the_last_one_lacks_what_is_owed(scene):
    listing = scene["listing"]
    dispose_after_failure(scene)
    came(listing, 2, 2)
    assert owed(listing) == [3, 2, 1]
    assert number(scene["paid"][2]) not in named(listing)
    assert unpaid(scene["waits"][1]) == [1]


def test_a_second_failed_lot_lacks_beside_what_the_first_owes(scene):
    listing, (first, second, third) = scene["listing"], scene["paid"]
    dispose_after_failure(scene)
    came(listing, 0, 3)
    other = make_lot(listing, pieces=3)
    assert named(listing) == {number(second): 2, number(third): 2}
    fail(other)
    assert named(listing) == {number(first): 2, number(second): 2, number(third): 2}
    clear(other)
    assert named(listing) == {number(second): 2, number(third): 2}


def test_a_sound_lot_covers_what_stands_there_before_what_is_owed(scene):
    listing = scene["listing"]
    dispose_after_failure(scene)
    came(listing, 0, 3)
    make_lot(listing, pieces=3 + 4)
    assert named(listing) == {number(scene["paid"][2]): 2}
    make_lot(listing, pieces=9)
    assert named(listing) == {}
    assert unpaid(scene["waits"][1]) == []


def test_the_console_and_the_api_name_the_orders_that_lack_goods(scene, member, client: Client):
    dispose_after_failure(scene)
    came(scene["listing"], 0, 20)
    first, second, third = (number(each) for each in scene["paid"])
    told = program_of(member, "orders:read", "seller:read").get("/seller/today").data["without_goods"]
    assert [(line["number"], line["pieces"]) for line in told] == [(second, 2), (third, 2)]
    client.force_login(member)
    html = client.get("/seller/orders/").content.decode().split('data-testid="no-goods"')[-1]
    assert second in html
    assert "no-goods" not in client.get(f"/seller/orders/{first}/").content.decode()
    assert third in client.get("/seller/").content.decode()
