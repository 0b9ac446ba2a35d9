"""What the platform may decide on each kind of claim: a return of what keeps, money of what the supplier promised."""

import pytest
from django.test import Client

from shop.core.errors import InvalidInput
from shop.sales.errors import TooMuch
from shop.sales.models import CaseDecision
from shop.sales.operations.aftersales import decide_after_sale
from shop.sales.operations.arbitration import ask_platform, judge
from shop.sales.operations.returning import confirm_return, send_back
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import lines_of, paid, ship

from .test_arbitration import HOUR, SF, asked, claim, judging_page, refused, reviewer, sold

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
    # What is fresh is not sent back: of what is wrong with it otherwise, photos decide.
    ("refund_only", True, True, 3280, 0),
    ("refund_only", True, False, 3280, 0),
    # What is missing can't be sent back, and no promise about damage is about it.
    ("missing", False, True, 3280, 0),
    ("missing", False, False, 3280, 0),
    ("missing", True, True, 3280, 0),
    ("missing", True, False, 3280, 0),
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
    amount = 0 if verdict == "dismiss" else 3280
    judge(case_id=case.pk, verdict=verdict, amount_fen=amount, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
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


@pytest.mark.parametrize(("kind", "is_fresh"), [("missing", False), ("missing", True), ("damaged", True)])
def test_what_is_decided_on_photos_is_not_claimed_without_one(kind, is_fresh):
    order = sold(is_fresh=is_fresh)
    with pytest.raises(InvalidInput) as bare:
        claim(order, kind=kind, uploads=[])
    assert (bare.value.code, bare.value.field) == ("photo_missing", "photos")
    assert claim(order, kind=kind).kind == kind


def test_of_fresh_goods_the_platform_gives_money_on_photos_alone(reviewer):
    case = asked(sold(is_fresh=True), kind="refund_only", uploads=[])
    assert "买家没有发照片" in judging_page(reviewer, case)
    with pytest.raises(TooMuch):
        judge(case_id=case.pk, verdict="refund", amount_fen=1, reason="属实", actor=reviewer, at=AT + 2 * HOUR)


def test_of_what_never_came_no_photo_is_asked(reviewer):
    case = claim(ship(paid((make_listing(stock=9, price_fen=3280, is_fresh=True), 2))), kind="refund_only", uploads=[])
    decide_after_sale(case_id=case.pk, approve=False, answer="已发货", actor=None, at=AT)
    ask_platform(case_id=case.pk, words="没收到", actor=None, at=AT + HOUR)
    judge(case_id=case.pk, verdict="refund", amount_fen=3280, reason="属实", actor=reviewer, at=AT + 2 * HOUR)
    assert CaseDecision.objects.get().amount_fen == 3280


def test_a_buyer_reads_before_it_that_the_platforms_decision_ends_it(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + HOUR)
    buyer = make_user()
    order = sold(buyer=buyer)
    holder = Client()
    holder.force_login(buyer, backend="django.contrib.auth.backends.ModelBackend")
    form = holder.get(f"/account/orders/{order.order.number}/after-sale/{lines_of(order)[0].pk}/")
    assert 'data-testid="decision-is-final"' in form.content.decode()
    assert 'value="missing"' in form.content.decode()
    refused(order)
    page = holder.get(f"/account/orders/{order.order.number}/")
    assert 'data-testid="ask-is-final"' in page.content.decode()


@pytest.mark.parametrize(
    ("is_fresh", "covers", "words"),
    [
        (True, True, "Damaged goods are refunded on a photo, nothing to send back."),
        (True, False, "Its supplier promised no refund for damage: ask for one, it may agree"),
        (False, True, ""),
        (False, False, "The supplier promised no refund for damage without a return: ask to send the goods back"),
    ],
)
def test_a_claim_says_what_the_supplier_promised_of_damage_and_what_can_be_done(monkeypatch, is_fresh, covers, words):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + HOUR)
    buyer = make_user()
    order = sold(buyer=buyer, is_fresh=is_fresh, damage_covered=covers)
    holder = Client()
    holder.force_login(buyer, backend="django.contrib.auth.backends.ModelBackend")
    page = holder.get(f"/en/account/orders/{order.order.number}/after-sale/{lines_of(order)[0].pk}/").content.decode()
    assert ('data-testid="what-is-covered"' in page, words in page) == (bool(words), True)
    assert ("refunded on a photo" in page) == (is_fresh and covers)
    line = program_of(buyer, "orders:read").get(f"/orders/{order.order.number}").data["lines"][0]
    assert line["damage_covered"] is covers


def test_a_dismissal_with_an_amount_is_refused_beside_it(reviewer):
    case = asked(sold())
    body = {"verdict": "dismiss", "amount": "50.00", "reason": "照片看不出"}
    path = f"/review/after-sales/{case.pk}/decision"
    program = program_of(reviewer, "review:read", "review:write")
    answer = program.post(path, body, key="d1")
    assert (answer.status_code, answer.data["errors"][0]["field"]) == (422, "amount")
    assert answer.data["code"] == "amount_with_dismissal"
    assert not CaseDecision.objects.exists()
    page = Client()
    page.force_login(reviewer, backend="django.contrib.auth.backends.ModelBackend")
    typed = page.post(f"/review/after-sales/{case.pk}/", {"verdict": "dismiss", "amount": "5.00", "reason": "看不出"})
    assert (typed.status_code, CaseDecision.objects.exists()) == (422, False)
    untouched = {"verdict": "dismiss", "amount": "32.80", "reason": "看不出"}
    assert page.post(f"/review/after-sales/{case.pk}/", untouched).status_code == 302
    assert (CaseDecision.objects.get().verdict, CaseDecision.objects.get().amount_fen) == ("dismiss", 0)


def test_a_refusal_with_an_amount_is_refused_beside_it():
    member = make_user()
    case = claim(sold(member=member))
    body = {"approve": False, "amount": "5.00", "answer": "不是我们的问题"}
    answer = program_of(member).post(f"/seller/after-sales/{case.pk}/decision", body, key="r1")
    assert (answer.status_code, answer.data["errors"][0]["field"]) == (422, "amount")
    case.refresh_from_db()
    assert case.state == "open"


def test_a_refusal_with_an_amount_is_refused_on_the_page_too_and_nothing_is_lost():
    member = make_user()
    case = claim(sold(member=member))
    page, address = Client(), f"/seller/after-sales/{case.pk}/"
    page.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    refused = page.post(address, {"decision": "refuse", "amount": "5.00", "answer": "不是我们的问题"})
    text = refused.content.decode()
    assert (refused.status_code, refused.context["form"].errors.keys()) == (422, {"amount"})
    assert ("拒绝就不退款" in text, 'value="5.00"' in text, "不是我们的问题" in text) == (True, True, True)
    case.refresh_from_db()
    assert case.state == "open"
    # What the page filled in by itself is no amount of a refusal.
    untouched = {"decision": "refuse", "amount": f"{case.amount_fen / 100:.2f}", "answer": "不是我们的问题"}
    assert page.post(address, untouched).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.agreed_fen) == ("refused", 0)
