"""Where buyer and supplier disagree: offers, the platform's decision, returns, and what time does."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from shop.accounts.models import Message
from shop.accounts.operations.groups import give_role
from shop.accounts.roles import PLATFORM_REVIEWER
from shop.core import ledger, outbox
from shop.core.errors import InvalidInput, NotAllowed
from shop.sales import rules
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import AfterSale, AfterSaleTerms, CaseDecision, CaseMove, LineFacts, Refund
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.aftersales import accept_offer, decide_after_sale, open_after_sale
from shop.sales.operations.arbitration import act_on_time, ask_platform, judge
from shop.sales.operations.receipts import receive_overdue
from shop.sales.operations.returning import confirm_return, dispute_return, send_back
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, paid, photo, receive, ship

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SF = {"carrier": "sf", "tracking_no": "SF1234567890999"}


@pytest.fixture
def reviewer():
    user = make_user(name="何审")
    give_role(user=user, role=PLATFORM_REVIEWER, actor=None, at=AT)
    return user


def sold(*, is_fresh=False, member=None, buyer=None, pieces=2, **listing):
    supplier = make_supplier(member=member) if member else None
    more = {"supplier": supplier} if supplier else {}
    goods = make_listing(stock=50, price_fen=3280, is_fresh=is_fresh, **more, **listing)
    return receive(ship(paid((goods, pieces), user=buyer, key=f"k{goods.pk}"), number=f"SF{goods.pk:013d}"))


def claim(order, **changes):
    facts = {
        "line_id": lines_of(order)[0].pk,
        "kind": "damaged",
        "quantity": 1,
        "amount_fen": 3280,
        "reason": "压坏了一个",
        "uploads": [photo()],
        "actor": None,
        "at": AT,
    }
    return open_after_sale(**(facts | changes))


def refused(order, **changes):
    case = claim(order, **changes)
    return decide_after_sale(case_id=case.pk, approve=False, answer="运前完好", actor=None, at=AT)


def asked(order, **changes):
    case = refused(order, **changes)
    return ask_platform(case_id=case.pk, words="照片里看得见", actor=None, at=AT + HOUR)


def test_a_part_is_an_offer_that_the_buyer_takes():
    order = sold()
    case = claim(order)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=1000, actor=None, at=AT)
    order.refresh_from_db()
    assert (AfterSale.objects.get().state, order.refunded_fen) == ("offered", 0)
    accept_offer(case_id=case.pk, actor=None, at=AT)
    order.refresh_from_db()
    assert (AfterSale.objects.get().state, order.refunded_fen) == ("approved", 1000)
    with pytest.raises(WrongState):
        accept_offer(case_id=case.pk, actor=None, at=AT)


def test_a_refused_case_goes_to_the_platform_in_time_and_is_decided_once(reviewer):
    order = sold()
    case = refused(order)
    assert case.due_at == AT + 168 * HOUR
    with pytest.raises(InvalidInput) as silent:
        ask_platform(case_id=case.pk, words=" ", actor=None, at=AT)
    assert silent.value.field == "words"
    with pytest.raises(WrongState) as late:
        ask_platform(case_id=case.pk, words="不同意", actor=None, at=AT + 169 * HOUR)
    assert late.value.code == "too_late"
    ask_platform(case_id=case.pk, words="不同意", actor=None, at=AT + HOUR)
    decision = judge(
        case_id=case.pk, verdict="refund", amount_fen=3000, reason="照片属实", actor=reviewer, at=AT + 2 * HOUR
    )
    order.refresh_from_db()
    assert (AfterSale.objects.get().state, order.refunded_fen) == ("approved", 3000)
    assert (Refund.objects.get().amount_fen, decision.decided_by_id) == (3000, reviewer.pk)
    assert ledger.balance(f"supplier:{order.supplier_id}:payable") == 6560 - 3000
    with pytest.raises(WrongState):
        judge(case_id=case.pk, verdict="dismiss", reason="再看", actor=reviewer, at=AT + 3 * HOUR)


def test_a_decision_can_not_be_edited_even_in_the_database(reviewer):
    case = asked(sold())
    judge(case_id=case.pk, verdict="dismiss", reason="证据不足", actor=reviewer, at=AT + 2 * HOUR)
    table = CaseDecision._meta.db_table
    for statement in (f"UPDATE {table} SET amount_fen = 1", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert CaseDecision.objects.get().amount_fen == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_fen": 3281}, "amount"),
        ({"amount_fen": 0}, "amount"),
        ({"reason": " "}, "reason"),
        ({"verdict": "split"}, "verdict"),
        ({"reason": "长" * 501}, "reason"),
    ],
)
def test_a_decision_says_what_is_wrong_beside_its_field(reviewer, changes, field):
    case = asked(sold())
    facts = {"verdict": "refund", "amount_fen": 3000, "reason": "属实"} | changes
    with pytest.raises((TooMuch, InvalidInput)) as refusal:
        judge(case_id=case.pk, actor=reviewer, at=AT + 2 * HOUR, **facts)
    assert (refusal.value.field, CaseDecision.objects.count()) == (field, 0)


def test_who_is_a_party_of_the_order_does_not_decide_on_it(reviewer):
    case = asked(sold(member=reviewer))
    with pytest.raises(NotAllowed) as own:
        judge(case_id=case.pk, verdict="dismiss", reason="自己的", actor=reviewer, at=AT + 2 * HOUR)
    assert own.value.code == "own_case"
    other = asked(sold(buyer=reviewer), actor=reviewer)
    with pytest.raises(NotAllowed):
        judge(case_id=other.pk, verdict="refund", amount_fen=1, reason="自己的", actor=reviewer, at=AT + 2 * HOUR)


FACTS = {
    "kind": "damaged", "is_fresh": False, "covers_damage": True, "is_received": True, "was_sent_back": False,
    "asked_fen": 3280, "offered_fen": 0, "left_fen": 6560,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "without", "with_return"),
    [
        ({}, 3280, 0),
        ({"is_fresh": True}, 3280, 0),
        ({"left_fen": 1000}, 1000, 0),
        ({"left_fen": -5}, 0, 0),
        ({"covers_damage": False}, 0, 3280),
        ({"covers_damage": False, "left_fen": 1000}, 0, 1000),
        ({"covers_damage": False, "is_fresh": True}, 0, 0),
        ({"covers_damage": False, "offered_fen": 500}, 500, 3280),
        ({"covers_damage": False, "is_fresh": True, "offered_fen": 500}, 500, 0),
        ({"covers_damage": False, "was_sent_back": True, "offered_fen": 500}, 500, 0),
        ({"kind": "refund_only"}, 0, 3280),
        ({"kind": "refund_only", "left_fen": 1000}, 0, 1000),
        ({"kind": "refund_only", "is_fresh": True}, 3280, 0),
        ({"kind": "refund_only", "is_fresh": True, "left_fen": 1000}, 1000, 0),
        ({"kind": "refund_only", "is_fresh": True, "has_photos": False}, 0, 0),
        ({"kind": "missing"}, 3280, 0),
        ({"kind": "missing", "covers_damage": False, "is_fresh": True}, 3280, 0),
        ({"kind": "missing", "left_fen": 1000}, 1000, 0),
        ({"kind": "missing", "has_photos": False}, 0, 0),
        ({"kind": "refund_only", "offered_fen": 800}, 800, 3280),
        ({"kind": "refund_only", "is_received": False}, 3280, 0),
        ({"kind": "return"}, 0, 3280),
        ({"kind": "return", "was_sent_back": True, "offered_fen": 2000}, 2000, 0),
    ],
)
def test_the_platform_never_grants_more_than_promised_or_left(changes, without, with_return):
    case = rules.CaseFacts(**(FACTS | changes))
    assert (rules.most_without_return(case), rules.most_with_return(case)) == (without, with_return)


def test_damage_that_the_supplier_does_not_cover_is_granted_as_far_as_it_was_offered(reviewer):
    order = sold(damage_covered=False)
    assert LineFacts.objects.get(order=order).damage_covered is False
    case = asked(order)
    with pytest.raises(TooMuch) as widened:
        judge(case_id=case.pk, verdict="refund", amount_fen=1, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
    assert widened.value.field == "verdict"
    offered = claim(sold(damage_covered=False))
    decide_after_sale(case_id=offered.pk, approve=True, amount_fen=500, actor=None, at=AT)
    ask_platform(case_id=offered.pk, words="太少", actor=None, at=AT + HOUR)
    judge(case_id=offered.pk, verdict="refund", amount_fen=500, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
    assert AfterSale.objects.get(pk=offered.pk).state == "approved"


def test_money_for_what_the_buyer_keeps_waits_for_the_return_that_the_platform_orders(reviewer):
    case = asked(sold(), kind="refund_only", uploads=[])
    judge(case_id=case.pk, verdict="return", amount_fen=3280, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
    case.refresh_from_db()
    assert (case.state, case.needs_return, case.due_at) == ("to_return", True, AT + 170 * HOUR)


@pytest.mark.parametrize(
    ("is_fresh", "kind", "code"),
    [
        (True, "damaged", "not_for_fresh"),
        (True, "refund_only", "not_for_fresh"),
        (False, "damaged", "not_for_damage"),
        (False, "missing", "not_for_missing"),
        (True, "missing", "not_for_missing"),
    ],
)
def test_what_is_not_sent_back_is_not_decided_with_a_return(reviewer, is_fresh, kind, code):
    case = asked(sold(is_fresh=is_fresh), kind=kind)
    with pytest.raises(InvalidInput) as refused_:
        judge(case_id=case.pk, verdict="return", amount_fen=100, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
    assert (refused_.value.code, refused_.value.field) == (code, "verdict")
    page = judging_page(reviewer, case)
    assert ('value="return"' in page, 'value="dismiss"' in page) == (False, True)
    assert 'data-testid="no-return"' in page
    program = program_of(reviewer, "review:read", "review:write")
    assert program.get(f"/review/after-sales/{case.pk}").data["most_with_return"] == "0.00"
    answer = program.post(
        f"/review/after-sales/{case.pk}/decision",
        {"verdict": "return", "amount": "1.00", "reason": "属实"},
        key="k",
    )
    assert (answer.status_code, answer.data["code"]) == (422, code)
    case.refresh_from_db()
    assert (case.state, case.needs_return) == ("arbitration", False)


def test_goods_go_back_before_their_money(reviewer):
    order = sold()
    case = claim(order, kind="return", uploads=[])
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=3280, actor=None, at=AT)
    order.refresh_from_db()
    assert (AfterSale.objects.get().state, order.refunded_fen) == ("to_return", 0)
    with pytest.raises(WrongState):
        confirm_return(case_id=case.pk, actor=None, at=AT)
    with pytest.raises(InvalidInput) as wrong:
        send_back(case_id=case.pk, carrier="sf", tracking_no="123", actor=None, at=AT)
    assert wrong.value.field == "tracking_no"
    for _ in range(2):
        send_back(case_id=case.pk, actor=None, at=AT + HOUR, **SF)
    assert CaseMove.objects.filter(to_state="returning").count() == 1
    confirm_return(case_id=case.pk, actor=None, at=AT + 2 * HOUR)
    order.refresh_from_db()
    line = lines_of(order)[0]
    assert (AfterSale.objects.get().state, order.refunded_fen, line.returned) == ("approved", 3280, 1)


def test_a_return_that_came_back_wrong_is_decided_by_the_platform_within_what_was_agreed(reviewer):
    order = sold()
    case = claim(order, kind="return", uploads=[])
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=3280, actor=None, at=AT)
    send_back(case_id=case.pk, actor=None, at=AT, **SF)
    with pytest.raises(InvalidInput):
        dispute_return(case_id=case.pk, why="", actor=None, at=AT)
    dispute_return(case_id=case.pk, why="少了一个", actor=None, at=AT)
    judge(case_id=case.pk, verdict="refund", amount_fen=2000, reason="各担一半", actor=reviewer, at=AT + HOUR)
    order.refresh_from_db()
    assert (order.refunded_fen, lines_of(order)[0].returned) == (2000, 1)


def test_time_acts_for_whoever_says_nothing():
    silent, offered, unsent, unconfirmed = (sold() for _ in range(4))
    first = claim(silent)
    second = claim(offered)
    decide_after_sale(case_id=second.pk, approve=True, amount_fen=1000, actor=None, at=AT)
    third, fourth = (claim(order, kind="return", uploads=[]) for order in (unsent, unconfirmed))
    for case in (third, fourth):
        decide_after_sale(case_id=case.pk, approve=True, amount_fen=3280, actor=None, at=AT)
    send_back(case_id=fourth.pk, actor=None, at=AT, **SF)
    assert act_on_time(at=AT + 47 * HOUR) == 0
    assert act_on_time(at=AT + 48 * HOUR) == 1
    assert act_on_time(at=AT + 48 * HOUR) == 0
    assert act_on_time(at=AT + 300 * HOUR) == 3
    assert act_on_time(at=AT + 300 * HOUR) == 0
    states = dict(AfterSale.objects.values_list("pk", "state"))
    assert [states[case.pk] for case in (first, second, third, fourth)] == [
        "arbitration", "approved", "lapsed", "approved",
    ]  # fmt: skip
    assert list(Refund.objects.order_by("amount_fen").values_list("amount_fen", flat=True)) == [1000, 3280]
    assert set(CaseMove.objects.filter(side="time").values_list("to_state", flat=True)) == {
        "arbitration", "approved", "lapsed",
    }  # fmt: skip


def test_the_times_are_an_operators_row_with_its_day():
    AfterSaleTerms.objects.create(since=AT.date() + timedelta(days=1), answer_hours=24)
    assert claim(sold()).due_at == AT + 48 * HOUR
    assert claim(sold(), at=AT + 24 * HOUR).due_at == AT + 48 * HOUR


def test_a_case_with_the_platform_holds_the_receipt_by_time():
    order = ship(paid((make_listing(stock=5, price_fen=3280), 1)))
    case = claim(order, kind="refund_only", uploads=[])
    act_on_time(at=AT + 48 * HOUR)
    case.refresh_from_db()
    assert case.state == "arbitration"
    assert receive_overdue(at=AT + timedelta(days=30)) == 0


def test_what_was_refused_at_acceptance_can_not_be_returned():
    """B42: 10 shipped, 7 accepted: refused + returned + kept is what was shipped."""
    order = ship(paid((make_listing(stock=50, price_fen=3280, is_fresh=False), 10)))
    line = lines_of(order)[0]
    accept_order(order_id=order.pk, accepted={line.pk: 7}, actor=None, at=AT)
    for kind in ("return", "damaged", "refund_only"):
        with pytest.raises(TooMuch) as more:
            claim(order, kind=kind, quantity=8, amount_fen=100)
        assert more.value.field == "quantity"
    case = claim(order, kind="return", quantity=7, amount_fen=7 * 3280)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=7 * 3280, actor=None, at=AT)
    send_back(case_id=case.pk, actor=None, at=AT, **SF)
    confirm_return(case_id=case.pk, actor=None, at=AT)
    line.refresh_from_db()
    kept = line.accepted - line.returned
    assert (line.shipped - line.accepted, line.returned, kept) == (3, 7, 0)
    order.refresh_from_db()
    assert order.refunded_fen == 10 * 3280


def test_what_was_returned_before_the_acceptance_is_not_refused_again():
    order = ship(paid((make_listing(stock=50, price_fen=3280, is_fresh=False), 10)))
    line = lines_of(order)[0]
    case = claim(order, kind="return", quantity=3, amount_fen=3 * 3280, uploads=[])
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=3 * 3280, actor=None, at=AT)
    send_back(case_id=case.pk, actor=None, at=AT, **SF)
    confirm_return(case_id=case.pk, actor=None, at=AT)
    with pytest.raises(TooMuch):
        accept_order(order_id=order.pk, accepted={line.pk: 2}, actor=None, at=AT)
    assert accept_order(order_id=order.pk, accepted={line.pk: 8}, actor=None, at=AT).short_fen == 2 * 3280
    line.refresh_from_db()
    assert (line.shipped - line.accepted, line.returned, line.accepted - line.returned) == (2, 3, 5)


def test_both_sides_are_told_what_the_platform_decided(reviewer):
    buyer, member = make_user(), make_user()
    case = asked(sold(buyer=buyer, member=member))
    judge(case_id=case.pk, verdict="refund", amount_fen=3000, reason="照片属实", actor=reviewer, at=AT + 2 * HOUR)
    outbox.drain(at=AT + 3 * HOUR)
    kinds = [
        list(Message.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))
        for user in (buyer, member)
    ]
    assert [kind for kind in kinds[0] if kind.startswith("case")] == [
        "case_refused", "case_asked", "case_approved_judged",
    ]  # fmt: skip
    assert [kind for kind in kinds[1] if kind.startswith("case")] == [
        "case_opened", "case_asked_supplier", "case_approved_supplier_judged",
    ]  # fmt: skip
    told = Message.objects.get(user=buyer, kind="case_approved_judged")
    assert told.params["why"] == "照片属实"


def judging_page(reviewer, case):
    client = Client()
    client.force_login(reviewer, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(f"/review/after-sales/{case.pk}/").content.decode()


def test_what_the_platform_granted_is_not_shown_as_the_suppliers_offer(reviewer):
    case = asked(sold(damage_covered=True))
    judge(case_id=case.pk, verdict="refund", amount_fen=1000, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
    page = judging_page(reviewer, case)
    assert ('data-testid="offered"' in page, "¥10.00" in page) == (False, True)
    offered = claim(sold())
    decide_after_sale(case_id=offered.pk, approve=True, amount_fen=700, actor=None, at=AT)
    ask_platform(case_id=offered.pk, words="太少", actor=None, at=AT + HOUR)
    judge(case_id=offered.pk, verdict="refund", amount_fen=700, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
    assert '<dd data-testid="offered">¥7.00</dd>' in judging_page(reviewer, offered)


def test_a_promise_about_damage_is_said_to_cover_no_other_claim(reviewer):
    case = asked(sold(damage_covered=True), kind="return")
    page = judging_page(reviewer, case)
    assert "坏果包赔，凭照片退款" in page
    assert "仅就坏果而言" in page
    assert "不能裁定仅退款：商家没有就这类申请作过承诺" in page
    assert "仅就坏果而言" not in judging_page(reviewer, asked(sold(damage_covered=True)))
