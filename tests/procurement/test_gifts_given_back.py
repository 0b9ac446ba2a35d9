"""A gift of which nothing is left is no gift: not counted, nothing to confirm, and its certificate says so."""

import pytest
from django.test import Client

from procurement.errors import LinkSpent
from procurement.operations.pledging import give
from procurement.operations.receiving import Arrived, confirm_by_link, make_link
from procurement.queries.gifts import given_pieces, recent_receipts
from shop.accounts.models import Message
from shop.core import outbox
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.refunds import refund_order_part
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user, spec_of
from tests.sales.selling import lines_of, pay, photo, ship

from .giving import as_, books_agree, gift, listing, need, order_of, stages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["listing", "need"]


def sent_gift(need, listing, pieces=4):
    pledge = gift(need, listing, pieces)
    pay(pledge.purchase)
    ship(order_of(pledge))
    return pledge


def claim(order, quantity, fen, line=None):
    """The donor claims damage, and the supplier gives it back."""
    case = open_after_sale(
        line_id=(line or lines_of(order)[0]).pk, kind="damaged", quantity=quantity, amount_fen=fen, reason="压坏了",
        uploads=[photo()], actor=None, at=AT,
    )  # fmt: skip
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=fen, actor=None, at=AT)


def given(need, listing):
    return given_pieces([need.pk])[need.pk][spec_of(listing).specification_id].paid


def certificate(pledge):
    page = Client().get(f"/pledges/certificates/{pledge.certificate_code}/").content.decode()
    told = Client().get(f"/api/v1/gifts/certificates/{pledge.certificate_code}").json()
    return page, told


def test_a_gift_given_back_whole_has_nothing_to_confirm_and_counts_for_no_need(need, listing):
    pledge = sent_gift(need, listing)
    order, member = order_of(pledge), need.beneficiary.memberships.get().user
    token = make_link(order_id=order.pk, at=AT)
    assert given(need, listing) == 4
    claim(order, 4, 12_000)
    assert given(need, listing) == 0
    with pytest.raises(LinkSpent, match="没有需要确认"):
        confirm_by_link(token=token, photo=photo(), arrived=Arrived(), at=AT)
    assert Client().get(f"/pledges/receipt/{token}/").status_code == 410
    page = as_(member).get("/pledges/mine/").content.decode()
    assert ("confirm-receipt" in page, "已全部退回" in page) == (False, True)
    school = program_of(member)
    (told,) = school.get("/gifts/received").data["items"]
    assert (told["gift_state"], told["total"], told["total_at_first"]) == ("given_back", "0.00", "120.00")
    assert told["orders"][0]["may_confirm"] is False
    assert school.post(f"/gifts/received/{order.pk}/link").data["code"] == "link_spent"
    page, told = certificate(pledge)
    assert ("已核验" in page, "已全部退回" in page) == (False, True)
    assert (told["is_valid"], told["state"], told["confirmed"], told["confirmed_at"]) == (
        False,
        "given_back",
        "0.00",
        [],
    )
    # Another may give what is needed again.
    assert gift(need, listing, 20, "k2").pk != pledge.pk
    assert (stages(need)[4], books_agree()) == (12_000, True)


def test_a_gift_given_back_before_its_message_is_never_asked_about(need, listing):
    pledge = sent_gift(need, listing)
    claim(order_of(pledge), 4, 12_000)
    outbox.drain(at=AT)
    assert not Message.objects.filter(kind="gift_shipped").exists()


def test_a_confirmed_gift_that_is_given_back_later_loses_its_certificate(need, listing):
    pledge = sent_gift(need, listing)
    confirm_by_link(token=make_link(order_id=order_of(pledge).pk, at=AT), photo=photo(), arrived=Arrived("谢谢"), at=AT)
    page, told = certificate(pledge)
    assert ("已核验" in page, told["state"], told["confirmed"]) == (True, "confirmed", "120.00")
    assert len(recent_receipts()) == 1
    claim(order_of(pledge), 4, 12_000)
    page, told = certificate(pledge)
    assert ("已核验" in page, "谢谢" in page, told["state"]) == (False, False, "given_back")
    assert recent_receipts() == []
    assert books_agree()


def test_a_certificate_names_the_orders_that_stand_only(need, listing):
    tea = make_listing("英红", price_fen=2_000, stock=50)
    pledge = give(
        need_id=need.pk, pieces={spec_of(listing).specification_id: 1, spec_of(tea).specification_id: 2},
        donor=make_user(name="黄启明"), key="two", at=AT, beyond=True,
    )  # fmt: skip
    pay(pledge.purchase)
    first, second = pledge.purchase.orders.order_by("pk")
    for number, order in enumerate((first, second)):
        ship(order, number=f"SF123456789012{number}")
        confirm_by_link(
            token=make_link(order_id=order.pk, at=AT), photo=photo(), arrived=Arrived(f"第{number}份"), at=AT
        )
    claim(first, 1, 3_000)
    page, told = certificate(pledge)
    assert (listing.name_zh in page, "英红" in page) == (False, True)
    assert ("第0份" in page, "第1份" in page) == (False, True)
    assert (told["confirmed"], len(told["confirmed_at"]), told["state"]) == ("40.00", 1, "confirmed")


def test_ones_gifts_show_what_stands_beside_what_was_paid_at_first(need, listing):
    pledge = sent_gift(need, listing)
    donor = as_(pledge.donor)
    page = donor.get("/pledges/mine/").content.decode()
    assert ("¥120.00" in page, "gift-at-first" in page) == (True, False)
    refund_order_part(order=order_of(pledge), amount_fen=1_000, reason="goodwill", key="r1", actor=None, at=AT)
    page = " ".join(donor.get("/pledges/mine/").content.decode().split())
    assert '<span class="nowrap" data-testid="gift-total">¥110.00</span>' in page
    assert "最初 ¥120.00" in page
    (told,) = program_of(pledge.donor).get("/gifts").data["items"]
    assert (told["total"], told["total_at_first"], told["gift_state"]) == ("110.00", "120.00", "shipped")


def test_a_cancelled_gift_says_so_on_its_certificate(need, listing):
    pledge = gift(need, listing)
    pay(pledge.purchase)
    cancel_order(order_id=order_of(pledge).pk, actor=None, at=AT)
    page, told = certificate(pledge)
    assert ("还没有确认" in page, "已取消" in page) == (False, True)
    assert (told["is_valid"], told["state"]) == (False, "cancelled")
    assert "¥0.00" in as_(pledge.donor).get("/pledges/mine/").content.decode()
