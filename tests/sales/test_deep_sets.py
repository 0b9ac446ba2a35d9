"""Offers that may be used together are judged together, and pricing never gives more than the bound unapproved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer
from oscar.apps.voucher.models import Voucher

from shop.sales import combining
from shop.sales.combining import Gives, Goods
from shop.sales.models import OfferApproval, OfferBounds
from shop.sales.offer_rules import Joining, deep_set
from shop.sales.offers import apply_discounts
from shop.sales.operations.offer_bounds import hold_if_deep
from tests.factories import AT, make_listing, make_supplier, make_user, spec_of
from tests.sales.offered import approve_as_it_is, approve_read, lines_for, make_coupon, make_offer
from tests.sales.test_best_for_buyer import with_offers
from tests.sales.test_combining import terms
from tests.sales.test_deep_offers import state
from tests.sales.test_funding import form_of
from tests.sales.test_offer_forms import errors_of, voucher_form

OFFERS, VOUCHERS = "/admin/offer/conditionaloffer/", "/admin/voucher/voucher/"
HALF = Fraction(1, 2)
FREE = {"exclusive": False}


def percent(value: Any, **facts: Any) -> ConditionalOffer:
    return make_offer((Condition.VALUE, "0.01"), (Benefit.PERCENTAGE, value), **(FREE | facts))


def bounds() -> dict[str, Any]:
    return {"max_discount": Decimal(500), "end_datetime": timezone.now() + timedelta(days=9)}


def part(pk: int, percent_off: int, **facts: Any) -> Joining:
    return Joining(pk=pk, part=Fraction(percent_off, 100), **facts)


def held(offer: ConditionalOffer) -> bool:
    return hold_if_deep(offer_id=offer.pk, actor=None, at=timezone.now()) is not None


@pytest.mark.parametrize(
    ("one", "others", "found"),
    [
        (part(1, 20), [part(2, 29)], ()),
        (part(1, 20), [part(2, 30)], (2,)),
        (part(1, 20), [part(2, 15), part(3, 15)], (2, 3)),
        (part(1, 20, is_exclusive=True), [part(2, 90)], ()),
        (part(1, 20), [part(2, 90, is_exclusive=True)], ()),
        # Who names others is used with those only, whoever of both says so.
        (part(1, 20, named=frozenset({3})), [part(2, 40)], ()),
        (part(1, 20), [part(2, 40, named=frozenset({1}))], (2,)),
        (part(1, 20), [part(2, 15, named=frozenset({1})), part(3, 15, named=frozenset({1}))], ()),
        # One coupon for a purchase.
        (part(1, 20, coupons=frozenset({1})), [part(2, 40, coupons=frozenset({2}))], ()),
        (part(1, 20, coupons=frozenset({1, 2})), [part(2, 40, coupons=frozenset({2}))], (2,)),
        (part(1, 20, coupons=frozenset({1})), [part(2, 40)], (2,)),
        # Not at the same time.
        (part(1, 20, ends=AT), [part(2, 40, starts=AT + timedelta(1))], ()),
        (part(1, 20, starts=AT + timedelta(1)), [part(2, 40, ends=AT)], ()),
        # Nothing that both may apply to.
        (part(1, 20, goods=frozenset({1})), [part(2, 40, goods=frozenset({2}))], ()),
        (part(1, 20, goods=frozenset({1, 2})), [part(2, 40, goods=frozenset({2, 3}))], (2,)),
        (part(1, 20), [part(2, 40, goods=frozenset({2}))], (2,)),
        (part(1, 20), [part(2, 15, goods=frozenset({1})), part(3, 15, goods=frozenset({2}))], ()),
        # Seen by a second person: no new set; with a third it is.
        (part(1, 20, seen={2: {}}), [part(2, 40)], ()),
        (part(1, 20), [part(2, 40, seen={1: {}})], ()),
        (part(1, 5), [part(2, 40, seen={1: {}}), part(3, 5)], (3, 2)),
        # Each two of them were seen together, never all three.
        (part(1, 40, seen={2: {}}),
         [part(2, 40, seen={3: {}}), part(3, 40, seen={1: {}})], (2, 3)),
        (part(1, 40, seen={2: {}, 3: {}}), [part(2, 40, seen={3: {}}), part(3, 40)], ()),
    ],
)  # fmt: skip
def test_offers_are_deep_together_by_what_may_apply_to_the_same_goods(
    one: Joining, others: list[Joining], found: tuple[int, ...]
) -> None:
    assert tuple(each.pk for each in deep_set(one, others, HALF)) == found


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_deep_set_is_found_where_any_subset_is_deep(data: st.DataObject) -> None:
    pks = range(1, 6)
    drawn = [
        part(pk, data.draw(st.integers(5, 30)), named=frozenset(data.draw(st.sets(st.sampled_from(pks), max_size=3))))
        for pk in pks
    ]
    one, others = drawn[0], drawn[1:]
    sets = [[one, *(other for place, other in enumerate(others) if mask >> place & 1)] for mask in range(1, 16)]
    is_any = any(
        all(a.joins(b) for a in each for b in each if a is not b) and sum(a.part for a in each) >= HALF
        for each in sets
    )  # fmt: skip
    assert bool(deep_set(one, others, HALF)) == is_any


@pytest.mark.django_db
def test_an_offer_that_makes_a_set_deep_is_asked_for_bounds_and_waits(office: Client) -> None:
    first, second = percent("49.99"), percent("49.99", exclusive=True)
    address = f"{OFFERS}{second.pk}/change/"
    form = form_of(second, combinations=[first.pk], exclusive="")
    found = errors_of(office.post(address, form))
    assert set(found) == {"max_discount", "end_datetime"}
    assert first.name in found["max_discount"][0]
    ends = {"max_discount": "500", "end_datetime_0": "2027-01-31", "end_datetime_1": "20:00:00"}
    page = office.post(address, form | ends, follow=True).content.decode()
    assert (state(first), state(second)) == ("Open", "Suspended")
    assert ("由另一人在列表中审核" in page, f"与“{first.name}”一起" in page) == (True, True)
    approve_read(offer_id=second.pk, actor=make_user(), at=timezone.now())
    # Seen together: neither waits once more when it is saved as it is.
    assert office.post(address, form | ends).status_code == 302
    as_it_is = form_of(first, exclusive="", max_basket_applications="1")
    assert office.post(f"{OFFERS}{first.pk}/change/", as_it_is).status_code == 302
    assert (state(first), state(second)) == ("Open", "Open")
    third = percent("9.99", exclusive=True)
    assert held(third) is False
    ConditionalOffer.objects.filter(pk=third.pk).update(exclusive=False)
    third.combinations.add(second)
    assert held(third) is True


@pytest.mark.django_db
def test_a_coupon_of_two_shallow_offers_holds_the_later_one(office: Client) -> None:
    offers = [percent("49.99", offer_type=ConditionalOffer.VOUCHER) for _n in range(2)]
    assert [held(offer) for offer in offers] == [False, False]
    form = voucher_form("BOTH", offers=[offer.pk for offer in offers])
    assert office.post(f"{VOUCHERS}add/", form).status_code == 302
    assert [state(offer) for offer in offers] == ["Open", "Suspended"]
    # Each in a coupon of its own is none of the other's business.
    Voucher.objects.all().delete()
    ConditionalOffer.objects.update(status="Open")
    for number, offer in enumerate(offers):
        answer = office.post(f"{VOUCHERS}add/", voucher_form(f"ONE{number}", name=f"券{number}", offers=[offer.pk]))
        assert answer.status_code == 302
    assert [state(offer) for offer in offers] == ["Open", "Open"]


@pytest.mark.django_db
def test_a_part_made_deeper_holds_an_offer_by_the_set_it_is_in(office: Client) -> None:
    first, second = percent(30), percent(10)
    facts = {"range": second.benefit.range_id, "type": "Percentage", "value": "20", "max_affected_items": ""}
    assert office.post(f"/admin/offer/benefit/{second.benefit_id}/change/", facts).status_code == 302
    assert (state(first), state(second)) == ("Open", "Suspended")


@pytest.mark.django_db
def test_an_approved_offer_waits_again_beside_one_that_nobody_saw_with_it() -> None:
    deep = percent(60, exclusive=True, **bounds())
    assert held(deep)
    approve_read(offer_id=deep.pk, actor=make_user(), at=timezone.now())
    shallow = percent(10)
    assert (held(deep), held(shallow)) == (False, False)
    ConditionalOffer.objects.filter(pk=deep.pk).update(exclusive=False)
    assert held(deep)
    approve_read(offer_id=deep.pk, actor=make_user(), at=timezone.now())
    last = OfferApproval.objects.order_by("pk").last()
    assert last is not None
    assert [int(pk) for pk in last.terms["with"]] == [shallow.pk]
    assert (held(deep), held(shallow), held(percent(10))) == (False, False, True)


@pytest.mark.django_db
def test_what_an_approved_offer_is_used_with_is_made_deeper_by_nobody_alone() -> None:
    shallow, deep = percent(1), percent("49.90", **bounds())
    assert (held(deep), held(shallow)) == (True, False)
    approve_read(offer_id=deep.pk, actor=make_user(), at=timezone.now())
    assert (held(deep), held(shallow)) == (False, False)
    Benefit.objects.filter(pk=shallow.benefit_id).update(value=Decimal("49.99"))
    assert (held(shallow), held(deep)) == (True, False)


@pytest.mark.django_db
def test_a_free_piece_of_other_goods_than_those_counted_is_deep() -> None:
    first, second = (spec_of(make_listing()) for _n in range(2))
    offer = make_offer((Condition.COUNT, 3), (Benefit.MULTIBUY, None), products=[first.product_id])
    assert held(offer) is False
    other = make_offer((Condition.COUNT, 3), (Benefit.MULTIBUY, None), products=[second.product_id])
    Benefit.objects.filter(pk=offer.benefit_id).update(range=other.benefit.range_id)
    assert held(offer) is True


def taken(price_fen: int, coupon: Voucher | None = None) -> list[int]:
    lines = lines_for((spec_of(make_listing(price_fen=price_fen)), 1))
    return [each.amount_fen for each in apply_discounts(lines, at=AT, coupon=coupon).applied]


@pytest.mark.django_db
def test_unapproved_offers_take_half_of_the_goods_at_most_whatever_was_missed() -> None:
    offers = [percent("49.99") for _n in range(2)]
    coupon = make_coupon("BOTH", *offers)
    assert taken(12_641, coupon) == [6319, 1]
    # Approved alone: the other stood beside it for nobody.
    approve_as_it_is(offers[1])
    assert taken(12_641, coupon) == [6319, 1]
    approve_as_it_is(offers[1], beside=[offers[0]])
    assert taken(12_641, coupon) == [6319, 6319]
    # What takes off no more than was approved was approved too; other terms count as nobody's.
    ConditionalOffer.objects.filter(pk=offers[1].pk).update(max_discount=Decimal(400))
    assert taken(12_641, coupon) == [6319, 6319]
    ConditionalOffer.objects.filter(pk=offers[1].pk).update(max_basket_applications=2)
    assert taken(12_641, coupon) == [6319, 1]
    OfferBounds.objects.update(deep_percent=20)
    assert taken(12_641, coupon) == [2528]


@pytest.mark.django_db
def test_what_a_supplier_agreed_to_pay_is_not_bounded() -> None:
    supplier = make_supplier()
    spec = spec_of(make_listing(price_fen=10_000, supplier=supplier))
    percent(80, supplier=supplier)
    percent(60)
    lines = lines_for((spec, 1))
    applied = apply_discounts(lines, at=AT).applied
    assert sorted((each.supplier_id is not None, each.amount_fen) for each in applied) == [(False, 2000), (True, 8000)]


def test_bounded_offers_on_different_goods_are_chosen_together() -> None:
    goods = [Goods(1000, 1), Goods(100, 1)]
    first, second = frozenset({0}), frozenset({1})
    dear = terms(1, goods, first, value=600, is_bounded=True, together=None)
    paid = terms(2, goods, first, value=590, together=None)
    small = terms(3, goods, second, gives=Gives.PERCENT, value=10_000, is_bounded=True)
    found = combining.best([dear, paid, small], goods, 550)
    assert sorted((each.terms.pk, each.fen) for each in found.taken) == [(2, 590), (3, 100)]


@settings(max_examples=80, deadline=None)
@given(with_offers(most=3), st.sets(st.integers(0, 3)), st.integers(1, 100))
def test_bounded_offers_keep_within_the_bound_and_one_more_piece_costs_its_price_at_most(
    drawn: Any, bounded: set[int], percent_off: int
) -> None:
    goods, offers, place = drawn
    on = [replace(offer, is_bounded=offer.pk in bounded) for offer in offers]
    more = [Goods(line.unit_fen, line.pieces + (number == place)) for number, line in enumerate(goods)]
    before, after = (combining.best(on, each, _most(each, percent_off)) for each in (goods, more))
    for found, of in ((before, goods), (after, more)):
        assert sum(each.fen for each in found.taken if each.terms.is_bounded) <= _most(of, percent_off)
    assert after.saved >= before.saved


def _most(goods: Sequence[Goods], percent_off: int) -> int:
    return sum(line.fen for line in goods) * percent_off // 100


@pytest.mark.django_db
def test_the_list_names_the_offers_that_a_waiting_one_stands_with(office: Client) -> None:
    percent(20, name="秋收价", **bounds())
    assert held(percent(40, name="双十二", **bounds()))
    page = office.get(OFFERS).content.decode()
    assert page.count("平台（可与“秋收价”同享，待另一人审核）") == 1
