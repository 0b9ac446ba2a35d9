"""A number of pieces is read alike on pages and in files; a line goes out by its own button, never by an empty field."""

import pytest
from django import forms

from catalog.operations.cards import rebuild_cards
from procurement.models import PurchaseRequest
from shop.core.fields import PiecesField
from shop.core.numbers import CountFault, NotACount, read_count
from tests.factories import AT, make_listing

from .offices import as_, ask, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


@pytest.fixture
def asked(office, listing):
    return ask(office, (listing, 3), (make_listing(price_fen=500), 2))


def names(request):
    return [f"pieces-{line.specification_id}" for line in request.lines.all()]


def change(office, request, **typed):
    address = f"/units/requests/{request.number}/change/"
    return as_(office.buyer).post(address, {"version": request.version} | typed)


def counts():
    return [line.quantity for line in PurchaseRequest.objects.get().lines.all()]


@pytest.mark.parametrize(("typed", "read"), [("24件", 24), ("１２", 12), ("1,200", 1200), ("二十", 20), ("12.0", 12)])
def test_the_request_page_reads_counts_as_a_file_does(office, asked, typed, read):
    first, second = names(asked)
    assert change(office, asked, **{first: typed, second: "2"}).status_code == 302
    assert counts() == [read, 2]
    assert (read_count(typed), PiecesField().clean(typed)) == (read, read)


@pytest.mark.parametrize("typed", ["", "0", "2箱", "1.5", "很多", "-3"])
def test_an_empty_or_refused_count_is_said_beside_its_field_and_takes_nothing_out(office, asked, typed):
    first, second = names(asked)
    page = change(office, asked, **{first: typed, second: "7"})
    text = page.content.decode()
    assert (page.status_code, counts(), text.count('data-testid="line-refusal"')) == (422, [3, 2], 1)
    assert f'aria-describedby="{first}-error"' in text
    # What was typed in the other field stays.
    assert 'value="7"' in text
    assert f'value="{typed.strip()}"' in text


def test_every_refused_count_has_its_message(office, asked):
    first, second = names(asked)
    text = change(office, asked, **{first: "", second: "2箱"}).content.decode()
    assert text.count('data-testid="line-refusal"') == 2
    assert ("请填写件数" in text, "“2箱”不是按件" in text) == (True, True)


def test_a_line_is_taken_out_by_its_button_and_other_counts_are_kept(office, asked):
    first, second = names(asked)
    assert change(office, asked, **{first: "", second: "7", "remove": first.removeprefix("pieces-")}).status_code == 302
    assert counts() == [7]


def test_the_enter_key_saves_and_takes_nothing_out(office, asked):
    text = as_(office.buyer).get(f"/units/requests/{asked.number}/").content.decode()
    form = text[text.index("/change/") :]
    first = form[form.index("<button") : form.index("</button>")]
    assert 'name="remove"' not in first


def test_a_count_that_is_none_is_said_beside_its_goods_in_the_catalogue(office, asked, listing):
    first, second = names(asked)
    rebuild_cards(at=AT)
    page = as_(office.buyer).post(f"/units/requests/{asked.number}/add/", {first: "2箱", second: "4"})
    text = page.content.decode()
    assert (page.status_code, counts(), text.count('data-testid="line-refusal"')) == (422, [3, 2], 1)
    assert ('value="2箱"' in text, 'value="4"' in text) == (True, True)
    added = as_(office.buyer).post(f"/units/requests/{asked.number}/add/", {first: "4件", second: ""})
    assert (added.status_code, counts()) == (302, [7, 2])


def test_refused_facts_keep_what_was_typed(office, asked):
    typed = {"fund": "union", "terms": "prepaid", "note": "长" * 201, "year": "2026", "version": asked.version}
    page = as_(office.buyer).post(f"/units/requests/{asked.number}/facts/", typed)
    assert page.status_code == 422
    assert ("长" * 201) in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("", "no_quantity"), ("2箱", "other_unit"), ("1.5", "not_whole"), ("-3", "not_whole"), ("约20", "not_a_number")],
)
def test_a_field_of_pieces_says_what_is_wrong(typed, fault):
    with pytest.raises(NotACount) as refused:
        read_count(typed)
    assert refused.value.fault == CountFault(fault)
    with pytest.raises(forms.ValidationError):
        PiecesField().clean(typed)
