"""Who oversees a unit reads what its orders came from: request, paper, payment; it acts on none, others see none."""

import pytest

from procurement.models import PurchaseRequest
from shop.accounts.models import Organisation
from tests.api.conftest import program_of

from .offices import as_, ask, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def bought(office, listing):
    (order,) = ordered(office, (listing, 5), terms="prepaid")
    request = PurchaseRequest.objects.get()
    as_(office.finance).post(f"/units/payments/{request.number}/", {"how": "transfer"})
    Organisation.objects.filter(kind="supervising").update(kind=Organisation.Kind.SUPERVISING_UNIT)
    return request, order.order.number


def pages(number):
    return (f"/units/requests/{number}/", f"/units/requests/{number}/paper/", f"/units/payments/{number}/")


@pytest.mark.parametrize("role", ["buyer", "approver", "finance"])
def test_who_oversees_a_unit_reads_request_paper_and_payment_and_finds_no_form_there(office, bought, role):
    request, order = bought
    above = as_(getattr(office.above, role))
    page = above.get(f"/units/orders/{order}/").content.decode()
    for url in (f"/units/requests/{request.number}/", f"/units/payments/{request.number}/"):
        assert f'href="{url}"' in page
    code = as_(office.finance).get(f"/units/payments/{request.number}/").context["code"]
    for url in pages(request.number):
        shown = above.get(url)
        html = shown.content.decode()
        main = html.split("<main")[-1].split("</main>")[0]
        assert (shown.status_code, office.unit.organisation.name_zh in main) == (200, True)
        assert ("<button" in main, 'type="file"' in main, "<textarea" in main) == (False, False, False)
        assert (bool(code), code in html) == (True, False)


def test_other_overseers_and_units_find_none_of_it(office, bought):
    request, _order = bought
    other = make_office(kind="supervising")
    sister = make_office(office.above.unit)
    Organisation.objects.filter(kind="supervising").update(kind=Organisation.Kind.SUPERVISING_UNIT)
    for person in (other.buyer, other.finance, sister.buyer, sister.approver):
        assert [as_(person).get(url).status_code for url in pages(request.number)] == [404, 404, 404]
        for path in ("", "/payment"):
            assert program_of(person).get(f"/units/requests/{request.number}{path}").status_code in (403, 404)


def test_who_oversees_a_unit_does_nothing_with_its_requests(office, bought):
    request, _order = bought
    above = as_(office.above.finance)
    for step in ("change", "facts", "submit", "take-back", "give-up", "decide", "order"):
        assert above.post(f"/units/requests/{request.number}/{step}/", {"version": "1"}).status_code == 404
    assert above.post(f"/units/payments/{request.number}/", {"how": "transfer"}).status_code == 404
    for step in ("slip", "account"):
        assert above.post(f"/units/payments/{request.number}/{step}/").status_code == 404
    for step in ("add", "list", "address"):
        assert above.get(f"/units/requests/{request.number}/{step}/").status_code == 404


def test_what_is_not_ordered_is_the_units_own(office, listing):
    draft = ask(office, (listing, 2))
    assert [as_(office.above.buyer).get(url).status_code for url in pages(draft.number)] == [404, 404, 404]


def test_the_api_tells_who_oversees_the_same(office, bought):
    request, order = bought
    above = program_of(office.above.finance)
    told = above.get(f"/units/requests/{request.number}")
    assert (told.status_code, told.data["number"], told.data["orders"]) == (200, request.number, [order])
    paid = above.get(f"/units/requests/{request.number}/payment")
    assert (paid.status_code, paid.data["due"], paid.data["remittance_code"]) == (200, "500.00", "")
    assert above.post(f"/units/requests/{request.number}/payment", key="p").status_code in (403, 404)
    own = program_of(office.finance).get(f"/units/requests/{request.number}/payment").data
    assert own["remittance_code"]
