"""A list that is taken into a request: what is there is replaced unless somebody says to add; nothing doubles by itself."""

import pytest

from tests.api.conftest import program_of
from tests.factories import make_listing, spec_of

from .offices import as_, ask, make_office
from .shopping import checked, list_url, take, ticked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


@pytest.fixture
def goods():
    return make_listing("连山大米", price_fen=500, stock=150)


@pytest.fixture
def request_(office, goods):
    return ask(office, (goods, 8))


def held(request_):
    return [line.quantity for line in request_.lines.all()]


def test_a_list_replaces_what_the_request_holds_of_the_same_goods(office, goods, request_):
    client, path = as_(office.buyer), f"/units/requests/{request_.number}/list/"
    listed = {"text": f"{spec_of(goods).sku}\t100"}
    page = client.post(path, listed)
    assert checked(page) == [(["8"], ["100"]), ["good"]]
    assert 'data-mode="replace"' in page.content.decode()
    assert take(client, page).status_code == 302
    assert held(request_) == [100]
    # The same file once more, checked or posted again from the old page: it stays.
    take(client, client.post(path, listed))
    take(client, page)
    assert held(request_) == [100]


def test_a_list_adds_where_somebody_says_so_and_once_by_one_press(office, goods, request_):
    client, path = as_(office.buyer), f"/units/requests/{request_.number}/list/"
    page = client.post(path, {"text": f"{spec_of(goods).sku}\t100"})
    added = client.get(list_url(page), {"mode": "add"})
    assert checked(added) == [(["8"], ["108"]), ["good"]]
    assert 'data-mode="add"' in added.content.decode()
    for _press in range(3):
        assert take(client, added).status_code == 302
        assert held(request_) == [108]
    assert checked(client.get(list_url(page))) == [([], []), ["taken"]]


def test_the_stock_is_compared_with_what_the_request_comes_to(office, goods, request_):
    client, path = as_(office.buyer), f"/units/requests/{request_.number}/list/"
    page = client.post(path, {"text": f"{spec_of(goods).sku}\t143"})
    assert checked(page) == [(["8"], ["143"]), ["good"]]
    added = client.get(list_url(page), {"mode": "add"})
    assert (checked(added), ticked(added)) == ([(["8"], ["8"]), ["too_few_left"]], [])
    assert take(client, added, row=["1"]).status_code == 302
    assert held(request_) == [8]


def test_a_list_of_500_rows_is_taken_whole(office, goods, request_):
    client, path = as_(office.buyer), f"/units/requests/{request_.number}/list/"
    rows = "\n".join([f"{spec_of(goods).sku}\t9", *(f"X{n}\t1" for n in range(499))])
    page = client.post(path, {"text": rows})
    assert take(client, page).status_code == 302
    assert held(request_) == [9]


def test_a_program_takes_a_list_alike(office, goods, request_):
    program = program_of(office.buyer)
    url, text = f"/units/requests/{request_.number}/list", f"{spec_of(goods).sku}\t100\nZ9\t1"
    first = program.post(url, {"text": text, "version": request_.version}, key="a").data
    assert [line["quantity"] for line in first["lines"]] == [100]
    assert [(row["row"], row["verdict"]) for row in first["refused_rows"]] == [(2, "unknown")]
    again = program.post(url, {"text": text, "version": request_.version}, key="b")
    assert (again.status_code, held(request_)) == (200, [100])
    body = {"text": f"{spec_of(goods).sku}\t20", "adds": True}
    assert program.post(url, body | {"version": 1}, key="c").status_code == 409
    assert program.post(url, body | {"version": first["version"]}, key="d").status_code == 200
    assert held(request_) == [120]
    many = program.post(url, body | {"text": text, "version": first["version"] + 1}, key="e").data
    assert [row["verdict"] for row in many["refused_rows"]] == ["too_few_left", "unknown"]
    assert held(request_) == [120]
