import pytest
from django.test import Client

from procurement.models import Pledge, ReceiptLink
from procurement.operations.pledging import give
from procurement.operations.receiving import Arrived, confirm_by_link, make_link
from shop.accounts.operations.privacy import erase_person, export_person
from shop.core.errors import KeyUsed
from shop.sales.models import Purchase
from shop.sales.operations.privacy import StillOpen
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user, spec_of
from tests.sales.selling import pay, photo, ship

from .giving import as_, gift, listing, need, order_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["listing", "need"]


def test_a_used_key_with_another_gift_is_refused_and_says_what_stands(need, listing):
    donor = make_user()
    made = gift(need, listing, 2, donor=donor)
    with pytest.raises(KeyUsed) as refused:
        gift(need, listing, 3, donor=donor)
    assert (refused.value.details["certificate"], Pledge.objects.count()) == (made.certificate_code, 1)
    client = Client()
    client.force_login(donor)
    spec = listing.specifications.get().pk
    path = f"/pledges/needs/{need.slug}/"
    form = {"key": client.get(path).context["key"], f"pieces-{spec}": "2", "donor_name": "周", "message": ""}
    assert client.post(path, form).status_code == client.post(path, form).status_code == 302
    for other in ({f"pieces-{spec}": "1"}, {"donor_name": "李"}, {"message": "加油"}):
        again = client.post(path, form | other)
        assert (again.status_code, Pledge.objects.count()) == (409, 2)
        assert Pledge.objects.latest("pk").certificate_code in again.content.decode()
        assert again.context["key"] != form["key"]


def test_a_confirmed_receipt_gives_no_link_any_more_on_any_door(need, listing):
    pledge = gift(need, listing)
    pay(pledge.purchase)
    order = order_of(pledge)
    member = need.beneficiary.memberships.get().user
    school = program_of(member)
    # Nothing is on its way yet.
    assert school.post(f"/gifts/received/{order.pk}/link").data["code"] == "wrong_state"
    assert as_(member).post(f"/pledges/mine/{order.pk}/link/").url == "/pledges/mine/"
    ship(order)
    told = school.get("/gifts/received").data["items"][0]["orders"][0]
    assert (told["may_confirm"], told["is_confirmed"]) == (True, False)
    confirm_by_link(token=make_link(order_id=order.pk, at=AT), photo=photo(), arrived=Arrived(), at=AT)
    told = school.get("/gifts/received").data["items"][0]["orders"][0]
    assert (told["may_confirm"], told["is_confirmed"]) == (False, True)
    links = ReceiptLink.objects.count()
    assert school.post(f"/gifts/received/{order.pk}/link").data["code"] == "link_spent"
    assert as_(member).post(f"/pledges/mine/{order.pk}/link/").status_code == 410
    assert ReceiptLink.objects.count() == links


def test_two_orders_of_a_gift_are_told_apart_where_they_are_confirmed(need, listing):
    tea = make_listing("英红", price_fen=2_000, stock=50)
    pledge = give(
        need_id=need.pk,
        pieces={spec_of(listing).specification_id: 1, spec_of(tea).specification_id: 2},
        donor=make_user(name="黄启明"),
        key="two",
        at=AT,
        beyond=True,
    )
    pay(pledge.purchase)
    for number, order in enumerate(pledge.purchase.orders.order_by("pk")):
        ship(order, number=f"SF123456789012{number}")
    member = need.beneficiary.memberships.get().user
    page = as_(member).get("/pledges/mine/").content.decode()
    assert page.count('data-testid="confirm-receipt"') == 2
    said = [
        row["what"] for row in program_of(member, language="zh-hans").get("/gifts/received").data["items"][0]["orders"]
    ]
    assert len(set(said)) == 2
    assert [page.count(what) for what in said] == [1, 1]


def test_a_donor_is_forgotten_while_the_beneficiary_has_yet_to_confirm(need, listing):
    donor = make_user(name="黄启明")
    pledge = gift(need, listing, donor=donor)
    with pytest.raises(StillOpen, match=order_of(pledge).order.number):
        erase_person(user=donor, at=AT)
    pay(pledge.purchase)
    order = ship(order_of(pledge))
    (bought,) = export_person(user=donor)["purchases"]
    assert bought["phone"] == "138****2046"
    erase_person(user=donor, at=AT)
    purchase = Purchase.objects.get()
    assert (purchase.contact_phone, purchase.ship_name, purchase.ship_street) == ("", "总务处", "红星路 3 号")
    confirm_by_link(token=make_link(order_id=order.pk, at=AT), photo=photo(), arrived=Arrived(), at=AT)
    order.refresh_from_db()
    assert order.state == "completed"
