"""What is approved is all of it: lines, address, fund, terms. Nothing of it changes without a new approval."""

import pytest

from procurement.errors import ChangedSince, WrongStep
from procurement.models import PurchaseRequest
from procurement.operations.deciding import decide_request
from procurement.operations.ordering import order_request
from procurement.operations.requests import Address, set_address, set_facts, submit_request, take_back
from procurement.operations.units import set_delivery
from shop.core import projections
from shop.core.errors import InvalidInput
from shop.sales.models import Purchase
from tests.api.conftest import program_of
from tests.factories import AT

from .offices import approved, as_, ask, figure, ordered, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
HOME = Address("李四", "+8613900000001", "440106", "家属院 3 栋 502")


def moved(office, at=AT):
    set_delivery(
        unit_id=office.unit.pk, name=HOME.name, phone=HOME.phone, division_code=HOME.division_code,
        street=HOME.street, actor=office.buyer, at=at,
    )  # fmt: skip


def test_what_was_approved_goes_where_it_was_approved_to(office, listing):
    request = approved(office, (listing, 2))
    moved(office)
    order_request(request_id=request.pk, actor=office.buyer, at=AT)
    purchase = Purchase.objects.get()
    assert (purchase.ship_name, purchase.ship_street, purchase.contact_phone) == (
        "周敏", "龙口西路 8 号", "13800002046",
    )  # fmt: skip


def test_after_approval_neither_address_nor_fund_nor_terms_can_be_changed(office, listing):
    request = approved(office, (listing, 2))
    by = {"request_id": request.pk, "actor": office.buyer, "at": AT}
    with pytest.raises(WrongStep):
        set_address(address=HOME, **by)
    with pytest.raises(WrongStep):
        set_facts(fund="union", terms="prepaid", note="", **by)
    # Written past the operations: what is ordered is compared with the version that was approved.
    for change in ({"ship_street": HOME.street}, {"fund": "union"}, {"terms": "prepaid"}):
        before = {name: getattr(request, name) for name in change}
        PurchaseRequest.objects.filter(pk=request.pk).update(**change)
        with pytest.raises(ChangedSince):
            order_request(**by)
        PurchaseRequest.objects.filter(pk=request.pk).update(**before)
    request.lines.update(quantity=1)
    with pytest.raises(ChangedSince):
        order_request(**by)
    assert not Purchase.objects.exists()


def test_another_address_is_a_new_version_that_the_approver_sees(office, listing):
    request = submitted(office, (listing, 2), fund="canteen", terms="postpaid")
    take_back(request_id=request.pk, actor=office.buyer, at=AT)
    changed = set_address(request_id=request.pk, address=HOME, actor=office.buyer, at=AT)
    changed = set_facts(request_id=request.pk, fund="union", terms="prepaid", note="急用", actor=office.buyer, at=AT)
    submit_request(request_id=request.pk, version=changed.version, actor=office.buyer, at=AT)

    page = as_(office.approver).get(f"/units/requests/{request.number}/")
    text = page.content.decode()
    for what in ("address", "fund", "terms", "note"):
        assert f'data-testid="changed-{what}"' in text
    assert "家属院 3 栋 502" in text
    assert 'data-testid="other-address"' in text
    shown = program_of(office.approver).get(f"/units/requests/{request.number}").data
    assert [each["what"] for each in shown["changes"]["facts"]] == ["address", "fund", "terms", "note"]
    assert "家属院 3 栋 502" in figure(
        as_(office.approver).get(f"/units/requests/{request.number}/paper/"), "paper-address"
    )
    with pytest.raises(ChangedSince):
        decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=AT)


def test_an_order_shows_where_it_goes_and_how_it_is_paid(office, listing):
    (order,) = ordered(office, (listing, 2), fund="union", terms="prepaid")
    text = as_(office.buyer).get(f"/units/orders/{order.order.number}/").content.decode()
    assert "龙口西路 8 号" in text
    page = as_(office.buyer).get(f"/units/orders/{order.order.number}/")
    assert (figure(page, "order-fund"), figure(page, "order-year")) == ("工会", "2026")
    shown = program_of(office.buyer).get(f"/units/orders/{order.order.number}").data
    assert (shown["ship_to"]["street"], shown["terms"], shown["fund"]) == ("龙口西路 8 号", "prepaid", "union")


def test_the_address_of_a_request_is_set_on_its_page_and_by_the_api(office, listing):
    request = ask(office, (listing, 2))
    path = f"/units/requests/{request.number}/address/"
    given = {"name": HOME.name, "phone": "13900000001", "division": "440106", "street": HOME.street}
    buyer = as_(office.buyer)
    assert buyer.get(path).status_code == 200
    assert as_(office.approver).post(path, given | {"version": request.version}).status_code == 403
    assert buyer.post(path, given | {"street": "", "version": request.version}).status_code == 422
    assert buyer.post(path, given | {"version": request.version}).status_code == 302
    request.refresh_from_db()
    assert (request.ship_street, request.ship_phone) == (HOME.street, "13900000001")
    assert buyer.post(path, {"unit": "1", "version": request.version}).status_code == 302
    request.refresh_from_db()
    assert request.ship_street == "龙口西路 8 号"
    program = program_of(office.buyer)
    body = {"version": request.version, "ship_to": given}
    shown = program.send("PUT", f"/units/requests/{request.number}/address", body).data
    assert (shown["ship_to"]["street"], shown["version"]) == (HOME.street, request.version + 1)
    wrong = {"version": shown["version"], "ship_to": given | {"division": "999999"}}
    assert program.send("PUT", f"/units/requests/{request.number}/address", wrong).status_code == 422


def test_a_division_that_is_none_is_refused_for_the_units_address_too(office):
    with pytest.raises(InvalidInput) as refused:
        set_delivery(
            unit_id=office.unit.pk, name="周敏", phone="+8613800002046", division_code="999999", street="某路",
            actor=office.buyer, at=AT,
        )  # fmt: skip
    assert refused.value.field == "division"


def test_an_approved_amount_that_is_not_its_versions_is_found(office, listing):
    request = approved(office, (listing, 2))
    name = "what was approved of a request is its version, decided by others than who asked for it, and is what was ordered"
    assert dict(projections.run_all())[name] == []
    type(request).objects.update(approved_fen=request.approved_fen + 100)
    assert [(each.stored - each.counted) for each in dict(projections.run_all())[name]] == [100, 1]
