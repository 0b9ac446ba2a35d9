"""Who tries phones for an order is stopped; who has its phone finds it at once, whatever others tried."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from shop.accounts.models import OneTimeCode
from shop.sales.models import OrderFacts
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import PHONE, paid
from tests.sales.test_guest_access import BROWSER, address, codes, finds

pytestmark = pytest.mark.django_db
__all__ = ["codes"]
Codes = list[tuple[str, str]]
WRONG = "+8613900000001"


def guests() -> OrderFacts:
    return paid((make_listing(stock=9), 1), token=BROWSER)


def from_everywhere(order: OrderFacts, count: int, phone: str = "") -> list[int]:
    """Try phones for an order, each from another address."""
    return [
        finds(Client(REMOTE_ADDR=f"203.0.113.{number}"), order, phone or f"+86139000000{number:02d}").status_code
        for number in range(count)
    ]


def finds_by_code(client: Client, order: OrderFacts, phone: str = PHONE) -> Any:
    form = {"number": order.order.number, "phone": phone.removeprefix("+86"), "way": "code"}
    return client.post("/account/orders/find/", form)


def offers_code(page: Any) -> bool:
    return 'data-testid="find-by-code"' in page.content.decode()


def test_phones_tried_for_an_order_are_stopped_and_its_person_finds_it_by_a_code(codes: Codes) -> None:
    order = guests()
    assert from_everywhere(order, 12) == [404] * 10 + [429] * 2
    person = Client()
    stopped = finds(person, order)
    assert (stopped.status_code, offers_code(stopped)) == (429, True)
    assert "试过的手机号太多" in stopped.content.decode()
    assert finds_by_code(person, order)["Location"] == "/account/code/"
    assert [phone for phone, _code in codes] == [PHONE]
    assert person.post("/account/code/", {"code": codes[-1][1]})["Location"] == address(order)
    assert person.get(address(order)).status_code == 200


def test_orders_looked_for_with_one_phone_stop_nobody_who_has_it() -> None:
    for number in range(15):
        Client().post("/account/orders/find/", {"number": f"DD26-XXXX-XXXX{number:02d}", "phone": "13800002046"})
    assert finds(Client(), guests()).status_code == 302


def test_what_others_at_the_address_look_for_stops_nobody() -> None:
    stranger = guests()
    assert [finds(Client(), stranger, WRONG).status_code for _ in range(40)] == [404] * 5 + [429] * 35
    mine = paid((make_listing(stock=9), 1), token=BROWSER, key="another")
    assert finds(Client(), mine).status_code == 302
    # What is refused here uses up nothing of the order's own count.
    assert finds(Client(REMOTE_ADDR="203.0.113.9"), stranger).status_code == 302


def test_finding_ones_order_again_and_again_is_no_try() -> None:
    order = guests()
    assert {finds(Client(), order).status_code for _ in range(12)} == {302}


def test_no_more_than_twenty_phones_are_tried_for_an_order_in_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    order = guests()
    tried = 0
    for hour in range(1, 25):
        monkeypatch.setattr("django.utils.timezone.now", lambda hour=hour: _at(hour))
        tried += from_everywhere(order, 15).count(404)
    assert tried == 20


def _at(hour: int) -> datetime:
    return AT + timedelta(minutes=59 * hour)


def test_a_code_asked_for_with_a_wrong_phone_is_sent_to_nobody_and_looks_the_same(codes: Codes, settings: Any) -> None:
    settings.SHOW_CODES = False
    order = guests()
    guesser, person = Client(), Client()
    pages = []
    for client, phone in ((guesser, WRONG), (person, PHONE)):
        assert finds_by_code(client, order, phone)["Location"] == "/account/code/"
        page = re.sub(r"1\d\d\*{4}\d{4}", "", client.get("/account/code/").content.decode())
        pages.append(re.sub(r'(nonce="|csrfmiddlewaretoken" value=")[^"]*', "", page))
    assert pages[0] == pages[1]
    assert [phone for phone, _code in codes] == [PHONE]
    assert guesser.post("/account/code/", {"code": codes[-1][1]}).status_code == 422
    assert guesser.get(address(order)).status_code == 404
    assert list(OneTimeCode.objects.filter(digest="").values_list("payload__purchase", flat=True)) == [0]


def test_codes_asked_for_an_order_are_as_few_as_others_of_a_phone(codes: Codes) -> None:
    order = guests()
    answers = [finds_by_code(Client(), order) for _ in range(9)]
    # Five, the one an hour that is left beyond, and one more who may answer it.
    assert [answer.status_code for answer in answers] == [302] * 7 + [429] * 2
    assert len(codes) == 6
    assert offers_code(answers[-1])
    assert "密码" not in answers[-1].content.decode()


def test_the_code_of_an_accounts_order_leads_to_signing_in(codes: Codes) -> None:
    order = paid((make_listing(stock=9), 1), user=make_user("zhou@example.cn"))
    client = Client()
    assert finds_by_code(client, order)["Location"] == "/account/code/"
    assert client.post("/account/code/", {"code": codes[-1][1]})["Location"] == "/account/login/"
    assert client.get(address(order)).status_code == 404


@pytest.mark.parametrize("typed", ["abc", "1", "１３８００００２０４６", "x" * 40])
def test_a_phone_that_is_none_gets_no_code(typed: str, codes: Codes) -> None:
    order = guests()
    form = {"number": order.order.number, "phone": typed, "way": "code"}
    assert Client().post("/account/orders/find/", form).status_code in {302, 422}
    assert {phone for phone, _code in codes} <= {PHONE}


def test_codes_asked_for_with_invented_numbers_use_up_nothing_of_the_phone(codes: Codes) -> None:
    order = guests()
    for number in range(16):
        form = {"number": f"DD26-XXXX-XXXX{number:02d}", "phone": "13800002046", "way": "code"}
        stranger = Client(REMOTE_ADDR=f"203.0.113.{number // 4}")
        assert stranger.post("/account/orders/find/", form)["Location"] == "/account/code/"
    assert codes == []
    assert finds_by_code(Client(REMOTE_ADDR="203.0.113.0"), order)["Location"] == "/account/code/"
    assert Client().post("/account/login/", {"phone": "13800002046"})["Location"] == "/account/code/"
    assert [phone for phone, _code in codes] == [PHONE] * 2


def test_codes_asked_for_by_the_phone_alone_leave_its_guest_those_of_the_order(codes: Codes) -> None:
    order = guests()
    for number in range(15):
        Client().post("/account/login/", {"phone": "13800002046"}, REMOTE_ADDR=f"203.0.113.{number}")
    sent = len(codes)
    assert finds_by_code(Client(), order)["Location"] == "/account/code/"
    finder = Client()
    finds(finder, order)
    assert finder.post(f"/account/orders/found/{order.order.number}/code/")["Location"] == "/account/code/"
    assert len(codes) == sent + 2


def test_a_wrong_phone_is_stopped_like_the_right_one(codes: Codes) -> None:
    order = guests()
    said = []
    for phone in (WRONG, PHONE):
        pages = [finds_by_code(Client(REMOTE_ADDR=f"203.0.113.{number}"), order, phone) for number in range(11)]
        said.append([page.status_code for page in pages])
        assert "密码" not in pages[-1].content.decode()
    assert said == [[302] * 9 + [429] * 2] * 2
    assert {phone for phone, _code in codes} == {PHONE}


def test_finding_an_order_gives_the_session_a_new_key() -> None:
    order, person, planter = guests(), Client(), Client()
    planted = planter.session
    planted["a page of before"] = True
    planted.save()
    for client in (person, planter):
        client.cookies["sessionid"] = planted.session_key
    assert finds(person, order)["Location"] == "/account/orders/found/"
    assert order.order.number in person.get("/account/orders/found/").content.decode()
    assert person.cookies["sessionid"].value != planted.session_key
    assert planter.get("/account/orders/found/").status_code == 302
