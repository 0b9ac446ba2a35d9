"""A second person's word on a set covers each member's budget, days and uses: more of any needs another word, less none."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oscar.apps.catalogue.models import Product
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range

from shop.core.errors import DomainError
from shop.sales.models import OfferApproval
from shop.sales.offer_parts import WITH
from shop.sales.offer_rules import covers
from shop.sales.operations.offer_bounds import hold_if_deep
from shop.sales.queries.funding import terms_now
from tests.factories import make_listing, make_user, spec_of
from tests.sales.offered import approve_read
from tests.sales.test_deep_offers import state
from tests.sales.test_deep_sets import bounds, held, percent
from tests.sales.test_funding import form_of
from tests.sales.test_offer_forms import errors_of
from tests.sales.test_reopened_offers import taken

pytestmark = pytest.mark.django_db
NOON = timezone.now().replace(microsecond=0)
DAY = timedelta(days=1)
# One member has these before the word, then the first (no more than that) or the second (more) after it.
LESS_AND_MORE: dict[str, tuple[Any, Any, Any]] = {
    "max_discount": (Decimal(100), Decimal(99), Decimal(101)),
    "end_datetime": (NOON + 9 * DAY, NOON + 8 * DAY, NOON + 10 * DAY),
    "start_datetime": (NOON - 2 * DAY, NOON - DAY, NOON - 3 * DAY),
    "max_global_applications": (10, 9, 11),
    "max_user_applications": (2, 1, 3),
    "max_basket_applications": (2, 1, 3),
}


def change(offer: ConditionalOffer, **facts: Any) -> bool:
    """Save `facts` as the back office does; return whether the offer waits then."""
    ConditionalOffer.objects.filter(pk=offer.pk).update(**facts)
    return held(ConditionalOffer.objects.get(pk=offer.pk))


def approved_set(**facts: Any) -> tuple[ConditionalOffer, ConditionalOffer]:
    """Return an offer that was approved beside a shallow one with `facts`, and that one."""
    other = percent(30, **facts)
    one = percent(40, **bounds())
    assert held(one)
    approve_read(offer_id=one.pk, actor=make_user(), at=timezone.now())
    return one, other


@pytest.mark.parametrize("name", LESS_AND_MORE)
@pytest.mark.parametrize("member", [0, 1])
def test_more_of_a_members_bounds_waits_for_another_word_and_less_does_not(name: str, member: int) -> None:
    seen, less, more = LESS_AND_MORE[name]
    other = percent(30, **({name: seen} if member else {}))
    one = percent(40, **(bounds() | ({} if member else {name: seen})))
    assert held(one)
    approve_read(offer_id=one.pk, actor=make_user(), at=timezone.now())
    changed = (one, other)[member]
    assert (change(changed, **{name: less}), state(one), state(other)) == (False, "Open", "Open")
    # Back to what was seen is no more than that.
    assert change(changed, **{name: seen}) is False
    assert change(changed, **{name: more}) is True
    assert state(changed) == "Suspended"
    assert OfferApproval.objects.filter(offer=changed, approved_at__isnull=True).count() == 1


@pytest.mark.parametrize("name", ["max_discount", "end_datetime", "max_global_applications"])
def test_a_bound_that_a_member_loses_waits_too(name: str) -> None:
    _one, other = approved_set(**{name: LESS_AND_MORE[name][0]})
    assert change(other, **{name: None}) is True


def test_a_members_budget_raised_by_its_form_holds_it_until_somebody_else_sees_it(office: Client) -> None:
    one, other = approved_set(max_discount=Decimal(100), end_datetime=NOON + 9 * DAY)
    ends = timezone.localtime(NOON + 9 * DAY)
    form = form_of(other, exclusive="", max_discount="100", max_basket_applications="1") | {
        "end_datetime_0": f"{ends:%Y-%m-%d}", "end_datetime_1": f"{ends:%H:%M:%S}",
    }  # fmt: skip
    address = f"/admin/offer/conditionaloffer/{other.pk}/change/"
    assert office.post(address, form).status_code == 302
    assert (state(one), state(other), sorted(taken(10_000))) == ("Open", "Open", [3000, 4000])
    assert set(errors_of(office.post(address, form | {"max_discount": ""}))) == {"max_discount"}
    page = office.post(address, form | {"max_discount": "5000"}, follow=True).content.decode()
    assert (f"与“{one.name}”一起" in page, state(one), state(other)) == (True, "Open", "Suspended")
    approve_read(offer_id=other.pk, actor=make_user(), at=timezone.now())
    last = OfferApproval.objects.get(offer=other)
    assert last.terms["offer"]["most_fen"] == 500_000
    assert last.terms[WITH][str(one.pk)]["offer"]["most_fen"] == 50_000
    assert (change(one), change(other), state(one), state(other)) == (False, False, "Open", "Open")


def test_pricing_keeps_a_member_with_more_than_was_seen_to_the_bound() -> None:
    _one, other = approved_set(max_discount=Decimal(100))
    assert sorted(taken(10_000)) == [3000, 4000]
    # Past every form.
    ConditionalOffer.objects.filter(pk=other.pk).update(max_discount=Decimal(101))
    assert sum(taken(10_000)) == 5000


def test_goods_that_a_members_range_gets_wait_and_goods_that_it_loses_do_not() -> None:
    goods = [spec_of(make_listing(price_fen=10_000)) for _n in range(2)]
    _one, other = approved_set(products=[goods[0].product_id])
    range_ = Range.objects.get(pk=other.benefit.range_id)
    range_.remove_product(range_.product_queryset.get())
    assert held(other) is False
    for spec in goods:
        range_.add_product(Product.objects.get(pk=spec.product_id))
        assert held(other) is (spec is goods[1])


@pytest.mark.parametrize(
    ("part", "less", "more"),
    [("benefit", {"value": 29}, {"value": 31}), ("condition", {"value": 60}, {"value": 49}),
     ("benefit", {"max_affected_items": 2}, {"max_affected_items": 4})],
)  # fmt: skip
def test_a_member_that_gives_less_is_covered_and_one_that_gives_more_is_not(
    part: str, less: dict[str, int], more: dict[str, int]
) -> None:
    other = percent(30, most_pieces=3)
    Condition.objects.filter(pk=other.condition_id).update(value=50)
    one = percent(40, **bounds())
    assert held(one)
    approve_read(offer_id=one.pk, actor=make_user(), at=timezone.now())
    rows = {"benefit": Benefit.objects.filter(pk=other.benefit_id), "condition": Condition.objects.filter(
        pk=other.condition_id)}[part]  # fmt: skip
    rows.update(**less)
    assert held(ConditionalOffer.objects.get(pk=other.pk)) is False
    rows.update(**more)
    assert held(ConditionalOffer.objects.get(pk=other.pk)) is True


def test_a_word_that_kept_less_of_the_others_covers_none_of_them() -> None:
    one, other = approved_set()
    word = OfferApproval.objects.get(offer=one)
    OfferApproval.objects.filter(pk=word.pk).update(terms=word.terms | {WITH: {str(other.pk): "Percentage|30"}})
    assert (change(other), sum(taken(10_000))) == (True, 4000)


KEPT = ("max_discount", "max_global_applications", "max_user_applications", "end_datetime")


def _at(name: str, level: int) -> Any:
    """Return the bound of a level; the highest is none, but for a deep offer's own end and budget."""
    return {
        "max_discount": Decimal(100 * level),
        "max_global_applications": 10 * level if level < 4 else None,
        "max_user_applications": level if level < 4 else None,
        "end_datetime": NOON + level * DAY,
    }[name]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(
    st.tuples(st.sampled_from((*KEPT, "approve", "reopen")), st.integers(0, 1), st.integers(1, 4)),
    min_size=3, max_size=14,
))  # fmt: skip
def test_whatever_is_raised_and_lowered_an_open_set_is_never_above_what_somebody_saw(steps: list[Any]) -> None:
    ConditionalOffer.objects.update(status="Suspended")
    levels = [dict.fromkeys(KEPT, 2) for _n in range(2)]
    offers = [percent(40, **{name: _at(name, 2) for name in KEPT}) for _n in range(2)]
    words: dict[int, list[dict[str, int]]] = {}
    assert [held(offer) for offer in offers] == [True, False]
    for name, number, level in steps:
        before = [state(offer) for offer in offers]
        offer = offers[number]
        if name == "approve":
            try:
                approve_read(offer_id=offer.pk, actor=make_user(), at=timezone.now())
            except DomainError:
                continue
            other = offers[1 - number]
            words[number] = [dict(each) for each in levels] if state(other) == "Open" else []
            continue
        if name == "reopen":
            change(offer, status="Open")
        else:
            lowers = level <= levels[number][name]
            levels[number][name] = level
            change(offer, **{name: _at(name, level)})
            if lowers:
                assert [state(each) for each in offers] == before
        if [state(each) for each in offers] == ["Open", "Open"]:
            assert any(_is_seen(word, levels) for word in words.values()), (words, levels)


def _is_seen(word: list[dict[str, int]], now: list[dict[str, int]]) -> bool:
    return bool(word) and all(new[name] <= old[name] for old, new in zip(word, now, strict=True) for name in KEPT)


def test_terms_cover_themselves_and_no_wider_kind() -> None:
    offer = percent(40, **bounds())
    terms = terms_now(offer)
    assert covers(terms, terms)
    for name, value in (("type", "Voucher"), ("name", "别的名字"), ("exclusive", True)):
        assert covers(terms, {"offer": terms["offer"] | {name: value}})
    for name, value in (("type", "Session"), ("needs", ["Count", 1, None]), ("gives", ["Multibuy", 0, None, None])):
        assert not covers(terms, {"offer": terms["offer"] | {name: value}})
    assert not covers({"offer": terms["offer"] | {"exclusive": True}}, terms)
    assert hold_if_deep(offer_id=offer.pk, actor=None, at=timezone.now()) is None
