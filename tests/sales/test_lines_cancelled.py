"""A line of which pieces are cancelled says so on every door: how many of how many, and what becomes of their money."""

from typing import Any

import pytest
from django.test import Client

from shop.core.models import AuditEntry
from shop.sales.models import OrderFacts
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.shipping import cancel_rest, cancel_unsent
from shop.sales.visitors import GUEST_COOKIE
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user
from tests.procurement.offices import as_, make_office, ordered
from tests.sales.selling import buy, guest_cookie, lines_of, paid, ship
from tests.sales.test_partly_sent import TOKEN, partly

pytestmark = pytest.mark.django_db
WHOLE = "已全部取消：原订 1 件 · ¥86.00 退回"
PART = "已取消 2 件，原订 3 件 · ¥19.33 退回"


def shown(user: Any, path: str, lang: str = "") -> str:
    return as_(user).get(f"{lang}{path}").content.decode()


def without_tea(order: OrderFacts, member: Any) -> OrderFacts:
    """Have the supplier cancel the one piece of tea of a partly sent order."""
    cancel_rest(order_id=order.pk, line_ids={lines_of(order)[1].pk}, reason="out_of_stock", actor=member, at=AT)
    return OrderFacts.objects.get(pk=order.pk)


def test_buyer_and_supplier_read_that_a_line_is_cancelled_and_what_goes_back() -> None:
    buyer, member = make_user(), make_user()
    order = without_tea(partly(user=buyer, member=member), member)
    path = f"/account/orders/{order.order.number}/"
    page = shown(buyer, path)
    assert (WHOLE in page, "已发 0 / 0" in page, page.count('data-testid="line-sent"')) == (True, False, 1)
    assert "已发 1 / 3 件" in page
    english = shown(buyer, path, "/en")
    assert ("Cancelled whole: 1 ordered · ¥86.00 goes back" in english, "0 of 0" in english) == (True, False)
    for seen in (f"/seller/orders/{order.order.number}/", "/seller/orders/?state=to_ship"):
        assert WHOLE in shown(member, seen), seen


def test_a_guest_reads_it_too() -> None:
    order = without_tea(partly(token=TOKEN), None)
    client = Client()
    client.cookies[GUEST_COOKIE] = guest_cookie(TOKEN)
    page = client.get(f"/account/orders/{order.order.number}/").content.decode()
    assert (WHOLE in page, "已发 0 / 0" in page) == (True, False)


def test_the_history_says_who_cancelled_which_line_how_many_pieces_and_how_much_money() -> None:
    buyer, member = make_user(), make_user()
    order = without_tea(partly(user=buyer, member=member), member)
    supplier = order.supplier.name_zh
    page = shown(buyer, f"/account/orders/{order.order.number}/")
    assert f"{supplier}取消了其中一部分" in page
    assert "英红 ×1 · ¥86.00 退回 · 商家缺货，很抱歉。" in page
    entry = AuditEntry.objects.get(action="part_cancelled", object_id=str(order.pk))
    facts = (entry.actor_id, entry.data["reason"], entry.data["amount_fen"], entry.data["pieces"])
    assert facts == (member.pk, "out_of_stock", 8600, {str(lines_of(order)[1].pk): 1})
    history = program_of(buyer).get(f"/orders/{order.order.number}").data["history"]
    (told,) = [each for each in history if "cancelled part of it" in each["title"]]
    assert "×1 · ¥86.00 goes back · The supplier ran out" in told["text"]


def test_each_cancelled_part_is_told_once_whoever_cancelled_it() -> None:
    buyer, member = make_user(), make_user()
    order = without_tea(partly(user=buyer, member=member), member)
    cancel_unsent(order_id=order.pk, seen=2, actor=buyer, at=AT)
    page = shown(buyer, f"/account/orders/{order.order.number}/")
    assert (WHOLE in page, PART in page) == (True, True)
    assert (page.count("其余部分已取消"), page.count("金柚 ×2 · ¥19.33 退回"), page.count("英红 ×1 · ¥86.00")) == (
        1,
        1,
        1,
    )


def test_programs_of_buyer_and_supplier_read_what_the_cancelled_pieces_cost() -> None:
    buyer, member = make_user(), make_user()
    order = without_tea(partly(user=buyer, member=member), member)
    cancel_unsent(order_id=order.pk, seen=2, actor=buyer, at=AT)
    for user, path in ((buyer, "/orders/"), (member, "/seller/orders/")):
        lines = program_of(user).get(f"{path}{order.order.number}").data["lines"]
        assert [(line["cancelled"], line["cancelled_amount"]) for line in lines] == [(2, "19.33"), (1, "86.00")]


@pytest.mark.parametrize(("is_paid", "money"), [(True, "¥30.00 退回"), (False, "¥30.00 不收")])
def test_lines_of_an_order_cancelled_whole_say_what_they_were_for(is_paid: bool, money: str) -> None:
    buyer = make_user()
    tea = make_listing("英红", stock=9, price_fen=1000)
    order = paid((tea, 3), user=buyer) if is_paid else buy((tea, 3), user=buyer).orders.get()
    cancel_order(order_id=order.pk, actor=buyer, at=AT)
    assert f"已全部取消：原订 3 件 · {money}" in shown(buyer, f"/account/orders/{order.order.number}/")
    (line,) = program_of(buyer).get(f"/orders/{order.order.number}").data["lines"]
    assert (line["quantity"], line["cancelled"], line["cancelled_amount"]) == (3, 3, "30.00")


def test_a_unit_reads_on_its_order_what_was_cancelled_and_is_not_charged() -> None:
    office = make_office(budget_fen=100_000)
    rice = make_listing("丝苗米", stock=50, price_fen=1000)
    oil = make_listing("山茶油", stock=50, price_fen=2000, supplier=rice.supplier)
    (order,) = ordered(office, (rice, 10), (oil, 2), terms="postpaid")
    first, second = lines_of(order)
    ship(order, {first.pk: 4})
    cancel_rest(order_id=order.pk, line_ids={second.pk}, reason="out_of_stock", actor=None, at=AT)
    page = shown(office.buyer, f"/units/orders/{order.order.number}/")
    assert "已全部取消：原订 2 件 · ¥40.00 不收" in page
    lines = program_of(office.buyer).get(f"/units/orders/{order.order.number}").data["lines"]
    assert [(line["cancelled"], line["cancelled_amount"]) for line in lines] == [(0, "0.00"), (2, "40.00")]
