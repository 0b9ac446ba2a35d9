"""Catch weight 多退少不补: weighed when packed, the rest goes back at once, once, to the 分."""

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shop.accounts.models import Message
from shop.core import ledger, outbox, projections
from shop.core.errors import InvalidInput, KeyUsed
from shop.sales.models import LineFacts, OrderFacts, Refund, ShipmentLine
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from shop.sales.operations.shipping import Parcel, cancel_rest, ship_order
from shop.sales.queries.weight_words import weight_words
from shop.sales.states import Terms
from shop.sales.weight_rules import back_for_weight, each_weighs, fault_of_weights, read_weights
from tests.api.conftest import program_of
from tests.factories import AT, make_division, make_listing, make_supplier, make_user, spec_of
from tests.sales.selling import PHONE, lines_of, paid, receive
from tests.traceability.growing import finish, make_base, make_lot
from traceability.models import ParcelLot, ProduceLot

pytestmark = pytest.mark.django_db
NET = 1500


def hens(member=None, *, price_fen=9800, **fields):
    supplier = make_supplier(member=member)
    return make_listing(
        supplier=supplier, sale_unit="catch_weight", specs=({"price_fen": price_fen, "stock": 50, "net_grams": NET},),
        **fields,
    )  # fmt: skip


def send(order, weights, pieces=None, number="SF1234567890123"):
    (line,) = lines_of(order)
    parcel = Parcel("sf", number, {line.pk: pieces or line.ordered}, {line.pk: weights} if weights else {})
    shipment = ship_order(order_id=order.pk, parcel=parcel, actor=None, at=AT)
    order.refresh_from_db()
    return shipment


def balanced():
    return [found for _name, found in projections.run_all() if found] == []


def test_a_weighed_line_goes_out_with_its_weight_and_the_rest_goes_back():
    order = paid((hens(), 2))
    shipment = send(order, (1360, 1420))
    (line,) = lines_of(order)
    # 19600 分 for 3000 g at the most; 220 g less: 1437.33, rounded for the buyer.
    assert (line.weighed_grams, line.weighed_back_fen, line.refunded_fen) == (2780, 1438, 1438)
    assert (order.state, order.refunded_fen) == ("shipped", 1438)
    row = ShipmentLine.objects.get(shipment=shipment)
    assert (row.grams, row.piece_grams) == (2780, [1360, 1420])
    refund = Refund.objects.get()
    assert (refund.amount_fen, refund.reason, refund.key) == (1438, "weighed", f"weighed:{shipment.pk}")
    assert ledger.balance(f"supplier:{order.supplier_id}:held") == 19600 - 1438
    assert send_again(order, shipment) == shipment.pk
    assert Refund.objects.count() == 1
    assert balanced()


def send_again(order, shipment):
    (line,) = lines_of(order)
    parcel = Parcel("sf", shipment.tracking_no, {line.pk: 2}, {line.pk: (1360, 1420)})
    return ship_order(order_id=order.pk, parcel=parcel, actor=None, at=AT).pk


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ((), "weight_missing"),
        ((1000, 1000, 900), "weight_count"),
        ((3901,), "weight_above"),
        ((1400, 1951), "weight_above"),
        ((1019,), "weight_below"),
        ((1360,), "weight_unlikely"),
        ((1400, 900), "weight_unlikely"),
        ((1400, 14), "weight_below"),
    ],
)
def test_what_is_no_weight_of_the_parcel_is_refused_and_nothing_is_sent(weights, code):
    order = paid((hens(), 2))
    (line,) = lines_of(order)
    with pytest.raises(InvalidInput) as refused:
        send(order, weights)
    assert (refused.value.code, refused.value.field) == (code, f"weight-{line.pk}")
    order.refresh_from_db()
    assert (order.state, order.refunded_fen, lines_of(order)[0].shipped) == ("to_ship", 0, 0)


def test_the_weight_of_one_piece_for_two_is_asked_about_and_taken_when_confirmed():
    member = make_user()
    order = paid((hens(member), 2))
    (line,) = lines_of(order)
    client = Client()
    client.force_login(member)
    form = {"carrier": "sf", "tracking_no": "SF1234567890123", f"pieces-{line.pk}": "2", f"weight-{line.pk}": "1.36"}
    url = f"/seller/orders/{order.order.number}/ship/"
    assert "weights-confirmed" not in client.get(f"/seller/orders/{order.order.number}/").content.decode()
    answer = client.post(url, form, headers={"accept-language": "zh-CN"})
    assert (answer.status_code, list(answer.context["ship_form"].errors)) == (422, [f"weight-{line.pk}"])
    page = answer.content.decode()
    assert "合每件 680 g" in page
    assert 'data-testid="weights-confirmed"' in page
    line.refresh_from_db()
    assert (line.shipped, line.weighed_back_fen, Refund.objects.count()) == (0, 0, 0)
    assert client.post(url, form | {"weights_confirmed": "on"}).status_code == 302
    line.refresh_from_db()
    assert (line.shipped, line.weighed_grams) == (2, 1360)
    assert balanced()


def test_the_api_asks_about_an_unlikely_weight_too():
    member = make_user()
    order = paid((hens(member), 2))
    (line,) = lines_of(order)
    program = program_of(member, "seller:write")
    sent = {"carrier": "sf", "tracking_no": "SF1234567890123",
            "lines": [{"line_id": line.pk, "quantity": 2, "grams": [1360]}]}  # fmt: skip
    where = f"/seller/orders/{order.order.number}/parcels"
    refused = program.post(where, sent, key="a")
    assert (refused.status_code, refused.data["code"]) == (422, "weight_unlikely")
    assert program.post(where, sent | {"weights_confirmed": True}, key="b").status_code == 201


def test_a_heavier_piece_is_sent_for_what_was_charged_and_its_true_weight_is_kept():
    order = paid((hens(), 2))
    shipment = send(order, (1600, 1420))
    (line,) = lines_of(order)
    # 80 g less on one piece go back; the 100 g more of the other cost nothing and don't make up for it.
    assert (line.weighed_grams, line.heavy_grams, line.weighed_back_fen) == (2920, 100, 523)
    row = ShipmentLine.objects.get(shipment=shipment)
    assert (row.grams, row.piece_grams) == (3020, [1600, 1420])
    assert "3.02 kg" in weight_words(line)
    assert balanced()


def test_more_than_was_charged_all_together_costs_nothing():
    order = paid((hens(), 2))
    send(order, (3100,))
    (line,) = lines_of(order)
    assert (line.weighed_grams, line.heavy_grams, order.refunded_fen, Refund.objects.count()) == (3000, 100, 0, 0)
    assert balanced()


def test_a_weight_on_what_is_sold_by_the_piece_is_refused():
    order = paid((make_listing(), 1))
    with pytest.raises(InvalidInput) as refused:
        send(order, (900,))
    assert refused.value.code == "weight_unexpected"


def test_the_weight_charged_gives_nothing_back():
    order = paid((hens(), 2))
    send(order, (2 * NET,))
    assert (order.refunded_fen, lines_of(order)[0].weighed_grams, Refund.objects.count()) == (0, 3000, 0)
    assert balanced()


def test_parcels_one_by_one_give_back_what_one_parcel_would():
    order = paid((hens(price_fen=3333), 3))
    for n, grams in enumerate((1001, 1499, 1277)):
        send(order, (grams,), 1, f"SF123456789012{n}")
    together = back_for_weight(paid_fen=9999, charged_grams=4500, light_before=0, light_now=4500 - 3777)
    assert (order.refunded_fen, lines_of(order)[0].weighed_back_fen) == (together, together)
    assert balanced()


def test_what_ran_out_and_what_came_back_cost_what_they_weighed():
    order = paid((hens(), 3))
    send(order, (1200, 1200), 2)
    assert order.refunded_fen == 2 * 1960
    cancel_rest(order_id=order.pk, actor=None, at=AT)
    order.refresh_from_db()
    assert order.refunded_fen == 2 * 1960 + 9800
    receive(order)
    (line,) = lines_of(order)
    assert [line.refundable_fen(1), line.refundable_fen(2)] == [7840, 15680]
    case = open_after_sale(
        line_id=line.pk, kind="refund_only", quantity=1, amount_fen=7840, reason="小", actor=None, at=AT
    )
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=7840, answer="", actor=None, at=AT)
    (line,) = lines_of(order)
    assert line.refundable_fen(2) == 7840
    assert balanced()


def test_a_unit_that_pays_later_owes_what_was_weighed():
    make_division()
    spec = spec_of(hens())
    purchase = place(
        actor=None, at=AT, lines=[PlaceLine(spec, 2, spec.price_fen)], buyer=Buyer(phone=PHONE),
        ship_to=ShipTo("周敏", PHONE, "440106", "龙口西路 8 号"), key="u", terms=Terms.POSTPAID,
    )  # fmt: skip
    order = OrderFacts.objects.get(purchase=purchase)
    send(order, (1350, 1350))
    assert (order.refunded_fen, order.waived_fen, order.left_fen) == (0, 1960, 17640)
    assert lines_of(order)[0].weighed_back_fen == 1960
    assert Refund.objects.count() == 0
    receive(order)
    assert balanced()


def test_the_lots_of_a_parcel_give_what_was_weighed():
    listing = hens()
    make_base(listing.supplier)
    first, second = make_lot(listing, pieces=1, keeps=20), make_lot(listing, pieces=4, keeps=40)
    for lot in (first, second):
        ProduceLot.objects.filter(pk=lot.pk).update(harvested_grams=lot.harvested_grams)
        finish(lot)
    order = paid((listing, 3))
    send(order, (1100, 1200, 1300))
    rows = ParcelLot.objects.order_by("pk").values_list("lot_id", "pieces", "grams")
    assert sum(grams for _lot, _pieces, grams in rows) == 3600
    assert dict(ProduceLot.objects.values_list("pk", "assigned_grams")) == {
        lot.pk: sum(grams for lot_id, _pieces, grams in rows if lot_id == lot.pk) for lot in (first, second)
    }
    assert balanced()


def test_a_phone_weighs_and_both_sides_see_it():
    member, buyer = make_user(), make_user()
    order = paid((hens(member), 2), user=buyer)
    (line,) = lines_of(order)
    client = Client()
    client.force_login(member)
    page = client.get(f"/seller/orders/{order.order.number}/").content.decode()
    assert f'data-testid="weight-{line.pk}"' in page
    form = {"carrier": "sf", "tracking_no": "SF1234567890123", f"pieces-{line.pk}": "2"}
    url = f"/seller/orders/{order.order.number}/ship/"
    for text in ("", "abc", "9.9", "1.4 2.1"):
        answer = client.post(url, form | {f"weight-{line.pk}": text})
        assert answer.status_code == 422, text
        assert list(answer.context["ship_form"].errors) == [f"weight-{line.pk}"], text
    assert client.post(url, form | {f"weight-{line.pk}": "1.36 2.84斤"}).status_code == 302
    line.refresh_from_db()
    assert (line.weighed_grams, line.weighed_back_fen) == (2780, 1438)
    outbox.drain(at=timezone.now())
    assert Message.objects.filter(user=buyer, kind="order_weighed").count() == 1
    own = Client()
    own.force_login(buyer)
    for one, path in ((client, "/seller/orders/"), (own, "/account/orders/")):
        page = one.get(f"{path}{order.order.number}/").content.decode()
        assert "2.78 kg" in page
        assert "14.38" in page


@pytest.mark.parametrize(
    ("text", "grams"),
    [("1.36", (1360,)), ("1.36 1.42", (1360, 1420)), ("１．３６，１．４２", (1360, 1420)), ("2.7斤", (1350,)), ("1360g", (1360,)),
     ("1.36 kg、1420克", (1360, 1420)), ("", ())],
)  # fmt: skip
def test_weights_are_read_as_people_type_them(text, grams):
    assert read_weights(text) == grams


@pytest.mark.parametrize("text", ["x", "-1", "1e3", "1.3.6", "=1", "99999999999999", "1.30001", "0.5g"])
def test_what_is_no_weight_is_not_read(text):
    with pytest.raises(ValueError):
        read_weights(text)


@given(
    paid_fen=st.integers(1, 10**7),
    net=st.integers(1, 10**5),
    lights=st.lists(st.integers(0, 10**5), min_size=1, max_size=9),
)
def test_what_goes_back_adds_up_and_is_never_more_than_was_paid(paid_fen, net, lights):
    lights = [min(light, net) for light in lights]
    charged, before, total = net * len(lights), 0, 0
    for light in lights:
        back = back_for_weight(paid_fen=paid_fen, charged_grams=charged, light_before=before, light_now=light)
        assert back >= 0
        before, total = before + light, total + back
    assert total == back_for_weight(paid_fen=paid_fen, charged_grams=charged, light_before=0, light_now=before)
    assert total <= paid_fen


@given(weights=st.lists(st.integers(1, 5000), min_size=1, max_size=6), pieces=st.integers(1, 6))
def test_each_piece_has_a_weight_and_together_they_are_what_was_entered(weights, pieces):
    if fault_of_weights(weights, pieces=pieces, most_grams=5000) in {"count", "missing"}:
        return
    each = each_weighs(weights, pieces)
    assert (len(each), sum(each)) == (pieces, sum(weights))


def test_no_line_weighs_more_than_was_charged(django_assert_num_queries):
    order = paid((hens(), 1))
    send(order, (NET,))
    with pytest.raises(Exception, match="line_weighs_what_was_charged"):
        LineFacts.objects.update(weighed_grams=NET + 1)


def test_the_same_parcel_with_another_weight_is_refused():
    order = paid((hens(), 2))
    first = send(order, (2600,))
    assert send(order, (2600,)).pk == first.pk
    with pytest.raises(KeyUsed) as refused:
        send(order, (2500,))
    assert (refused.value.details["grams"], "2.6" in str(refused.value.message)) == (2600, True)
