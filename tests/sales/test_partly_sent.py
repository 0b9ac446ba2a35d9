"""A partly sent order says so to its buyer everywhere, who may cancel what was not sent yet."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Stock
from shop.accounts.messages import render
from shop.accounts.models import Message
from shop.core import ledger, outbox
from shop.core.projections import run_all
from shop.sales.errors import DoneElsewhere, RestChanged, WrongState
from shop.sales.models import OrderFacts, OrderMove, Refund
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payments import start_payment
from shop.sales.operations.shipping import cancel_rest, cancel_unsent
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.due import due_fen
from shop.sales.rules import partly_sent
from shop.sales.visitors import GUEST_COOKIE
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.procurement.offices import make_office, ordered
from tests.sales.selling import PHONE, buy, guest_cookie, lines_of, paid, receive, ship
from tests.sales.test_terms import agree, only_order

pytestmark = pytest.mark.django_db
TOKEN = "t" * 43


def partly(user: Any = None, token: str = "", member: Any = None) -> OrderFacts:
    """An order of 3 + 1 pieces of which one was sent: 3 × 10.00 less 1.00 of the platform's, 86.00, freight 6.00."""
    supplier = make_supplier(member=member)
    pomelo = make_listing("金柚", stock=50, price_fen=1000, supplier=supplier)
    tea = make_listing("英红", stock=5, price_fen=8600, supplier=supplier)
    facts = {"freight": {supplier.pk: 600}, "discounts": {pomelo.pk: 100}}
    order = paid((pomelo, 3), (tea, 1), user=user, token=token, **facts)
    return ship(order, {lines_of(order)[0].pk: 1}, number="SF1000000000001")


def shelves() -> list[tuple[int, int]]:
    return list(Stock.objects.order_by("pk").values_list("on_hand", "reserved"))


def page(client: Client, order: OrderFacts, lang: str = "") -> str:
    return client.get(f"{lang}/account/orders/{order.order.number}/").content.decode()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("state", "pieces", "expected"),
    [
        ("to_ship", [(3, 1), (1, 0)], (1, 4)),
        ("to_ship", [(3, 0)], None),
        ("shipped", [(3, 3)], None),
        ("completed", [(1, 1)], None),
        ("cancelled", [(0, 0)], None),
    ],
)
def test_partly_sent_is_what_waits_after_a_first_parcel(state: str, pieces: Any, expected: Any) -> None:
    assert partly_sent(state, pieces) == expected


def test_cancelling_the_rest_gives_its_money_and_pieces_back_and_keeps_what_was_sent() -> None:
    order = partly()
    assert shelves() == [(49, 2), (5, 1)]
    # 2 of 3 pieces: 20.00 less 2/3 of the discount, rounded up; the tea; the freight stays with the parcel.
    assert cancel_unsent(order_id=order.pk, seen=3, actor=None, at=AT) == 1933 + 8600
    order.refresh_from_db()
    assert (order.state, order.order.status, order.refunded_fen) == ("shipped", "shipped", 10_533)
    assert [(line.cancelled, line.shipped, line.refunded_fen) for line in lines_of(order)] == [
        (2, 1, 1933),
        (1, 0, 8600),
    ]
    assert shelves() == [(49, 0), (5, 0)]
    assert ledger.balance(f"supplier:{order.supplier_id}:held") == 12_100 - 10_533 + 100 - 67
    move = OrderMove.objects.filter(order=order).latest("pk")
    assert (move.to_state, move.reason) == ("shipped", "buyer_cancelled_rest")
    with pytest.raises(WrongState):
        cancel_unsent(order_id=order.pk, actor=None, at=AT)
    assert Refund.objects.get().amount_fen == 10_533
    assert receive(OrderFacts.objects.get()).state == "completed"
    assert [found for _name, found in run_all() if found] == []


def test_what_changed_meanwhile_is_asked_again() -> None:
    order = partly()
    ship(order, {lines_of(order)[0].pk: 1}, number="SF1000000000002")
    with pytest.raises(RestChanged) as refused:
        cancel_unsent(order_id=order.pk, seen=3, actor=None, at=AT)
    assert (refused.value.code, refused.value.details["left"]) == ("rest_changed", 2)
    assert Refund.objects.count() == 0


def test_an_order_of_which_nothing_was_sent_is_cancelled_whole() -> None:
    pomelo = make_listing(stock=50)
    order = paid((pomelo, 2), freight={pomelo.supplier_id: 600})
    assert cancel_unsent(order_id=order.pk, actor=None, at=AT) == 7160
    order.refresh_from_db()
    assert (order.state, order.refunded_fen, shelves()) == ("cancelled", 7160, [(50, 0)])
    with pytest.raises(WrongState):
        cancel_order(order_id=order.pk, actor=None, at=AT)


def test_goods_that_come_first_are_not_charged_for_what_was_cancelled() -> None:
    order = only_order(agree((make_listing("丝苗米", stock=50, price_fen=1000), 10)))
    line = lines_of(order)[0]
    ship(order, {line.pk: 4})
    accept_order(order_id=order.pk, accepted={}, actor=None, at=AT)
    assert cancel_unsent(order_id=order.pk, seen=6, actor=None, at=AT) == 6000
    order.refresh_from_db()
    # Its one delivery was accepted already: nobody has anything left to do.
    assert (order.state, order.waived_fen, due_fen(order.purchase)) == ("completed", 6000, 4000)
    assert [found for _name, found in run_all() if found] == []


def test_the_rest_of_a_units_order_is_cancelled_at_its_own_door_only() -> None:
    office = make_office(budget_fen=100_000)
    (order,) = ordered(office, (make_listing("丝苗米", stock=50, price_fen=1000), 10))
    ship(order, {lines_of(order)[0].pk: 4})
    with pytest.raises(DoneElsewhere):
        cancel_unsent(order_id=order.pk, seen=6, actor=office.buyer, at=AT)
    assert cancel_unsent(order_id=order.pk, seen=6, actor=office.buyer, at=AT, through="unit") == 6000
    assert [found for _name, found in run_all() if found] == []


def test_page_list_and_finding_say_how_much_was_sent() -> None:
    buyer = make_user()
    order = partly(user=buyer)
    mine = signed_in(buyer)
    assert "已发 1 / 4 件" in page(mine, order)
    shown = page(mine, order)
    assert shown.count('data-testid="line-sent"') == 2
    assert "已发 1 / 3" in shown
    assert "1 of 4 sent" in page(mine, order, "/en")
    listed = mine.get("/account/orders/").content.decode()
    assert ("已发 1 / 4 件" in listed, 'data-testid="cancel-rest"' in listed) == (True, True)
    assert 'data-testid="cancel-order"' not in listed


def test_who_finds_a_guests_order_reads_that_a_part_was_sent_and_no_numbers() -> None:
    order = partly(token=TOKEN)
    client = Client()
    client.post("/account/orders/find/", {"phone": PHONE.removeprefix("+86"), "number": order.order.number})
    found = client.get("/account/orders/found/").content.decode()
    assert ("已部分发货" in found, "1 / 4" in found) == (True, False)


def test_the_dialog_says_what_goes_back_and_the_button_does_it() -> None:
    buyer, member = make_user(), make_user()
    order = partly(user=buyer, member=member)
    mine = signed_in(buyer)
    shown = page(mine, order)
    assert "金柚 ×2、英红 ×1" in shown
    assert "¥105.33" in shown
    url = f"/account/orders/{order.order.number}/cancel-rest/"
    assert mine.post(f"/account/orders/{order.order.number}/cancel/").status_code == 409
    outbox.drain(at=AT)
    assert mine.post(url).status_code == 409
    assert mine.post(url, {f"pieces-{order.pk}": "2"}).status_code == 409
    assert mine.post(url, {f"pieces-{order.pk}": "3"}, follow=True).content.decode().count("¥105.33") >= 1
    assert mine.post(url, {f"pieces-{order.pk}": "3"}).status_code == 409
    shown = page(mine, order)
    assert ("其余部分已取消" in shown, "cancel-rest" in shown, "confirm-receipt" in shown) == (True, False, True)
    outbox.drain(at=timezone.now())
    rows = {row.kind: render(row.kind, row.params) for row in Message.objects.filter(user=buyer)}
    assert "1 / 4" in rows["order_partly_shipped"].text
    assert "¥105.33" in rows["order_rest_cancelled"].text
    told = {row.kind: render(row.kind, row.params) for row in Message.objects.filter(user=member)}
    assert "3 件" in told["order_rest_cancelled_supplier"].text


def test_a_guest_cancels_the_rest_and_a_stranger_does_not() -> None:
    order = partly(token=TOKEN)
    url = f"/account/orders/{order.order.number}/cancel-rest/"
    assert Client().post(url, {f"pieces-{order.pk}": "3"}).status_code == 404
    assert signed_in(make_user()).post(url, {f"pieces-{order.pk}": "3"}).status_code == 404
    guest = Client()
    guest.cookies[GUEST_COOKIE] = guest_cookie(TOKEN)
    assert guest.post(url, {f"pieces-{order.pk}": "3"}).status_code == 302
    assert OrderFacts.objects.get().refunded_fen == 10_533


def test_what_the_recipient_cancels_by_phone_is_said_to_who_bought() -> None:
    order = partly(token=TOKEN)
    zhou = signed_in(make_user(phone=PHONE, phone_verified=True))
    assert (
        zhou.post(f"/account/orders/{order.order.number}/cancel-rest/", {f"pieces-{order.pk}": "3"}).status_code == 302
    )
    assert OrderMove.objects.latest("pk").way == "phone"
    guest = Client()
    guest.cookies[GUEST_COOKIE] = guest_cookie(TOKEN)
    said = page(guest, order).split('data-testid="acts-by-phone"')[1]
    assert "未发货部分已取消" in said.split('data-testid="order-number"')[0]


def test_a_transfers_rest_goes_back_by_bank() -> None:
    buyer = make_user()
    purchase = buy((make_listing(stock=9, price_fen=1000), 3), user=buyer)
    payment, _started = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    match_transfer(payment_id=payment.pk, received_fen=3000, payer="周敏", why="本人", actor=None, at=AT)
    order = only_order(purchase)
    ship(order, {lines_of(order)[0].pk: 1})
    mine = signed_in(buyer)
    assert "退回您的银行账户" in page(mine, order)
    mine.post(f"/account/orders/{order.order.number}/cancel-rest/", {f"pieces-{order.pk}": "2"})
    outbox.drain(at=timezone.now())
    assert Message.objects.filter(user=buyer, kind="order_rest_cancelled_back").count() == 1
    assert Refund.objects.get().amount_fen == 2000


def test_what_runs_out_of_goods_that_came_first_is_not_said_to_come_back() -> None:
    buyer = make_user()
    purchase = agree((make_listing("丝苗米", stock=50, price_fen=1000), 10))
    purchase.user = buyer
    purchase.save(update_fields=["user"])
    order = only_order(purchase)
    ship(order, {lines_of(order)[0].pk: 4})
    cancel_rest(order_id=order.pk, actor=None, at=AT)
    outbox.drain(at=AT)
    row = Message.objects.get(kind="order_short_owed")
    assert "少付 ¥60.00" in render(row.kind, row.params).text


def test_a_program_reads_and_cancels_the_rest() -> None:
    buyer = make_user()
    order = partly(user=buyer)
    api, path = program_of(buyer), f"/orders/{order.order.number}"
    shown = api.get(path).json()
    assert (shown["sent"], shown["wanted"], shown["is_partly_sent"], shown["can"][0]) == (1, 4, True, "cancel_rest")
    assert [line["sent"] for line in shown["lines"]] == [1, 0]
    refused = api.post(f"{path}/cancel-rest", {"quantity": 2}, key="1")
    assert (refused.status_code, refused.data["code"], refused.data["details"]["left"]) == (409, "rest_changed", 3)
    done = api.post(f"{path}/cancel-rest", {"quantity": 3}, key="2").json()
    assert (done["state"], done["refunded"], done["is_partly_sent"], done["wanted"]) == ("shipped", "105.33", False, 1)
    # Lost answers are repeated with their key.
    assert api.post(f"{path}/cancel-rest", {"quantity": 3}, key="2").json()["refunded"] == "105.33"
    assert api.post(f"{path}/cancel-rest", {"quantity": 3}, key="3").data["code"] == "wrong_state"
