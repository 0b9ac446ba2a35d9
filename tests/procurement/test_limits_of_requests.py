"""What a buyer may have of a limited listing is said at the line, at submitting and at approving, not only at ordering."""

import re

import pytest

from catalog.models import Listing
from procurement.models import PurchaseRequest
from procurement.operations.deciding import decide_request
from procurement.operations.requests import put_lines, submit_request
from procurement.rules.lists import Known, check_rows
from procurement.rules.tables import Cell
from shop.sales.errors import OverLimit
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, spec_of

from .offices import approved, as_, ask, make_office, ordered
from .shopping import take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


def limit(listing, pieces):
    Listing.objects.filter(pk=listing.pk).update(purchase_limit=pieces)


def test_a_draft_line_beyond_the_limit_is_refused_beside_its_field_on_every_door(office, listing):
    limit(listing, 2)
    request = ask(office, (listing, 2))
    spec = spec_of(listing).specification_id
    with pytest.raises(OverLimit) as refused:
        put_lines(request_id=request.pk, pieces={spec: 3}, actor=office.buyer, at=AT)
    assert (refused.value.field, refused.value.details["left"]) == (f"pieces-{spec}", 2)
    url = f"/units/requests/{request.number}/change/"
    page = as_(office.buyer).post(url, {f"pieces-{spec}": "3", "version": request.version})
    assert (page.status_code, "line-refusal" in page.content.decode()) == (409, True)
    body = {"version": request.version, "lines": [{"specification_id": spec, "quantity": 3}]}
    answer = program_of(office.buyer).send("PUT", f"/units/requests/{request.number}/lines", body)
    assert (answer.status_code, answer.data["code"]) == (409, "over_limit")
    assert PurchaseRequest.objects.get().lines.get().quantity == 2


def test_what_was_had_before_counts_when_it_is_submitted(office, listing):
    ordered(office, (listing, 2))
    request = ask(office, (listing, 1))
    limit(listing, 2)
    with pytest.raises(OverLimit):
        submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=AT)


def test_a_limit_that_came_meanwhile_stops_the_approval_and_not_the_return(office, listing):
    request = ask(office, (listing, 3))
    submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=AT)
    limit(listing, 2)
    given = {"request_id": request.pk, "version": request.version, "actor": office.approver, "at": AT}
    with pytest.raises(OverLimit):
        decide_request(approve=True, **given)
    assert decide_request(approve=False, reason="限购", **given).state == "returned"


def test_within_the_limit_it_is_approved(office, listing):
    limit(listing, 2)
    assert approved(office, (listing, 2)).state == "approved"


def within(may_have, *rows, there=0, adds=False):
    """Check rows of two specifications (A, B) of one limited listing; `there` pieces of B are in the request."""
    known = {
        "A": Known(1, True, 99, listing_id=5, may_have=may_have),
        "B": Known(2, True, 99, there=there, listing_id=5, may_have=may_have),
        "C": Known(3, True, 99, listing_id=6),
    }
    cells = [Cell(n, code, text) for n, (code, text) in enumerate(rows, 1)]
    return [(row.verdict.value, row.left, row.becomes) for row in check_rows(cells, known, adds=adds)]


def test_rows_of_a_list_share_what_the_buyer_may_have():
    good = ("good", 0, 2)
    assert within(4, ("A", "2"), ("B", "2"), ("C", "2")) == [good, good, good]
    assert within(4, ("A", "2"), ("B", "3")) == [good, ("over_limit", 2, 0)]
    assert within(4, ("A", "5"), ("B", "2")) == [("over_limit", 4, 0), good]
    assert within(0, ("A", "1")) == [("over_limit", 0, 0)]
    # What the request holds of B stays unless a good row takes its place.
    assert within(4, ("A", "2"), there=3) == [("over_limit", 1, 0)]
    assert within(4, ("A", "2"), ("B", "2"), there=3) == [good, good]
    assert within(4, ("A", "2"), ("B", "x"), there=3) == [("over_limit", 1, 0), ("not_a_number", 0, 3)]
    assert within(4, ("B", "2"), there=3, adds=True) == [("over_limit", 4, 3)]


def test_a_list_beyond_the_limit_says_so_at_its_row_and_leaves_the_others(office, listing):
    limit(listing, 2)
    other = make_listing("连山大米", price_fen=500, stock=50)
    text = f"{spec_of(listing).sku}\t3\n{spec_of(other).sku}\t4"
    client = as_(office.buyer)
    path = client.post("/units/requests/new/", {"how": "list"})["Location"]
    answer = client.post(path, {"text": text})
    page = answer.content.decode()
    assert re.findall(r'data-verdict="(\w+)"', page) == ["over_limit", "good"]
    assert "每位买家限购，最多还可要 2 件" in page
    assert take(client, answer).status_code == 302
    request = PurchaseRequest.objects.get()
    assert [line.quantity for line in request.lines.all()] == [4]
    program = program_of(office.buyer)
    made = program.post("/units/requests", {"text": text}, key="l1")
    refused = [(row["row"], row["verdict"], row["quantity"]) for row in made.data["refused_rows"]]
    assert (made.status_code, refused, [line["quantity"] for line in made.data["lines"]]) == (
        201, [(1, "over_limit", 3)], [4],
    )  # fmt: skip
    added = program.post(
        f"/units/requests/{request.number}/list",
        {"text": f"{spec_of(listing).sku} 3", "version": request.version},
        key="l2",
    )
    assert [row["verdict"] for row in added.data["refused_rows"]] == ["over_limit"]


def test_lines_and_text_of_one_call_count_together(office, listing):
    limit(listing, 4)
    spec = spec_of(listing)
    body = {"lines": [{"specification_id": spec.specification_id, "quantity": 3}], "text": f"{spec.sku} 2"}
    made = program_of(office.buyer).post("/units/requests", body, key="l1")
    assert [row["verdict"] for row in made.data["refused_rows"]] == ["over_limit"]
    assert [line["quantity"] for line in made.data["lines"]] == [3]
