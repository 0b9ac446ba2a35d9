"""One way that units' phones are kept and shown, and the flag of an address that is not the unit's own."""

import pytest

from procurement.models import BudgetUnit, PurchaseRequest, RequestVersion
from procurement.operations.accepting import Receivers, accept_goods
from procurement.operations.deciding import decide_request
from procurement.operations.ordering import order_request
from procurement.operations.requests import Address, set_address, submit_request, take_back
from procurement.queries.requests import fact_changes
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import ship

from .offices import approved, as_, ask, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def test_a_units_phone_is_kept_and_shown_as_eleven_digits(listing):
    office = make_office(budget_fen=1_000_000, ship_phone="+8619920270000")
    assert BudgetUnit.objects.get(pk=office.unit.pk).ship_phone == "19920270000"
    # As it was kept before.
    BudgetUnit.objects.filter(pk=office.unit.pk).update(ship_phone="+8619920270000")
    office.unit.refresh_from_db()
    found = approved(office, (listing, 1))
    assert found.ship_phone == "19920270000"
    PurchaseRequest.objects.filter(pk=found.pk).update(ship_phone="+8619920270000")
    page = as_(office.buyer).get(f"/units/requests/{found.number}/").content.decode()
    assert ("19920270000" in page, "+86199" in page, "other-address" in page) == (True, False, False)
    assert program_of(office.buyer).get(f"/units/requests/{found.number}").data["ship_to"]["phone"] == "19920270000"


def test_a_phones_prefix_is_no_difference_between_versions(listing):
    office = make_office(budget_fen=1_000_000)
    found = approved(office, (listing, 1))
    taken = take_back(request_id=found.pk, actor=office.buyer, at=AT)
    submit_request(request_id=found.pk, version=taken.version, actor=office.buyer, at=AT)
    before, now = [each.facts for each in RequestVersion.objects.order_by("version")]
    assert fact_changes(before | {"ship_phone": f"+86{now['ship_phone']}"}, now) == []
    assert [each.what for each in fact_changes(before | {"ship_phone": "13900000000"}, now)] == ["address"]


def test_goods_for_another_address_are_flagged_on_request_order_and_papers(listing):
    office = make_office(budget_fen=1_000_000)
    asked = ask(office, (listing, 1))
    home = Address("周敏", "13800002046", "440106", "天河路 1 号 801")
    asked = set_address(request_id=asked.pk, address=home, actor=office.buyer, at=AT)
    asked = submit_request(request_id=asked.pk, version=asked.version, actor=office.buyer, at=AT)
    for actor in [office.approver, office.finance][: office.unit.approvals]:
        decide_request(request_id=asked.pk, version=asked.version, approve=True, actor=actor, at=AT)
    order_request(request_id=asked.pk, actor=office.buyer, at=AT)
    order = PurchaseRequest.objects.get().purchase.orders.get()
    ship(order)
    accept_goods(order_id=order.pk, accepted={}, receivers=Receivers("李师傅"), actor=office.buyer, at=AT)
    number = order.order.number
    for path in (
        f"/units/requests/{asked.number}/",
        f"/units/requests/{asked.number}/paper/",
        f"/units/orders/{number}/",
        f"/units/orders/{number}/acceptances/1/",
    ):
        page = as_(office.buyer).get(path)
        assert (page.status_code, "other-address" in page.content.decode()) == (200, True), path
