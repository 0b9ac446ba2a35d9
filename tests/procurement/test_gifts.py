import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from procurement.errors import LinkSpent, WrongStep
from procurement.models import Need, Pledge, PledgeReceipt, UnitOrder
from procurement.operations.pledging import Asked, publish_need
from procurement.operations.receiving import Arrived, confirm_by_link, make_link
from shop.accounts.models import Message
from shop.campaigns.hooks import progress_of
from shop.core import outbox
from shop.core.errors import InvalidInput, NotAllowed
from shop.sales.errors import TooMuch
from shop.sales.models import OrderAttribution, Purchase
from shop.sales.operations.closing import cancel_order, expire_purchases
from shop.sales.operations.receipts import receive_overdue
from shop.sales.operations.refunds import refund_order_part
from tests.factories import AT, make_listing, make_user, spec_of
from tests.sales.selling import pay, photo, ship

from .giving import as_, books_agree, gift, listing, need, order_of, stages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["listing", "need"]


def test_a_gift_goes_through_its_stages_on_the_ledger(need, listing):
    pledge = gift(need, listing)
    assert stages(need) == [12_000, 0, 0, 0, 0]
    assert dict(OrderAttribution.objects.values_list("kind", "ref")) == {
        "pledge": str(need.beneficiary_id),
        "need": "breakfast",
    }
    pay(pledge.purchase)
    assert stages(need) == [0, 12_000, 0, 0, 0]
    ship(order_of(pledge))
    assert stages(need) == [0, 0, 12_000, 0, 0]
    assert books_agree()
    token = make_link(order_id=order_of(pledge).pk, at=AT)
    confirm_by_link(token=token, photo=photo(), arrived=Arrived("谢谢"), at=AT)
    assert stages(need) == [0, 0, 0, 12_000, 0]
    assert not UnitOrder.objects.exists()
    assert books_agree()


def test_cancelled_and_unpaid_gifts_are_reversed(need, listing):
    unpaid, paid = gift(need, listing, 2, "a"), gift(need, listing, 3, "b")
    pay(paid.purchase)
    cancel_order(order_id=order_of(paid).pk, actor=None, at=AT)
    expire_purchases(at=unpaid.purchase.pay_by)

    assert stages(need) == [0, 0, 0, 0, 15_000]
    assert books_agree()


def test_the_same_key_is_one_gift_and_no_more_than_is_wanted_is_taken(need, listing):
    donor = make_user()
    assert gift(need, listing, 15, donor=donor).pk == gift(need, listing, 15, donor=donor).pk
    with pytest.raises(TooMuch) as refused:
        gift(need, listing, 6, "k2")
    assert refused.value.details["left"] == 5
    assert Purchase.objects.count() == 1
    Need.objects.update(state="closed")
    with pytest.raises(WrongStep):
        gift(need, listing, 1, "k3")


def test_a_link_works_once(need, listing):
    pledge = gift(need, listing)
    pay(pledge.purchase)
    order = ship(order_of(pledge))
    token = make_link(order_id=order.pk, at=AT)
    with pytest.raises(InvalidInput):
        confirm_by_link(token=token, photo=None, arrived=Arrived(), at=AT)
    with pytest.raises(InvalidInput):
        confirm_by_link(token=token, photo=SimpleUploadedFile("a.jpg", b"none"), arrived=Arrived(), at=AT)
    confirm_by_link(token=token, photo=photo(), arrived=Arrived(), at=AT)
    with pytest.raises(LinkSpent):
        confirm_by_link(token=token, photo=photo(), arrived=Arrived(), at=AT)
    assert PledgeReceipt.objects.count() == 1


def test_forged_expired_and_replaced_links_are_refused(need, listing):
    pledge = gift(need, listing)
    pay(pledge.purchase)
    order = ship(order_of(pledge))
    old = make_link(order_id=order.pk, at=AT)
    new = make_link(order_id=order.pk, at=AT)
    for token, at in ((old, AT), (new + "x", AT), ("nothing", AT), (new, AT + timedelta(days=30))):
        with pytest.raises(LinkSpent):
            confirm_by_link(token=token, photo=photo(), arrived=Arrived(), at=at)
    assert Client().get(f"/pledges/receipt/{old}/").status_code == 410
    assert Client().get(f"/pledges/receipt/{new}/", follow=True).status_code == 200


def test_the_beneficiary_is_sent_a_link_and_the_donor_the_certificate(need, listing):
    pledge = gift(need, listing)
    pay(pledge.purchase)
    ship(order_of(pledge))
    outbox.drain(at=AT)
    message = Message.objects.get(kind="gift_shipped")
    assert message.user.memberships.get().organisation_id == need.beneficiary_id

    holder = Client()
    page = holder.post(holder.get(message.url).url, {"photo": photo(), "message": "早餐桌上见"})
    assert page.status_code == 200
    outbox.drain(at=AT)

    url = Message.objects.get(user=pledge.donor, kind="pledge_confirmed").url
    certificate = Client().get(url).content.decode()
    for words in ("启明灯具", "山里小学", "早餐桌上见", "¥120.00", pledge.certificate_code):
        assert words in certificate
    assert "红星路" not in certificate
    assert "总务处" not in certificate


def test_a_certificate_says_where_its_gift_stands_until_it_is_confirmed(need, listing):
    pledge = gift(need, listing)
    address = f"/pledges/certificates/{pledge.certificate_code}/"

    def said():
        page = Client().get(address).content.decode()
        assert "启明灯具" not in page
        return re.search(r'data-testid="certificate-(\w+)"', page)[1], re.search(r"<h1>([^<]+)", page)[1]

    assert said() == ("unpaid", "还没付款")
    pay(pledge.purchase)
    assert said() == ("to_ship", "已付款，还没发货")
    ship(order_of(pledge))
    assert said() == ("shipped", "正在送去")
    assert receive_overdue(at=AT + timedelta(days=60)) == 1
    assert said() == ("received", "还没有确认")
    assert Client().get(f"/api/v1/gifts/certificates/{pledge.certificate_code}").json()["state"] == "received"


def test_a_gift_whose_money_never_came_says_so(need, listing):
    pledge = gift(need, listing)
    assert expire_purchases(at=AT + timedelta(days=9)) == 1
    page = Client().get(f"/pledges/certificates/{pledge.certificate_code}/").content.decode()
    assert 'data-testid="certificate-never_paid"' in page
    assert "没有买下任何东西" in page


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{packed}", "{wide}"])
def test_a_number_is_verified_however_it_is_typed(need, listing, typed):
    code = gift(need, listing).certificate_code
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in code)
    given = typed.format(code, lower=code.lower(), packed=code.replace("-", ""), wide=wide)
    answer = Client().get("/pledges/certificates/", {"number": given})
    assert (answer.status_code, answer["Location"]) == (302, f"/pledges/certificates/{code}/")
    if typed != " {} ":
        assert Client().get(f"/pledges/certificates/{given}/", follow=True).status_code == 200
    assert Client().get(f"/api/v1/gifts/certificates/{given.strip()}").status_code == 200


def test_a_number_that_is_none_is_said_beside_its_field():
    page = Client().get("/pledges/certificates/", {"number": "ZS26-NONE-NOTONE"})
    assert (page.status_code, list(page.context["form"].errors)) == (404, ["number"])
    assert "ZS26-NONE-NOTONE" in page.content.decode()
    assert Client().get("/pledges/certificates/", {"number": " "}).status_code == 422
    assert Client().get("/pledges/certificates/").status_code == 200
    assert Client().get("/pledges/certificates/ZS26-NONE-NOTONE/").status_code == 404


def test_giving_through_the_pages(need, listing):
    donor = make_user(name="黄启明")
    name = f"pieces-{spec_of(listing).specification_id}"
    assert Client().post("/pledges/needs/breakfast/", {name: "2"}).status_code == 302
    assert not Pledge.objects.exists()
    for wrong, status in (({}, 422), ({name: "0"}, 422), ({name: "很多"}, 422), ({name: "21"}, 422)):
        assert as_(donor).post("/pledges/needs/breakfast/", wrong).status_code == status
    done = as_(donor).post("/pledges/needs/breakfast/", {name: "2", "key": "x", "donor_name": "黄"})
    assert done.status_code == 302
    assert done.url == f"/pay/{Pledge.objects.get().purchase.number}/"
    for language in ("", "/en"):
        for page in ("", "needs/breakfast/", "mine/", f"give/{listing.slug}/"):
            assert as_(donor).get(f"{language}/pledges/{page}").status_code == 200


def test_a_gifts_total_is_known_before_the_cashier_which_says_what_it_is(need, listing):
    donor = make_user(name="黄启明")
    name = f"pieces-{spec_of(listing).specification_id}"
    asked = {name: "2", "total": "1"}
    part = Client().post("/pledges/needs/breakfast/", asked, headers={"X-Requested-With": "fetch"}).content.decode()
    assert "¥60.00" in part
    assert "<html" not in part
    page = Client().post("/pledges/needs/breakfast/", asked)
    assert page.status_code == 200
    assert 'data-testid="gift-sum"' in page.content.decode()
    assert f'name="{name}" value="2"' in page.content.decode()
    open_ = as_(donor).post(f"/pledges/give/{listing.slug}/", asked, headers={"X-Requested-With": "fetch"})
    assert "选好捐给谁后算出" in open_.content.decode()
    assert not Pledge.objects.exists()

    english = as_(donor).post("/en/pledges/needs/breakfast/", {name: "1", "key": "e"})
    assert english.url.endswith("/?lang=en")
    paying = as_(donor).post("/pledges/needs/breakfast/", {name: "2", "key": "x"}).url
    cashier = as_(donor).get(paying).content.decode()
    assert f"以购代捐，送给 {need.beneficiary.name_zh}" in cashier
    assert listing.name_zh in cashier
    assert f"{need.beneficiary.name_zh} · 总务处" in cashier


def test_a_used_link_leads_its_holder_to_what_was_confirmed(need, listing):
    pledge = gift(need, listing)
    pay(pledge.purchase)
    order = ship(order_of(pledge))
    token = make_link(order_id=order.pk, at=AT)
    holder, page = Client(), f"/pledges/receipts/{order.pk}/"
    opened = holder.get(f"/pledges/receipt/{token}/")
    assert (opened.status_code, opened["Location"], opened["Referrer-Policy"]) == (302, page, "no-referrer")
    shown = holder.get(page).content.decode()
    assert ("启明灯具" in shown, token in shown) == (True, False)
    # The permission is this session's, for this order, as long as the link is good.
    assert Client().get(page).status_code == 404
    assert holder.get(f"/pledges/receipts/{order.pk + 1}/").status_code == 404
    certificate = f'href="/pledges/certificates/{pledge.certificate_code}/"'
    done = holder.post(page, {"photo": photo()})
    assert certificate in done.content.decode()
    spent = Client().get(f"/pledges/receipt/{token}/")
    assert (spent.status_code, holder.get(page).status_code) == (410, 410)
    assert certificate in spent.content.decode()
    assert "/pledges/mine/" not in spent.content.decode()


def test_only_the_beneficiarys_people_publish_and_renew_links(need, listing):
    with pytest.raises(NotAllowed):
        publish_need(
            beneficiary=need.beneficiary,
            asked=Asked("别人", "别人", AT.date(), {spec_of(listing).specification_id: 1}, "a", "b", "440106", "c"),
            actor=make_user(),
            at=AT,
        )
    pledge = gift(need, listing)
    pay(pledge.purchase)
    order = ship(order_of(pledge))
    assert as_(make_user()).post(f"/pledges/mine/{order.pk}/link/").status_code == 404
    assert as_(pledge.donor).post(f"/pledges/mine/{order.pk}/link/").status_code == 404
    member = need.beneficiary.memberships.get().user
    assert as_(member).post(f"/pledges/mine/{order.pk}/link/").url == f"/pledges/receipts/{order.pk}/"


def test_the_list_of_needs_asks_as_much_for_thirty_as_for_one(need, listing, django_assert_max_num_queries):
    member = need.beneficiary.memberships.get().user
    for number in range(2):
        with django_assert_max_num_queries(14):
            assert Client().get("/pledges/").status_code == 200
        for n in range(29 if number == 0 else 0):
            asked = Asked(
                f"需求{n}",
                "字",
                (AT + timedelta(days=9)).date(),
                {spec_of(listing).specification_id: 5},
                "a",
                "b",
                "440106",
                "c",
            )
            publish_need(beneficiary=need.beneficiary, asked=asked, actor=member, at=AT, slug=f"n{n}")


def test_a_campaign_shows_how_far_a_need_is_met(need, listing):
    pay(gift(need, listing, pieces=4).purchase)
    shown = progress_of(["breakfast", "unknown"])
    assert list(shown) == ["breakfast"]
    assert shown["breakfast"].url == "/pledges/needs/breakfast/"
    assert shown["breakfast"].done == 20
    assert shown["breakfast"].figures == "已送 ¥120.00 / ¥600.00"
    Need.objects.update(text_zh="")
    assert progress_of(["breakfast"])["breakfast"].text == ""


def test_received_by_time_is_not_confirmed_until_the_beneficiary_says_so(need, listing):
    pledge = gift(need, listing)
    pay(pledge.purchase)
    order = ship(order_of(pledge))
    later = AT + timedelta(days=60)
    assert receive_overdue(at=later) == 1
    order.refresh_from_db()
    assert order.state == "completed"
    assert stages(need) == [0, 0, order.total_fen, 0, 0]
    refund_order_part(order=order_of(pledge), amount_fen=100, reason="goodwill", key="r1", actor=None, at=later)
    assert stages(need) == [0, 0, order.total_fen - 100, 0, 100]
    assert books_agree()

    token = make_link(order_id=order.pk, at=later)
    confirm_by_link(token=token, photo=photo(), arrived=Arrived("都收到了"), at=later)
    assert stages(need) == [0, 0, 0, order.total_fen - 100, 100]
    refund_order_part(order=order_of(pledge), amount_fen=50, reason="goodwill", key="r2", actor=None, at=later)
    assert stages(need) == [0, 0, 0, order.total_fen - 150, 150]
    assert books_agree()


def test_giving_beyond_a_need_is_asked_about_first_and_shown_on_it(need, listing):
    other = make_listing(price_fen=1_000, stock=50)
    donor, path = make_user(name="黄启明"), f"/pledges/give/{listing.slug}/"
    asked = {f"pieces-{spec_of(listing).specification_id}": "23", "key": "y", "need": need.pk}

    question = as_(donor).post(path, asked)
    assert (question.status_code, Pledge.objects.count()) == (422, 0)
    page = question.content.decode()
    assert "还要 20 件，多送的部分属于超出需求。" in page
    assert ('value="23"' in page, 'data-testid="give-beyond"' in page) == (True, True)
    assert as_(donor).post(path, asked | {"beyond": "yes"}).status_code == 302
    unlisted = {f"pieces-{spec_of(other).specification_id}": "2", "key": "z", "need": need.pk}
    assert "没有登记要这个" in as_(donor).get(f"/pledges/give/{other.slug}/").content.decode()
    assert "没有登记要这个" in as_(donor).post(f"/pledges/give/{other.slug}/", unlisted).content.decode()
    assert as_(donor).post(f"/pledges/give/{other.slug}/", unlisted | {"beyond": "yes"}).status_code == 302

    for each in Pledge.objects.select_related("purchase"):
        pay(each.purchase)
    page = Client().get("/pledges/needs/breakfast/").content.decode()
    assert "超出需求 3 件" in page
    assert re.search(r'data-testid="unlisted".*×2', page, re.DOTALL)
    assert 'data-testid="need-percent">100 %<' in page


@pytest.mark.parametrize("named", ["启明灯具", ""])
def test_the_beneficiary_reads_who_gives_what_for_and_their_words(need, listing, named):
    pledge = gift(need, listing)
    Pledge.objects.update(donor_name=named, words="愿你们冬天暖和。")
    pay(pledge.purchase)
    ship(order_of(pledge))
    outbox.drain(at=AT)
    message = Message.objects.get(kind="gift_shipped")
    member = as_(message.user)
    donor = named or "一位不愿留名的人"
    for path in ("/account/messages/", "/pledges/mine/", message.url):
        page = member.get(path, follow=True).content.decode()
        for said in (donor, "愿你们冬天暖和。", "给孩子们的早餐"):
            assert said in page, (path, said)
    if not named:
        assert "prefers no name" in member.get("/en/account/messages/").content.decode()
    assert pledge.donor.name not in member.get(message.url).content.decode()


def test_a_need_that_a_link_names_and_takes_nothing_is_said(need, listing):
    donor, path = as_(make_user(name="黄启明")), f"/pledges/give/{listing.slug}/"
    for asked in ("abc", "999999"):
        page = donor.get(path, {"need": asked})
        assert (page.status_code, "链接中的需求现在不接收这件商品" in page.content.decode()) == (200, True)
    for right in ({"need": need.pk}, {}):
        assert "链接中的需求" not in donor.get(path, right).content.decode()
