"""Page, program and certificate say the same of where a gift stands, of several orders as well."""

import re

import pytest
from django.test import Client

from procurement.operations.pledging import give
from procurement.operations.receiving import Arrived, confirm_by_link, make_link
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user, spec_of
from tests.sales.selling import pay, photo, ship

from .giving import as_, listing, need

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["listing", "need"]


def confirm(order, number):
    ship(order, number=f"SF123456789012{number}")
    token = make_link(order_id=order.pk, at=AT)
    confirm_by_link(token=token, photo=photo(), arrived=Arrived("谢谢"), at=AT)


def test_a_gift_of_two_orders_is_confirmed_when_both_are(need, listing):
    tea = make_listing("英红", price_fen=2_000, stock=50)
    donor = make_user(name="黄启明")
    pledge = give(
        need_id=need.pk, pieces={spec_of(listing).specification_id: 1, spec_of(tea).specification_id: 2},
        donor=donor, key="two", at=AT, beyond=True,
    )  # fmt: skip
    pay(pledge.purchase)
    first, second = pledge.purchase.orders.order_by("pk")
    parts = [first.left_fen, second.left_fen]

    def told():
        page = as_(donor).get("/pledges/mine/").content.decode()
        badge = re.search(r'data-testid="gift">.*?class="badge[^>]*>(.*?)</span>', page, re.DOTALL)[1]
        certificate = Client().get(f"/api/v1/gifts/certificates/{pledge.certificate_code}").json()
        gift = program_of(donor).get("/gifts").data["items"][0]
        assert gift["gift_state"] == certificate["state"]
        paper = Client().get(f"/pledges/certificates/{pledge.certificate_code}/").content.decode()
        assert ("已核验" in paper) == certificate["is_valid"]
        words = re.sub(r"<[^>]+>", "", badge).strip()
        return words, certificate, "certified-part" in paper

    confirm(first, 0)
    words, certificate, is_part = told()
    assert (words, certificate["state"], certificate["is_valid"], is_part) == ("已付款，备货中", "to_ship", True, True)
    assert certificate["confirmed"] == f"{parts[0] / 100:.2f}"
    assert certificate["total"] == f"{sum(parts) / 100:.2f}"
    confirm(second, 1)
    words, certificate, is_part = told()
    assert (certificate["state"], certificate["is_valid"], is_part) == ("confirmed", True, False)
    assert certificate["confirmed"] == certificate["total"] == f"{sum(parts) / 100:.2f}"
