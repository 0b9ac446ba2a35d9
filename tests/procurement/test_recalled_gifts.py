"""Who received goods that somebody else bought is told that they are recalled, and every page of the gift says so."""

import pytest
from django.test import Client
from django.utils import timezone

from procurement.operations.receiving import make_link
from shop.accounts.models import Message
from shop.core import outbox
from tests.api.conftest import program_of
from tests.factories import make_user
from tests.sales.selling import pay
from tests.traceability.growing import look, make_grown, make_lot, paid_order, report, send

from .giving import as_, gift, need, order_of
from .offices import make_office, ordered

pytestmark = pytest.mark.django_db
__all__ = ["need"]


@pytest.fixture
def listing():
    return make_grown(make_user(), stock=30)


def told(kind: str) -> list[Message]:
    outbox.drain(at=timezone.now())
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def test_the_beneficiary_of_a_recalled_gift_is_told_and_its_pages_say_so(need, listing):
    donor = make_user()
    lot = make_lot(listing, pieces=20)
    pledge = gift(need, listing, 4, donor=donor)
    pay(pledge.purchase)
    order = order_of(pledge)
    send(order, 4)
    token = make_link(order_id=order.pk, at=timezone.now())
    person = need.beneficiary.memberships.get().user
    pages = {
        "mine": (as_(person), "/pledges/mine/"),
        "given": (as_(donor), "/pledges/mine/"),
        "need": (Client(), f"/pledges/needs/{need.slug}/"),
        "certificate": (Client(), f"/pledges/certificates/{pledge.certificate_code}/"),
        "receipt": (Client(), f"/pledges/receipt/{token}/"),
    }

    def says() -> dict[str, bool]:
        found = {name: client.get(path, follow=True).content.decode() for name, (client, path) in pages.items()}
        return {name: 'data-testid="gift-recalled"' in html and lot.code in html for name, html in found.items()}

    assert says() == dict.fromkeys(pages, False)
    look(lot, report(passed=False))
    (message,) = told("lot_recalled_received")
    assert (message.user_id, message.url, message.params["code"]) == (person.pk, "/pledges/mine/", lot.code)
    assert [each.user_id for each in told("lot_recalled")] == [donor.pk]
    assert says() == dict.fromkeys(pages, True)
    assert as_(person).get(message.url).status_code == 200
    rows = [{"name": listing.name_zh, "pieces": 4, "lot": lot.code}]
    chinese = {"language": "zh-hans"}
    assert program_of(person, "pledges:read", **chinese).get("/gifts/received").data["items"][0]["recalled"] == rows
    assert program_of(donor, "pledges:read", **chinese).get("/gifts").data["items"][0]["recalled"] == rows
    assert program_of(donor, **chinese).get(f"/needs/{need.slug}").data["recalled"] == rows
    assert program_of(donor, **chinese).get(f"/gifts/certificates/{pledge.certificate_code}").data["recalled"] == rows


def test_who_accepts_goods_for_a_unit_is_told_of_a_recall(listing):
    office = make_office(budget_fen=10_000_000)
    lot = make_lot(listing, pieces=20)
    order = ordered(office, (listing, 4), terms="postpaid")[0]
    send(order, 4)
    look(lot, report(passed=False))
    found = {each.user_id: each.url for each in told("lot_recalled_received")}
    url = f"/units/orders/{order.order.number}/"
    # Its buyer is told as who bought it.
    assert found == {office.approver.pk: url}
    assert [each.user_id for each in told("lot_recalled")] == [office.buyer.pk]
    assert 'data-testid="gift-recalled"' in as_(office.approver).get(url).content.decode()


def test_nobody_else_is_told_of_an_order_that_was_bought_for_oneself(listing):
    lot = make_lot(listing, pieces=20)
    send(paid_order(listing, 2))
    look(lot, report(passed=False))
    assert told("lot_recalled_received") == []
