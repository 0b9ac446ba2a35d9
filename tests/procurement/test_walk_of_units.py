"""What a walk through a unit's year found: years that are over, part deliveries, late declarations, shared canteens."""

import io
from datetime import date, timedelta

import pytest
from django.utils import translation

from procurement.lists import take_apart
from procurement.models import QuotaDeclaration
from procurement.operations.accepting import accept_goods
from procurement.operations.declarations import withdraw_declaration
from procurement.rules.quota import Amounts, is_late, pace
from shop.core.errors import InvalidInput
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import YEAR, amount, as_, confirm, declaration_of, figure, make_office, ordered, shares, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
END = date(2026, 12, 31)


def test_no_weekly_amount_is_asked_for_once_the_year_is_over():
    missing = Amounts(reserved=100_000, fulfilled=40_000)
    weekly = [
        pace(amounts=missing, recent_fen=0, today=END + timedelta(days=days), fulfil_by=END).weekly_fen
        for days in (0, 1)
    ]
    assert weekly == [60_000, 0]


def test_a_declaration_is_late_after_its_last_day():
    assert [is_late(date(2026, 4, day), 2026, "04-01") for day in (1, 2)] == [False, True]


def test_a_late_declaration_says_so_where_it_is_filed_and_confirmed(office):
    page = as_(office.buyer).get(f"/units/declaration/?year={YEAR - 1}").content.decode()
    assert 'data-testid="files-late"' in page
    waiting = declaration_of(office, 5_000_000, year=YEAR - 1)
    assert waiting.is_late
    shown = as_(office.buyer).get(f"/units/declaration/?year={YEAR - 1}").content.decode()
    above = as_(office.above.approver).get(f"/units/declarations/{waiting.pk}/").content.decode()
    assert ['data-testid="declared-late"' in page for page in (shown, above)] == [True, True]
    told = program_of(office.buyer).get(f"/units/quota?year={YEAR - 1}").data
    assert (told["declaration"]["is_late"], told["pace"]["weekly"]) == (True, "0.00")


def test_an_order_accepted_in_part_says_what_waits_and_that_it_counts_later(office, listing):
    (order,) = ordered(office, (listing, 6))
    (line,) = lines_of(order)
    path = f"/units/orders/{order.order.number}/"
    ship(order, {line.pk: 4})
    page = as_(office.buyer).get(path).content.decode()
    assert ("已发 4 / 6 件：到的先验收" in page, "counts-later" in page, "待补发" in page) == (True, False, True)
    accept_goods(order_id=order.pk, accepted={line.pk: 4}, actor=office.buyer, at=AT)
    page = as_(office.buyer).get(path).content.decode()
    assert ("到的先验收" in page, "counts-later" in page) == (False, True)
    assert "已发 4 / 6 件，到的都已验收；其余 2 件等供应商补发" in page
    assert "只验收了一部分的订单" in as_(office.buyer).get("/units/rate/").content.decode()


def test_a_payment_with_one_delivery_due_says_until_when(office, listing):
    (order,) = ordered(office, (listing, 2))
    ship(order)
    accept_goods(order_id=order.pk, accepted={lines_of(order)[0].pk: 2}, actor=office.buyer, at=AT)
    page = as_(office.finance).get(f"/units/payments/{order.purchase.request.number}/").content.decode()
    assert (page.count('data-testid="delivery-due"'), page.count('data-testid="delivery-pay-by"')) == (1, 1)


def test_a_units_home_of_another_year_lists_that_years_orders_alone(office, listing):
    (order,) = ordered(office, (listing, 2))
    home = {year: as_(office.buyer).get(f"/units/?year={year}").content.decode() for year in (YEAR, YEAR - 1)}
    assert [f'data-number="{order.order.number}"' in page for page in home.values()] == [True, False]
    assert f"/units/settings/?year={YEAR - 1}" in home[YEAR - 1]


def test_the_settings_of_a_year_that_is_over_open_to_be_read(office):
    finance, path = as_(office.finance), f"/units/settings/?year={YEAR - 1}"
    assert finance.get(path).status_code == 404
    declaration_of(office, 5_000_000, year=YEAR - 1)
    page = finance.get(path)
    text = page.content.decode()
    assert (page.status_code, "budget-is-over" in text, "grant-budget" in text) == (200, True, False)
    refused = finance.post(path, {"what": "budget", "fund": "canteen", "amount": "10", "reason": "补"})
    assert (refused.status_code, "已结束的年度不能再变更" in refused.content.decode()) == (422, True)


def test_a_units_page_that_is_not_there_does_not_speak_of_products(office):
    page = as_(office.finance).get("/units/settings/?year=abc")
    text = page.content.decode()
    assert (page.status_code, "没有这个页面" in text, "下架" in text, "时令" in text.split("<h1>")[1].split("</h1>")[0]) == (
        404, True, False, False,
    )  # fmt: skip


def test_confirming_what_was_withdrawn_says_why_it_can_not_be(office):
    waiting = declaration_of(office, 5_000_000, year=YEAR + 1)
    withdraw_declaration(declaration_id=waiting.pk, version=waiting.version, actor=office.buyer, at=AT)
    page = as_(office.above.approver).post(
        f"/units/declarations/{waiting.pk}/", {"version": waiting.version, "decision": "approve"}
    )
    assert (page.status_code, 'data-testid="refusal"' in page.content.decode()) == (409, True)


def test_an_amendment_that_changes_nothing_is_refused_whatever_rules_of_nothing_were_listed(office):
    found = QuotaDeclaration.objects.get()
    union = {**found.shares[0], "basis": "union_funds", "base_fen": 0, "reserved_fen": 0}
    QuotaDeclaration.objects.filter(pk=found.pk).update(shares=[*found.shares, union])
    with pytest.raises(InvalidInput) as refused:
        declaration_of(office, found.canteen_spend_fen, change_reason="没变")
    assert (refused.value.code, refused.value.field) == ("nothing_changed", "change_reason")


def test_a_shared_canteens_share_is_part_of_what_its_declaration_page_reserves_once_confirmed(office):
    sister = make_office(office.above.unit)
    waiting = shares(sister, office, canteen_spend_fen=2_000_000)
    path = f"/units/declaration/?year={YEAR}"
    page = as_(office.buyer).get(path).content.decode()
    assert ("taken-over-confirmed" in page, "reserved-in-all" in page, "待主管单位确认" in page) == (
        False,
        False,
        False,
    )
    confirm(waiting, by=office.above.approver)
    page = as_(office.buyer).get(path)
    assert (figure(page, "taken-over-confirmed") != "", amount(page, "reserved-in-all")) == (True, "¥48,000.00")
    assert amount(as_(office.buyer).get(f"/units/?year={YEAR}"), "quota-reserved") == "¥48,000.00"


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"%PDF-1.7\n1 0 obj\n"]
)
def test_a_picture_or_a_paper_is_no_list(data):
    with pytest.raises(InvalidInput) as refused, translation.override("zh-hans"):
        take_apart("", io.BytesIO(data))
    assert (refused.value.field, refused.value.code, "不是清单" in str(refused.value.message)) == (
        "file", "unreadable_file", True,
    )  # fmt: skip


def test_the_choices_of_a_refusal_begin_with_none_that_is_empty(office):
    answer = program_of(office.buyer).get("/units/orders?kind=nothing")
    assert answer.status_code == 422
    assert "One of these: committed, fulfilled, reversed." in answer.content.decode()


def test_an_approver_reads_of_which_years_budget_it_is(office, listing):
    found = submitted(office, (listing, 2), year=YEAR + 1)
    page = as_(office.approver).get(f"/units/requests/{found.number}/").content.decode()
    assert f"{YEAR + 1} 年度预算只剩 ¥0.00" in page
