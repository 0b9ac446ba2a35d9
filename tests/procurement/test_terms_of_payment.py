"""Goods first: what is owed is shown to both sides by age, and finance is reminded, once on each rung."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from procurement.models import QuotaPolicy
from procurement.notices import remind_payments
from procurement.operations.accepting import accept_goods
from procurement.operations.paying import pay_in_demo
from shop.accounts.models import Message
from shop.sales.models import Purchase
from shop.sales.queries.owed import owed_to
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, ship

from .offices import make_office, ordered

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def seller():
    return make_user()


@pytest.fixture
def owing(seller):
    """An office that accepted four of five pieces of 100 元, and its supplier's listing."""
    listing = make_listing(price_fen=10_000, stock=90, supplier=make_supplier(member=seller))
    office = make_office(budget_fen=1_000_000)
    (order,) = ordered(office, (listing, 5))
    ship(order)
    accept_goods(order_id=order.pk, accepted={lines_of(order)[0].pk: 4}, actor=office.buyer, at=AT)
    return office, listing


def due():
    return Purchase.objects.get().pay_by


def test_what_is_owed_gets_older_until_it_is_paid(owing):
    office, listing = owing
    assert due() == AT + 30 * DAY
    ages = [
        (owed.in_time_fen, owed.month_fen, owed.quarter_fen, owed.older_fen)
        for days in (0, 1, 31, 91)
        for owed in [owed_to(listing.supplier_id, at=due() + days * DAY)]
    ]
    assert ages == [(40_000, 0, 0, 0), (0, 40_000, 0, 0), (0, 0, 40_000, 0), (0, 0, 0, 40_000)]
    (row,) = owed_to(listing.supplier_id, at=due() + 5 * DAY).rows
    assert (row.fen, row.days_late, row.buyer) == (40_000, 5, office.unit.organisation.name_zh)
    pay_in_demo(request_id=office.unit.requests.get().pk, actor=office.finance, at=AT)
    assert owed_to(listing.supplier_id, at=AT).total_fen == 0


def test_the_supplier_sees_its_own_debts_on_the_settlement_page(
    owing, seller, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: due() + 10 * DAY)
    client, stranger = Client(), Client()
    client.force_login(seller, backend="django.contrib.auth.backends.ModelBackend")
    stranger.force_login(make_supplier(member=make_user()).organisation.memberships.get().user)
    with django_assert_max_num_queries(19):
        page = client.get("/seller/settlement/").content.decode()
    assert re.search(r'data-testid="owed-month">([^<]+)', page)[1] == "¥400.00"
    assert "逾期 10 天" in page
    assert 'data-testid="owed"' not in stranger.get("/seller/settlement/").content.decode()


def test_finance_is_reminded_once_on_each_rung(owing):
    office, _listing = owing

    def told(at):
        for _twice in range(2):
            remind_payments(at=at)
        return list(Message.objects.filter(kind__startswith="payment").order_by("pk").values_list("kind", "user_id"))

    assert told(due() - 8 * DAY) == []
    assert told(due() - 7 * DAY) == [("payment_due", office.finance.pk)]
    assert len(told(due() - 6 * DAY)) == 1
    assert [kind for kind, _user in told(due())] == ["payment_due"] * 2
    assert [kind for kind, _user in told(due() + 7 * DAY)] == ["payment_due"] * 2 + ["payment_late"]
    assert Message.objects.latest("pk").params["total_fen"] == 40_000
    pay_in_demo(request_id=office.unit.requests.get().pk, actor=office.finance, at=AT)
    assert len(told(due() + 30 * DAY)) == 3


def test_a_term_beyond_what_the_law_allows_is_refused():
    with pytest.raises(IntegrityError), transaction.atomic():
        QuotaPolicy.objects.update(term_days=61)
    assert set(QuotaPolicy.objects.values_list("term_days", flat=True)) == {30}
