"""A unit's home is kept under what it shows: after every step it is the page that would be made anew."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache

from procurement.models import QuotaPolicy
from procurement.operations.accepting import accept_goods
from procurement.operations.deciding import decide_request
from procurement.operations.ordering import order_request
from procurement.operations.paying import pay_in_demo
from procurement.operations.requests import submit_request
from shop.accounts.models import Membership
from shop.sales.models import DeliveryDue, OrderFacts, Purchase
from tests.factories import AT, make_listing
from tests.procurement.offices import Office, ask, declared, make_office, ordered, submitted
from tests.procurement.test_pages import as_
from tests.sales.selling import lines_of, ship

pytestmark = pytest.mark.django_db


class Desk:
    """The unit's buyer before the unit's home."""

    def __init__(self, office: Office) -> None:
        self.client, self.last = as_(office.buyer), ""

    def _get(self, path: str) -> str:
        html = self.client.get(path).content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)

    def look(self, *, changed: bool = True, path: str = "/units/") -> None:
        """Assert that what is shown is what is made anew; and that a step that shows changed it."""
        self._get(path)
        kept = self._get(path)
        cache.clear()
        assert kept == self._get(path)
        assert (kept != self.last) == changed
        self.last = kept


@pytest.fixture
def now(monkeypatch):
    moment = [AT]
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment[0])
    return moment


def test_after_every_step_it_is_the_page_that_would_be_made(now) -> None:
    above = make_office(kind="supervising")
    office = make_office(above.unit, budget_fen=10_000_000, terms="postpaid")
    listing = make_listing(price_fen=10_000, stock=200)
    desk = Desk(office)
    desk.look()
    declared(office, 14_000_000, by=above.approver)
    desk.look()
    request = ask(office, (listing, 3))
    desk.look()
    request = submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=AT)
    desk.look()
    decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=AT)
    desk.look()
    order_request(request_id=request.pk, actor=office.buyer, at=AT)
    desk.look()
    order = OrderFacts.objects.select_related("order").get(purchase__key=f"request:{request.number}")
    ship(order)
    desk.look()
    accepted = {lines_of(order)[0].pk: 2}
    accept_goods(order_id=order.pk, accepted=accepted, note="", photos=[], actor=office.buyer, at=AT)
    desk.look()
    Purchase.objects.filter(pk=order.purchase_id).update(pay_by=AT - timedelta(days=1))
    DeliveryDue.objects.filter(order=order.pk).update(pay_by=AT - timedelta(days=1))
    desk.look()
    pay_in_demo(request_id=request.pk, actor=office.finance, at=AT)
    desk.look()
    ordered(make_office(above.unit, budget_fen=10_000_000), (listing, 1))
    desk.look(changed=False)
    QuotaPolicy.objects.update(name_zh="新政策")
    desk.look()
    office.unit.organisation.name_zh = "红星小学"
    office.unit.organisation.save()
    desk.look()
    Membership.objects.filter(user=office.buyer).update(role="finance")
    desk.look()
    now[0] = AT + timedelta(days=1)
    desk.look()
    desk.look(path="/en/units/")
    desk.look(path="/units/?year=2025")


def test_two_people_of_a_unit_have_the_same_page_only_with_the_same_role(now) -> None:
    office = make_office(budget_fen=10_000_000)
    submitted(office, (make_listing(price_fen=10_000, stock=9), 1))
    pages = [as_(user).get("/units/").content.decode() for user in (office.buyer, office.approver)]
    assert ['data-testid="new-request"' in page for page in pages] == [True, False]


def test_once_kept_it_takes_six_queries(now, django_assert_max_num_queries) -> None:
    office = make_office(budget_fen=10_000_000)
    client = as_(office.buyer)
    client.get("/units/")
    # Session, reader, units, and three for what tells one state of the page from another.
    with django_assert_max_num_queries(6):
        assert client.get("/units/").status_code == 200
