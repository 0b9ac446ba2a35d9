"""What a request's buyer is told: from when it can be ordered, what its budget lacks, what remains of it."""

import pytest

from procurement.operations.cancelling import ask_cancel, decide_cancel
from procurement.operations.units import grant_budget
from procurement.rules.amounts import in_capitals
from shop.accounts.messages import render
from shop.accounts.models import Message
from shop.core import outbox
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier
from tests.sales.selling import lines_of, ship

from .offices import approved, as_, ask, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.mark.parametrize(
    ("year", "kind", "said"),
    [
        (2026, "request_approved", "¥200.00，可以下单了。"),
        (2027, "request_approved_later", "¥200.00，2027 年 1 月 1 日起才能下单。"),
    ],
)
def test_an_approved_request_says_from_when_it_can_be_ordered(year, kind, said):
    office = make_office(budget_fen=1_000_000)
    grant_budget(
        unit_id=office.unit.pk,
        year=2027,
        fen=1_000_000,
        key="n",
        reason="年度预算批复",
        fund="canteen",
        actor=office.finance,
        at=AT,
    )
    request = approved(office, (make_listing(price_fen=10_000), 2), year=year)
    outbox.drain(at=AT)
    found = Message.objects.get(user=office.buyer)
    assert (found.kind, render(found.kind, found.params).text) == (kind, said)
    page = as_(office.buyer).get(f"/units/requests/{request.number}/").content.decode()
    assert ('data-testid="order-request"' in page) == (year == 2026)


def test_going_beyond_the_budget_is_said_to_the_buyer_before_and_at_submitting():
    office = make_office(budget_fen=15_000)
    request = ask(office, (make_listing(price_fen=10_000), 2))
    buyer, program = as_(office.buyer), program_of(office.buyer)
    address = f"/units/requests/{request.number}/"
    page = buyer.get(address).content.decode()
    assert "2026 年预算（食堂）余 ¥150.00，本申请超出 ¥50.00。可以提交，审批人会看到超出预算" in page
    found = program.get(f"/units/requests/{request.number}").json()
    assert (found["budget_left"], found["over_budget"]) == ("150.00", "50.00")
    said = buyer.post(f"{address}submit/", {"version": request.version}, follow=True).content.decode()
    assert "已提交，超出 2026 年预算 ¥50.00。审批人会看到，财务增加预算后才能通过。" in said
    assert "本申请超出 ¥50.00；财务增加预算后才能通过。" in buyer.get(address).content.decode()
    # Who decides reads it once, beside the decision.
    page = as_(office.approver).get(address).content.decode()
    assert (page.count('data-testid="over-budget"'), page.count('data-testid="budget-words"')) == (0, 1)


def test_within_the_budget_nothing_is_said_of_it():
    office = make_office(budget_fen=20_000)
    request = ask(office, (make_listing(price_fen=10_000), 2))
    page = as_(office.buyer).get(f"/units/requests/{request.number}/").content.decode()
    assert "over-budget" not in page
    found = program_of(office.buyer).get(f"/units/requests/{request.number}").json()
    assert (found["budget_left"], found["over_budget"]) == ("200.00", "0.00")


@pytest.mark.parametrize(
    ("sent", "why", "less", "left"), [(1, "1 件未发", 10_000, 30_000), (0, "已取消", 20_000, 20_000)]
)
def test_a_requests_page_paper_list_and_program_say_what_was_cancelled_and_what_remains(sent, why, less, left):
    office = make_office(budget_fen=1_000_000)
    goods = [(make_listing(price_fen=10_000, supplier=make_supplier(name)), 2) for name in ("青禾社", "连州社")]
    first, _second = ordered(office, *goods, terms="postpaid")
    if sent:
        ship(first, pieces={lines_of(first)[0].pk: sent}, number="SF1234567890123")
    number = first.purchase.request.number
    buyer = as_(office.buyer)
    pages = [f"/units/requests/{number}/", f"/units/requests/{number}/paper/", "/units/requests/?state=all"]
    for address in pages:
        assert ("deduct" in buyer.get(address).content.decode(), address) == (False, address)
    wish = ask_cancel(order_id=first.pk, reason="断货", actor=office.buyer, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    page, paper, listed = [buyer.get(address).content.decode() for address in pages]
    for text in (page, paper):
        assert (text.count('data-testid="deduction"'), why in text, f"−¥{less // 100}.00<" in text) == (1, True, True)
    assert f'data-testid="paper-remains">¥{left // 100}.00<' in paper
    assert f"合计 ¥400.00，扣减 ¥{less // 100}.00" in listed
    assert (f"{'的其余部分' if sent else ''}已取消" in page, "approver" in page, "同意：断货" in page) == (
        True,
        True,
        True,
    )
    # In words stands the figure above them: on paper what was signed, on the page what is left of it.
    assert in_capitals(40_000) == "人民币肆佰元整"
    assert (in_capitals(left) in page, "肆佰元整" in page, "肆佰元整" in paper) == (True, False, True)
    found = program_of(office.buyer).get(f"/units/requests/{number}").json()
    assert (found["deducted"], found["remains"], len(found["deductions"])) == (
        f"{less // 100}.00", f"{left // 100}.00", 1,
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["1.5", "-1"])
def test_an_acceptance_says_what_is_wrong_with_a_number_where_none_is_a_number(typed, listing):
    office = make_office(budget_fen=1_000_000)
    (order,) = ordered(office, (listing, 10), terms="postpaid")
    ship(order)
    line = lines_of(order)[0]
    sent = {f"accepted-{line.pk}": typed, "receiver": "周敏", "note": ""}
    page = as_(office.buyer).post(f"/units/orders/{order.order.number}/accept/", sent)
    text = page.content.decode()
    assert (page.status_code, f"“{typed}”不是整件数；一件都没有请填 0，否则填整数。" in text) == (422, True)
