import re

import pytest
from django.test import Client
from django.utils import timezone

from shop.sales.models import AfterSale, Favourite, ReviewFacts, Shipment
from shop.sales.visitors import GUEST_COOKIE
from tests.factories import make_listing, make_supplier, make_user
from tests.sales.selling import buy, guest_cookie, lines_of, paid, photo, receive, ship

pytestmark = pytest.mark.django_db
TOKEN = "t" * 43


@pytest.fixture
def guest():
    client = Client()
    client.cookies[GUEST_COOKIE] = guest_cookie(TOKEN)
    return client


@pytest.fixture
def buyer():
    return make_user()


@pytest.fixture
def mine(buyer):
    client = Client()
    client.force_login(buyer)
    return client


def address(order, rest=""):
    return f"/account/orders/{order.order.number}/{rest}"


def test_a_guest_follows_the_order_to_the_end(guest):
    order = paid((make_listing(stock=50), 2), token=TOKEN)
    assert order.order.number in guest.get("/account/orders/").content.decode()
    page = guest.get(address(order)).content.decode()
    assert "龙口西路" not in page
    assert "周**" in page
    assert guest.post(address(order, "nudge/")).status_code == 302
    assert guest.post(address(order, "nudge/")).status_code == 409
    ship(order)
    assert guest.post(address(order, "cancel/")).status_code == 409
    assert guest.post(address(order, "receive/")).status_code == 302
    assert guest.post(address(order, "receive/")).status_code == 302
    line = lines_of(order)[0]
    form = {"stars": "5", "text": "很甜", "photos": photo()}
    assert guest.post(address(order, f"review/{line.pk}/"), form).status_code == 302
    assert guest.post(address(order, f"review/{line.pk}/"), {"stars": "5", "text": "甜"}).status_code == 409
    assert ReviewFacts.objects.get().pictures.count() == 1


def test_a_claim_with_a_photo_and_its_withdrawal(mine, buyer):
    order = receive(ship(paid((make_listing(stock=50, is_fresh=False), 1), user=buyer)))
    order.refresh_from_db()
    url = address(order, f"after-sale/{lines_of(order)[0].pk}/")
    # The receipt is months away from the clock of this test's request: the form says that it is too late.
    response = mine.get(url)
    assert response.status_code == 200


def test_a_claim_is_opened_on_its_way(mine, buyer):
    order = ship(paid((make_listing(stock=50), 1), user=buyer))
    url = address(order, f"after-sale/{lines_of(order)[0].pk}/")
    form = {"kind": "damaged", "quantity": "1", "amount": "32.81", "reason": "压坏", "photos": photo()}
    assert mine.post(url, form).status_code == 422
    assert mine.post(url, {**form, "amount": "10", "photos": photo()}).status_code == 302
    case = AfterSale.objects.get()
    assert (case.amount_fen, case.state) == (1000, "open")
    assert "压坏" in mine.get(address(order)).content.decode()
    assert mine.post(address(order, f"case/{case.pk}/withdraw/")).status_code == 302


def test_a_claim_follows_its_pieces(mine, buyer):
    order = ship(paid((make_listing(stock=50, price_fen=3281), 3), user=buyer))
    url = address(order, f"after-sale/{lines_of(order)[0].pk}/")
    first = mine.get(url).content.decode()
    assert "<b data-claim-most>¥98.43</b>" in first
    assert "[3281, 6562, 9843]" in first
    form = {"kind": "refund_only", "quantity": "2", "amount": "98.43", "reason": "少了"}
    wrong = mine.post(url, form)
    assert wrong.status_code == 422
    assert "<b data-claim-most>¥65.62</b>" in wrong.content.decode()
    much = mine.post(url, {**form, "quantity": "4"})
    assert (much.status_code, list(much.context["form"].errors)) == (422, ["quantity"])
    assert mine.post(url, {**form, "amount": ""}).status_code == 302
    assert AfterSale.objects.get().amount_fen == 6562


def test_what_comes_next_is_a_sentence(mine, buyer):
    order = paid((make_listing(stock=50), 1), user=buyer)
    page = mine.get(address(order)).content.decode()
    said = re.search(r'data-testid="next-step">(.*?)</p>', page, re.DOTALL)[1]
    assert "下一步：" in said
    assert ">你<" not in page
    assert re.findall(r'<li class="(?:now|todo)"[^>]*>.*?</svg></span><span>([^<]*)', page) == ["待发货", "收货"]


def test_a_stranger_finds_nothing(mine, guest):
    order = paid((make_listing(stock=50), 1), token="x" * 43)
    line = lines_of(order)[0].pk
    for client in (mine, guest, Client()):
        for rest in ("", f"review/{line}/", f"after-sale/{line}/"):
            assert client.get(address(order, rest)).status_code == 404
        for rest in ("cancel/", "receive/", "nudge/", "buy-again/"):
            assert client.post(address(order, rest)).status_code == 404


def test_tries_to_find_an_order_are_counted():
    client = Client()
    form = {"number": "DD26-XXXX-XXXXXX", "phone": "13800002046"}
    answers = [client.post("/account/orders/find/", form).status_code for _ in range(6)]
    assert answers == [404] * 5 + [429]


def test_phones_tried_for_one_order_are_counted_from_any_address() -> None:
    order = buy((make_listing(stock=9), 1)).orders.get()
    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(
            "/account/orders/find/", {"phone": f"139000000{number:02d}", "number": order.order.number}
        ).status_code
        for number in range(11)
    ]  # fmt: skip
    assert answers == [404] * 10 + [429]


@pytest.mark.parametrize("state", ["", "unpaid", "to_ship", "shipped", "to_review", "after_sale", "nonsense"])
def test_the_list_costs_the_same_for_one_order_and_for_thirty(mine, buyer, state, django_assert_max_num_queries):
    supplier = make_supplier()
    for n in range(30):
        order = paid((make_listing(stock=50, supplier=supplier), 1), user=buyer, key=f"k{n}")
        if n % 3:
            ship(order)
        if n % 3 == 2:
            receive(order)
    with django_assert_max_num_queries(10):
        assert mine.get("/account/orders/", {"state": state}).status_code == 200


def test_an_orders_page_costs_the_same_for_thirty_lines(mine, buyer, django_assert_max_num_queries):
    supplier = make_supplier()
    order = ship(paid(*((make_listing(stock=5, supplier=supplier), 1) for _ in range(30)), user=buyer))
    mine.get(address(order))
    with django_assert_max_num_queries(15):
        assert mine.get(address(order)).status_code == 200


def test_to_review_holds_only_what_was_received_and_not_reviewed(mine, buyer):
    order = receive(ship(paid((make_listing(stock=5), 1), user=buyer)))
    assert order.order.number in mine.get("/account/orders/?state=to_review").content.decode()
    mine.post(address(order, f"review/{lines_of(order)[0].pk}/"), {"stars": "4", "text": "好"})
    assert order.order.number not in mine.get("/account/orders/?state=to_review").content.decode()


def test_buying_again_leads_to_the_basket(mine, buyer):
    order = paid((make_listing(stock=5), 1), user=buyer)
    assert mine.post(address(order, "buy-again/"))["Location"] == "/shop/basket/"


def test_an_unpaid_order_is_cancelled_with_its_purchase(mine, buyer):
    purchase = buy((make_listing(stock=5), 1), user=buyer)
    order = purchase.orders.get()
    page = mine.get(address(order)).content.decode()
    assert f"/pay/{purchase.number}/" in page
    assert mine.post(address(order, "cancel/")).status_code == 302
    purchase.refresh_from_db()
    assert purchase.state == "cancelled"


def test_a_favourite_by_form_and_by_script(mine, buyer):
    pomelo = make_listing()
    toggle = "/account/favourites/toggle/"
    assert mine.post(toggle, {"listing": pomelo.pk}).status_code == 302
    assert pomelo.name_zh in mine.get("/account/favourites/").content.decode()
    answer = mine.post(toggle, {"listing": pomelo.pk}, headers={"accept": "application/json"})
    assert answer.json()["on"] is False
    assert Favourite.objects.count() == 0
    assert Client().post(toggle, {"listing": pomelo.pk})["Location"].startswith("/account/login/?next=")


def test_a_reminder_is_asked_for_once_and_dropped(mine, buyer):
    pomelo = make_listing(stock=0)
    for _ in range(2):
        assert mine.post("/account/reminders/", {"listing": pomelo.pk, "kind": "restock"}).status_code == 302
    assert mine.get("/account/reminders/").content.decode().count('data-testid="reminder"') == 1
    guest = Client().post("/account/reminders/", {"listing": pomelo.pk})
    assert guest["Location"] == f"/account/login/?next=/shop/p/{pomelo.slug}/"
    reminder = buyer.reminders.get()
    assert mine.post(f"/account/reminders/{reminder.pk}/delete/").status_code == 302
    assert buyer.reminders.count() == 0


def test_a_parcels_way_is_told_in_the_time_of_china_with_its_year(mine, buyer):
    order = ship(paid((make_listing(), 1), user=buyer))
    year = timezone.localdate().year
    track = [
        {"at": f"{year - 1}-12-31T15:59:00+00:00", "text_zh": "已揽收", "text_en": "Picked up"},
        {"at": f"{year}-02-01T16:30:00Z", "text_zh": "到达广州", "text_en": "In Guangzhou"},
    ]
    Shipment.objects.filter(order=order).update(track=track)
    page = mine.get(address(order)).content.decode()
    assert "02-02 00:30" in page
    assert f"{year - 1}-12-31 23:59" in page
    assert "16:30" not in page
    page = mine.get(f"/en{address(order)}").content.decode()
    assert "2 Feb 00:30" in page
    assert f"31 Dec {year - 1} 23:59" in page
