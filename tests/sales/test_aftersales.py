from datetime import timedelta

import pytest

from shop.core import ledger
from shop.core.errors import InvalidInput
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import AfterSale, AfterSalePicture, Refund
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale, withdraw_after_sale
from shop.sales.rules import after_sale_kinds
from tests.factories import AT, make_listing
from tests.sales.selling import come_back, lines_of, paid, photo, receive, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def received():
    return receive(ship(paid((make_listing(stock=50, price_fen=3280), 2))))


def claim(order, **changes):
    facts = {
        "line_id": lines_of(order)[0].pk,
        "kind": "damaged",
        "quantity": 1,
        "amount_fen": 3280,
        "reason": "压坏了一个",
        "uploads": [photo()],
        "actor": None,
        "at": AT + timedelta(hours=1),
    }
    return open_after_sale(**(facts | changes))


def test_damage_is_claimed_with_a_photo_and_paid_back_when_approved(received):
    case = claim(received)
    assert (case.state, AfterSalePicture.objects.filter(case=case).count()) == ("open", 1)
    assert case.due_at == AT + timedelta(hours=49)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=3280, answer="抱歉", actor=None, at=AT)
    received.refresh_from_db()
    case.refresh_from_db()
    assert (case.state, case.amount_fen, received.refunded_fen) == ("approved", 3280, 3280)
    assert Refund.objects.get().key == f"after-sale:{case.pk}"
    assert ledger.balance(f"supplier:{received.supplier_id}:payable") == 6560 - 3280


def test_a_case_is_decided_once(received):
    case = claim(received)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=3280, actor=None, at=AT)
    for approve in (True, False):
        with pytest.raises(WrongState):
            decide_after_sale(case_id=case.pk, approve=approve, amount_fen=3280, answer="no", actor=None, at=AT)
    received.refresh_from_db()
    assert received.refunded_fen == 3280


def test_a_refusal_says_why(received):
    case = claim(received)
    with pytest.raises(InvalidInput) as refused:
        decide_after_sale(case_id=case.pk, approve=False, actor=None, at=AT)
    assert refused.value.field == "answer"
    decide_after_sale(case_id=case.pk, approve=False, answer="照片看不清", actor=None, at=AT)
    case.refresh_from_db()
    assert (case.state, case.answer) == ("refused", "照片看不清")


def test_one_open_case_a_line_and_another_after_withdrawing(received):
    case = claim(received)
    with pytest.raises(WrongState) as refused:
        claim(received)
    assert refused.value.code == "case_open"
    withdraw_after_sale(case_id=case.pk, actor=None, at=AT)
    with pytest.raises(WrongState):
        withdraw_after_sale(case_id=case.pk, actor=None, at=AT)
    claim(received)
    assert list(AfterSale.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "open"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_fen": 3281}, "amount"),
        ({"amount_fen": 0}, "amount"),
        ({"quantity": 3}, "quantity"),
        ({"reason": " "}, "reason"),
        ({"uploads": []}, "photos"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(received, changes, field):
    with pytest.raises((TooMuch, InvalidInput)) as refused:
        claim(received, **changes)
    assert (refused.value.field, AfterSale.objects.count()) == (field, 0)


def test_two_claims_never_pass_what_was_paid(received):
    case = claim(received, quantity=1, amount_fen=3000)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=3000, actor=None, at=AT)
    with pytest.raises(TooMuch) as refused:
        claim(received, quantity=1, amount_fen=3281)
    assert refused.value.details["most_fen"] == 3280
    case = claim(received, quantity=1, amount_fen=3280)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=3280, actor=None, at=AT)
    with pytest.raises(WrongState) as ended:
        claim(received, quantity=1, amount_fen=280)
    assert ended.value.code == "nothing_left"


def test_fresh_damage_is_claimed_within_48_hours(received):
    with pytest.raises(WrongState):
        claim(received, at=AT + timedelta(hours=48, seconds=1))
    assert claim(received, at=AT + timedelta(hours=48)).pk


@pytest.mark.parametrize(
    ("state", "is_fresh", "hours", "kinds"),
    [
        ("unpaid", True, None, ()),
        ("cancelled", True, None, ()),
        ("to_ship", True, None, ("damaged", "missing", "refund_only")),
        ("shipped", True, None, ("damaged", "missing", "refund_only")),
        ("shipped", False, None, ("damaged", "missing", "refund_only", "return")),
        ("completed", True, 49, ("missing", "refund_only")),
        ("completed", False, 49, ("damaged", "missing", "refund_only", "return")),
        ("completed", False, 24 * 7 + 1, ()),
    ],
)
def test_what_may_be_asked_for_when(state, is_fresh, hours, kinds):
    completed_at = None if hours is None else AT - timedelta(hours=hours)
    assert after_sale_kinds(state=state, is_fresh=is_fresh, completed_at=completed_at, at=AT) == kinds


def test_the_same_pieces_come_back_once():
    order = receive(ship(paid((make_listing(stock=50, price_fen=3280, is_fresh=False), 2))))
    case = claim(order, kind="return", quantity=2, amount_fen=100)
    come_back(case)
    assert lines_of(order)[0].returned == 2
    for kind in ("return", "damaged"):
        with pytest.raises(TooMuch) as refused:
            claim(order, kind=kind, quantity=1, amount_fen=100)
        assert refused.value.field == "quantity"
