"""What a request's page, paper and orders say of versions that were taken back, and of orders cancelled since."""

import re
from datetime import timedelta

import pytest

from procurement.errors import WrongStep
from procurement.models import PurchaseRequest
from procurement.operations.cancelling import ask_cancel, decide_cancel
from procurement.operations.deciding import decide_request
from procurement.operations.ordering import order_request
from procurement.operations.requests import give_up, put_lines, submit_request, take_back
from shop.core.errors import NotAllowed
from shop.sales.models import Payment
from shop.sales.operations.transfers import match_transfer
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user, spec_of

from .offices import amount, approved, as_, figure, make_office, ordered, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


def history_of(page):
    text = re.sub(r"<[^>]+>", " ", page.content.decode().split("timeline")[1])
    return re.sub(r"\s+", " ", text)


def again(office, request, listing, pieces, at=AT):
    """Take a request back, change it and have it approved anew."""
    take_back(request_id=request.pk, actor=office.buyer, at=at)
    wanted = {spec_of(listing).specification_id: pieces}
    changed = put_lines(request_id=request.pk, pieces=wanted, actor=office.buyer, at=at)
    found = submit_request(request_id=request.pk, version=changed.version, actor=office.buyer, at=at)
    for actor in [office.approver, office.finance][: office.unit.approvals]:
        found = decide_request(request_id=request.pk, version=found.version, approve=True, actor=actor, at=at)
    return found


def test_a_history_says_who_took_an_approved_request_back_and_when(office, listing):
    found = approved(office, (listing, 2))
    later = AT + timedelta(hours=2)
    take_back(request_id=found.pk, actor=office.buyer, at=later)
    give_up(request_id=found.pk, actor=office.buyer, at=later + timedelta(hours=1))
    told = history_of(as_(office.buyer).get(f"/units/requests/{found.number}/"))
    name = office.buyer.name
    assert (f"{name}撤回" in told, f"{name}放弃" in told) == (True, True)
    assert f"第 {found.version} 版已审批通过，金额已退回预算" in told
    shown = program_of(office.buyer).get(f"/units/requests/{found.number}").data["withdrawals"]
    assert [(each["by"], each["version"], each["given_up"], each["was_approved"]) for each in shown] == [
        (name, found.version, False, True), (name, found.version + 1, True, False),
    ]  # fmt: skip
    assert shown[0]["at"] < shown[1]["at"]


def test_an_order_shows_the_approvals_of_the_version_that_was_ordered_alone(office, listing):
    found = approved(office, (listing, 2))
    found = again(office, found, listing, 3, AT + timedelta(days=1))
    order_request(request_id=found.pk, actor=office.buyer, at=AT + timedelta(days=1))
    number = PurchaseRequest.objects.get().purchase.orders.get().order.number
    page = as_(office.buyer).get(f"/units/orders/{number}/").content.decode()
    assert page.count('data-testid="approved-by"') == office.unit.approvals


def test_a_paper_has_the_signed_sum_in_words_and_what_remains_apart_below_the_signatures(office):
    goods = [(make_listing(price_fen=10_000, supplier=make_supplier(name)), 2) for name in ("青禾社", "连州社")]
    first, _second = ordered(office, *goods, terms="postpaid")
    number = first.purchase.request.number
    paper = as_(office.buyer).get(f"/units/requests/{number}/paper/")
    assert "paper-since" not in paper.content.decode()
    wish = ask_cancel(order_id=first.pk, reason="断货", actor=office.buyer, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    paper = as_(office.buyer).get(f"/units/requests/{number}/paper/")
    signed, since = paper.content.decode().split('data-testid="paper-since"')
    assert (figure(paper, "paper-capitals"), "¥400.00" in signed, "¥200.00" in signed.split("</table>")[1]) == (
        "人民币肆佰元整", True, False,
    )  # fmt: skip
    assert ("paper-signs" in signed, "paper-signs" in since, "¥200.00" in since) == (True, False, True)
    assert f"截至 {AT:%Y-%m-%d}" in since


def test_a_requests_page_has_in_words_the_last_figure_above_them(office):
    goods = [(make_listing(price_fen=10_000, supplier=make_supplier(name)), 2) for name in ("青禾社", "连州社")]
    first, _second = ordered(office, *goods, terms="postpaid")
    path = f"/units/requests/{first.purchase.request.number}/"
    assert figure(as_(office.buyer).get(path), "capitals") == "人民币肆佰元整"
    wish = ask_cancel(order_id=first.pk, reason="断货", actor=office.buyer, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    page = as_(office.buyer).get(path)
    assert (amount(page, "amount-due"), figure(page, "capitals")) == ("¥200.00", "人民币贰佰元整")


def test_what_came_has_one_sum_on_a_payments_page_its_trail_and_its_program(office, listing):
    (order,) = ordered(office, (listing, 2), terms="prepaid")
    number = PurchaseRequest.objects.get().number
    as_(office.finance).post(f"/units/payments/{number}/", {"how": "transfer"})
    match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=order.total_fen + 1_550, payer="学校", why="多付", then="give_back",
        actor=None, at=AT,
    )  # fmt: skip
    wish = ask_cancel(order_id=order.pk, reason="菜单变了", actor=office.buyer, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    page = as_(office.finance).get(f"/units/payments/{number}/")
    assert (amount(page, "transferred"), amount(page, "going-back"), amount(page, "goes-back")) == (
        "¥215.50", "¥215.50", "¥215.50",
    )  # fmt: skip
    told = program_of(office.finance).get(f"/units/requests/{number}/payment").data
    assert (told["received"], told["kept"], told["came"][0]["amount"]) == ("215.50", "200.00", "215.50")
    page = as_(office.finance).get(f"/units/orders/{order.order.number}/")
    text = page.content.decode()
    assert (amount(page, "transferred"), "已转账" in text, "货款已付" in text) == (
        "¥200.00", False, True,
    )  # fmt: skip


def test_an_ordered_request_opens_its_own_orders(office, listing):
    ordered(office, (listing, 1))
    (order,) = ordered(office, (listing, 2))
    number = order.purchase.request.number
    page = as_(office.buyer).get(f"/units/requests/{number}/").content.decode()
    links = re.findall(r'href="([^"]+)" data-testid="to-order"', page)
    assert links == [f"/units/orders/{order.order.number}/"]
    assert program_of(office.buyer).get(f"/units/requests/{number}").data["orders"] == [order.order.number]


def test_an_approvers_second_tab_is_told_that_it_is_decided_already(listing):
    office = make_office(budget_fen=1_000_000, approvals=2)
    found = submitted(office, (listing, 1))
    facts = {"decision": "approve", "version": found.version}
    client = as_(office.approver)
    assert client.post(f"/units/requests/{found.number}/decide/", facts).status_code == 302
    second = client.post(f"/units/requests/{found.number}/decide/", facts)
    assert (second.status_code, "这一步已经审批过" in second.content.decode()) == (409, True)
    with pytest.raises(WrongStep) as refused:
        decide_request(request_id=found.pk, version=found.version, approve=True, actor=office.approver, at=AT)
    assert refused.value.code == "decided_already"
    for nobody in (office.buyer, make_user(name="路人")):
        with pytest.raises(NotAllowed):
            decide_request(request_id=found.pk, version=found.version, approve=True, actor=nobody, at=AT)


def test_changing_a_request_is_refused_in_words_of_where_it_stands(office, listing):
    found = submitted(office, (listing, 1))
    wanted = {spec_of(listing).specification_id: 2}

    def refusal():
        with pytest.raises(WrongStep) as refused:
            put_lines(request_id=found.pk, pieces=wanted, actor=office.buyer, at=AT)
        return str(refused.value)

    said = [refusal()]
    for actor in [office.approver, office.finance][: office.unit.approvals]:
        decide_request(request_id=found.pk, version=found.version, approve=True, actor=actor, at=AT)
    said.append(refusal())
    order_request(request_id=found.pk, actor=office.buyer, at=AT)
    said.append(refusal())
    assert ["提交" in said[0], "批准" in said[1] or "审批通过" in said[1], "下单" in said[2]] == [True, True, True]
    assert len(set(said)) == 3
