"""What units owe a supplier: each accepted delivery by its own day, with the interest that the law allows, on every door."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from procurement.operations.accepting import accept_goods
from shop.sales.late_rules import Age, age_of, late_interest_fen
from shop.sales.models import LateInterest, Purchase, Shipment
from shop.sales.queries import owed as queries
from shop.sales.queries.owed import owed_to
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, ship

from .offices import make_office, ordered

DAY = timedelta(days=1)
ORDER_802 = date(2025, 6, 1)


@pytest.fixture
def seller(db):
    return make_user()


@pytest.fixture
def twice(seller):
    """An order of five pieces of 100 元: two accepted at once, three ten days later; one of another unit not yet."""
    listing = make_listing(price_fen=10_000, stock=90, supplier=make_supplier(member=seller))
    office = make_office(budget_fen=1_000_000)
    (order,) = ordered(office, (listing, 5))
    (line,) = lines_of(order)
    for pieces, number, at in ((2, "SF1234567890111", AT), (3, "SF1234567890112", AT + 10 * DAY)):
        parcel = ship(order, {line.pk: pieces}, number=number)
        shipment = Shipment.objects.filter(order=parcel).latest("pk")
        accept_goods(
            order_id=order.pk, accepted={line.pk: pieces}, shipment_ids=[shipment.pk], actor=office.buyer, at=at
        )
    return listing


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_each_delivery_is_late_by_its_own_day(twice):
    first = AT + 30 * DAY
    ages = [
        (owed.in_time_fen, owed.month_fen, owed.quarter_fen, owed.older_fen)
        for days in (0, 1, 11, 31, 41, 101)
        for owed in [owed_to(twice.supplier_id, at=first + days * DAY)]
    ]
    assert ages == [
        (50_000, 0, 0, 0), (30_000, 20_000, 0, 0), (0, 50_000, 0, 0), (0, 30_000, 20_000, 0), (0, 0, 50_000, 0),
        (0, 0, 0, 50_000),
    ]  # fmt: skip
    assert [(row.fen, row.days_late) for row in owed_to(twice.supplier_id, at=first + 5 * DAY).rows] == [
        (20_000, 5), (30_000, -5),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_delivery_of_an_order_that_is_not_whole_yet_is_owed(seller):
    listing = make_listing(price_fen=10_000, stock=90, supplier=make_supplier(member=seller))
    office = make_office(budget_fen=1_000_000)
    (order,) = ordered(office, (listing, 5))
    (line,) = lines_of(order)
    ship(order, {line.pk: 2})
    accept_goods(order_id=order.pk, accepted={line.pk: 2}, actor=office.buyer, at=AT)
    assert owed_to(listing.supplier_id, at=AT).total_fen == 20_000


def test_page_and_api_show_every_row_of_the_total_with_the_interest_in_no_sum(twice, seller, monkeypatch):
    now = AT + 40 * DAY
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    monkeypatch.setattr(queries, "SHOWN", 1)
    client = signed_in(seller)
    page = client.get("/seller/settlement/").content.decode()
    assert ('data-testid="owed-all"' in page, page.count('data-testid="owed-row"')) == (True, 1)
    shown = [
        *re.findall(r'data-testid="owed-sum">([^<]+)', client.get("/seller/settlement/owed/").content.decode()),
        *re.findall(r'data-testid="owed-sum">([^<]+)', client.get("/seller/settlement/owed/?page=2").content.decode()),
    ]
    assert shown == ["¥200.00", "¥300.00"]
    whole = client.get("/seller/settlement/owed/").content.decode()
    assert re.search(r'data-testid="owed-total">([^<]+)', whole)[1] == "¥500.00"
    # Ten days late: 200.00 × 0.05 % × 10.
    assert "¥1.00" in whole.split('data-testid="owed-interest"')[1][:200]
    assert "0.05 %" in whole
    assert "国务院令第802号" in whole

    program = program_of(seller)
    first = program.get("/seller/owed?limit=1").data
    second = program.get(f"/seller/owed?limit=1&cursor={first['next_cursor']}").data
    assert [(row["amount"], row["days_late"], row["interest"]) for row in first["items"] + second["items"]] == [
        ("200.00", 10, "1.00"), ("300.00", 0, "0.00"),
    ]  # fmt: skip
    assert (first["total"], first["late_to_30"], first["not_due"]) == ("500.00", "200.00", "300.00")
    assert (first["interest"], first["interest_rate"]) == ("1.00", "0.05 %")
    assert program_of(make_supplier(member=make_user()).organisation.memberships.get().user).get("/seller/owed").data[
        "total"
    ] == "0.00"  # fmt: skip


def test_without_a_row_in_force_there_is_no_interest(twice):
    LateInterest.objects.update(valid_until=date(2026, 12, 24))
    owed = owed_to(twice.supplier_id, at=AT + 40 * DAY)
    # Due on 23 December: one day bears interest.
    assert ([row.interest_fen for row in owed.rows], owed.rate) == ([10, 0], None)
    assert Purchase.objects.get().total_fen == 50_000


@pytest.mark.parametrize(("days", "age"), [(0, "in_time"), (1, "month"), (30, "month"), (31, "quarter"), (91, "older")])
def test_how_late_something_is(days, age):
    assert age_of(days) == Age(age)


def test_interest_follows_the_rate_of_each_day_and_is_truncated():
    due, today = date(2026, 1, 31), date(2026, 2, 10)
    assert late_interest_fen(99_99, due, today, [(ORDER_802, None, 5)]) == 49
    assert late_interest_fen(100_00, due, due, [(ORDER_802, None, 5)]) == 0
    # Four days of 0.05 %, then six of 0.08 %.
    assert late_interest_fen(100_00, due, today, [(date(2026, 2, 5), None, 8), (ORDER_802, None, 5)]) == 68
    assert late_interest_fen(100_00, due, today, [(ORDER_802, date(2026, 2, 2), 5)]) == 10


@given(st.integers(0, 10**9), st.integers(0, 400), st.integers(0, 400))
def test_interest_never_falls_with_time_and_bears_none_on_interest(fen, one, more):
    due = date(2026, 1, 31)
    spans = [(ORDER_802, None, 5)]
    early = late_interest_fen(fen, due, due + one * DAY, spans)
    late = late_interest_fen(fen, due, due + (one + more) * DAY, spans)
    assert early <= late <= fen * 5 * (one + more) // 10_000
