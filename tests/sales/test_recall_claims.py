"""A recall opens a claim of its own: whatever the time or an earlier decision, and never for more than was paid."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from shop.accounts.models import Message
from shop.accounts.operations.groups import give_role
from shop.accounts.roles import PLATFORM_REVIEWER
from shop.core import outbox
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import AfterSale, OrderFacts
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.arbitration import ask_platform, facts_of, judge
from shop.sales.rules import most_without_return
from tests.api.conftest import program_of
from tests.factories import AT, make_user
from tests.sales.selling import lines_of, photo, receive
from tests.traceability.growing import look, make_grown, make_lot, paid_order, report, send

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=30)
BEFORE = AT - timedelta(minutes=1)


@pytest.fixture
def buyer():
    return make_user()


@pytest.fixture
def lot(buyer):
    """A lot of which two pieces were sent to the buyer and received thirty days ago."""
    listing = make_grown(make_user(), stock=20, is_fresh=True)
    made = make_lot(listing, pieces=20)
    order = paid_order(listing, 2)
    order.purchase.user = buyer
    order.purchase.save(update_fields=["user"])
    send(order)
    order.refresh_from_db()
    receive(order)
    return made


def the_order() -> OrderFacts:
    return OrderFacts.objects.get()


def claim(**changes: object) -> AfterSale:
    line = lines_of(the_order())[0]
    facts = {"kind": "refund_only", "quantity": 2, "amount_fen": line.refundable_fen(2), "reason": "召回"}
    return open_after_sale(**{"line_id": line.pk, "actor": None, "at": LATER} | facts | changes)


def recall(lot) -> None:
    look(lot, report(passed=False))


def price() -> int:
    return lines_of(the_order())[0].unit_price_fen


def page(buyer, path: str = "") -> str:
    client = Client()
    client.force_login(buyer)
    return client.get(f"/en/account/orders/{the_order().order.number}/{path}").content.decode()


def line_of(buyer) -> dict:
    return program_of(buyer).get(f"/orders/{the_order().order.number}").data["lines"][0]


def test_what_came_long_ago_is_claimed_once_its_lot_is_recalled(lot, buyer):
    with pytest.raises(WrongState) as late:
        claim()
    assert late.value.code == "too_late"
    # By the clock of pages, too: months after the receipt.
    OrderFacts.objects.update(completed_at=timezone.now() - timedelta(days=30))
    assert (line_of(buyer)["can_claim"], line_of(buyer)["recalled"]) == (False, 0)
    recall(lot)
    line = lines_of(the_order())[0]
    assert (line_of(buyer)["can_claim"], line_of(buyer)["recalled"]) == (True, 2)
    words = page(buyer)
    assert ('data-testid="claim-recalled"' in words, f"after-sale/{line.pk}/" in words) == (True, True)
    form = page(buyer, f"after-sale/{line.pk}/")
    assert ('data-testid="recalled-claim"' in form, 'value="refund_only"' in form) == (True, True)
    assert 'value="damaged"' not in form
    with pytest.raises(WrongState) as other:
        claim(kind="damaged", uploads=[photo()])
    assert other.value.code == "too_late"
    with pytest.raises(TooMuch):
        claim(amount_fen=2 * price() + 1)
    path = f"/orders/{the_order().order.number}/lines/{line.pk}/after-sale"
    body = {"kind": "refund_only", "quantity": 2, "amount": f"{2 * price() / 100:.2f}", "reason": "召回"}
    assert program_of(buyer).post(path, body, key="c1").status_code == 201
    case = AfterSale.objects.get()
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=case.amount_fen, actor=None, at=timezone.now())
    assert lines_of(the_order())[0].refunded_fen == 2 * price()
    words = page(buyer)
    assert ('data-testid="claim-recalled"' in words, 'data-testid="recalled-paid-back"' in words) == (False, True)
    rows = program_of(buyer).get(f"/orders/{the_order().order.number}").data["recalled"]
    assert [each["is_given_back"] for each in rows] == [True]


def test_an_earlier_ruling_bars_no_claim_of_a_recall_and_one_after_it_does(lot):
    reviewer = make_user()
    give_role(user=reviewer, role=PLATFORM_REVIEWER, actor=None, at=AT)

    def dismissed(at, **changes):
        case = claim(at=at, **changes)
        decide_after_sale(case_id=case.pk, approve=False, answer="没有问题", actor=None, at=at)
        ask_platform(case_id=case.pk, words="有问题", actor=None, at=at)
        return case

    case = dismissed(AT - timedelta(minutes=1))
    judge(case_id=case.pk, verdict="dismiss", reason="照片看不清", actor=reviewer, at=BEFORE)
    with pytest.raises(WrongState) as final:
        claim(at=AT)
    assert final.value.code == "decided_already"
    recall(lot)
    case = dismissed(LATER)
    facts = facts_of(case, the_order(), lines_of(the_order())[0])
    # Without a photo, of fresh goods: nothing could be granted without the recall.
    assert (facts.recalled_fen, most_without_return(facts)) == (2 * price(), 2 * price())
    judge(case_id=case.pk, verdict="refund", amount_fen=price(), reason="该批次已召回", actor=reviewer, at=LATER)
    with pytest.raises(WrongState) as again:
        claim(at=LATER)
    assert again.value.code == "too_late"
    assert lines_of(the_order())[0].refunded_fen == price()


def test_a_recall_gives_back_only_what_was_not_given_back_before(lot):
    case = claim(at=BEFORE, quantity=1, amount_fen=price())
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=price(), actor=None, at=AT)
    recall(lot)
    with pytest.raises(TooMuch) as most:
        claim(quantity=2, amount_fen=price())
    assert (most.value.field, most.value.details["left"]) == ("quantity", 1)
    claim(quantity=1, amount_fen=price())


def test_a_part_given_back_before_leaves_the_rest_to_claim(lot):
    case = claim(at=BEFORE, quantity=2, amount_fen=1000)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=1000, actor=None, at=AT)
    recall(lot)
    with pytest.raises(TooMuch):
        claim(amount_fen=2 * price() - 999)
    claim(amount_fen=2 * price() - 1000)


def test_who_got_all_of_the_money_back_is_told_not_to_eat_it_and_asked_for_no_claim(lot, buyer):
    case = claim(at=BEFORE)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=2 * price(), actor=None, at=AT)
    recall(lot)
    outbox.drain(at=timezone.now())
    kinds = set(Message.objects.filter(user=buyer, kind__startswith="lot_recalled").values_list("kind", flat=True))
    assert kinds == {"lot_recalled_paid_back"}


def test_only_pieces_of_the_recalled_lot_are_claimed():
    listing = make_grown(make_user(), stock=20)
    first = make_lot(listing, pieces=1, days_ago=6, keeps=30)
    make_lot(listing, pieces=10, days_ago=5, keeps=60)
    order = paid_order(listing, 2)
    send(order)
    order.refresh_from_db()
    receive(order)
    recall(first)
    with pytest.raises(TooMuch) as most:
        claim(quantity=2)
    assert most.value.details["left"] == 1
    claim(quantity=1, amount_fen=price())
