"""What the platform may decide on each kind of claim: a return of what keeps, money of what the supplier promised."""

import pytest

from shop.core.errors import InvalidInput
from shop.sales.errors import TooMuch
from shop.sales.operations.arbitration import judge
from shop.sales.operations.returning import confirm_return, send_back
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import lines_of

from .test_arbitration import HOUR, SF, asked, judging_page, reviewer, sold

__all__ = ["reviewer"]
pytestmark = pytest.mark.django_db

# Kind, fresh, covered → what the platform may grant without a return, and with one.
DECISIONS = [
    ("damaged", False, True, 3280, 0),
    ("damaged", False, False, 0, 3280),
    ("damaged", True, True, 3280, 0),
    ("damaged", True, False, 0, 0),
    ("refund_only", False, True, 0, 3280),
    ("refund_only", False, False, 0, 3280),
    ("refund_only", True, True, 0, 0),
    ("refund_only", True, False, 0, 0),
    ("return", False, True, 0, 3280),
    ("return", False, False, 0, 3280),
]


@pytest.mark.parametrize(("kind", "is_fresh", "covers", "without", "with_return"), DECISIONS)
def test_every_kind_of_claim_is_decided_as_fresh_and_covered_goods_allow(
    reviewer, kind, is_fresh, covers, without, with_return
):
    case = asked(sold(is_fresh=is_fresh, damage_covered=covers), kind=kind)
    page = judging_page(reviewer, case)
    offered = [verdict for verdict in ("refund", "return", "dismiss") if f'value="{verdict}"' in page]
    possible = [name for name, most in (("refund", without), ("return", with_return)) if most]
    assert offered == [*possible, "dismiss"]
    told = program_of(reviewer, "review:read").get(f"/review/after-sales/{case.pk}").data
    mosts = (f"{without / 100:.2f}", f"{with_return / 100:.2f}")
    assert (told["most_without_return"], told["most_with_return"], told["is_fresh"]) == (*mosts, is_fresh)
    for verdict in {"refund", "return"} - set(possible):
        with pytest.raises((TooMuch, InvalidInput)) as barred:
            judge(case_id=case.pk, verdict=verdict, amount_fen=1, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
        assert barred.value.field == "verdict"
    verdict = (possible or ["dismiss"])[0]
    judge(case_id=case.pk, verdict=verdict, amount_fen=3280, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
    case.refresh_from_db()
    ended = {"refund": ("approved", False), "return": ("to_return", True), "dismiss": ("dismissed", kind == "return")}
    assert (case.state, case.needs_return) == ended[verdict]


def test_damage_that_is_not_covered_is_paid_once_the_goods_came_back(reviewer):
    order = sold(damage_covered=False)
    case = asked(order)
    judge(case_id=case.pk, verdict="return", amount_fen=3280, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
    order.refresh_from_db()
    assert order.refunded_fen == 0
    send_back(case_id=case.pk, actor=None, at=AT + 3 * HOUR, **SF)
    confirm_return(case_id=case.pk, actor=None, at=AT + 4 * HOUR)
    order.refresh_from_db()
    case.refresh_from_db()
    assert (case.state, order.refunded_fen, lines_of(order)[0].returned) == ("approved", 3280, 1)
