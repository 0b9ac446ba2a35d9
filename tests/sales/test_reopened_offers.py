"""Offers approved one by one, whatever was suspended then, never take more together than somebody has seen together."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oscar.apps.catalogue.models import Category
from oscar.apps.offer.models import Benefit, ConditionalOffer, Range
from oscar.apps.voucher.models import Voucher

from catalog.models import Listing
from shop.core.errors import DomainError
from shop.sales.approved import last_approvals, plain_terms, was_approved
from shop.sales.models import OfferApproval
from shop.sales.offer_parts import seen_in
from shop.sales.offer_rules import covers
from shop.sales.offers import apply_discounts
from shop.sales.operations.offer_bounds import hold_if_deep
from tests.factories import make_listing, make_user, spec_of
from tests.sales.offered import approve_read, lines_for, make_coupon
from tests.sales.test_deep_offers import state
from tests.sales.test_deep_sets import bounds, held, percent
from tests.sales.test_funding import form_of
from tests.sales.test_offer_forms import voucher_form

pytestmark = pytest.mark.django_db
OFFERS = "/admin/offer/conditionaloffer/"


def suspend(*offers: ConditionalOffer) -> None:
    ConditionalOffer.objects.filter(pk__in=[each.pk for each in offers]).update(status="Suspended")


def reopen(*offers: ConditionalOffer) -> list[str]:
    for offer in offers:
        ConditionalOffer.objects.filter(pk=offer.pk).update(status="Open")
        hold_if_deep(offer_id=offer.pk, actor=None, at=timezone.now())
    return [state(offer) for offer in offers]


def approved(offer: ConditionalOffer) -> ConditionalOffer:
    """Ask for a word on `offer`, and let a second person give it."""
    OfferApproval.objects.filter(offer=offer, approved_at__isnull=True).delete()
    ConditionalOffer.objects.filter(pk=offer.pk).update(status="Open")
    assert held(offer)
    approve_read(offer_id=offer.pk, actor=make_user(), at=timezone.now())
    return offer


def taken(*prices: int, coupon: Voucher | None = None, specs: Sequence[Any] = ()) -> list[int]:
    found = [*specs, *(spec_of(make_listing(price_fen=price)) for price in prices)]
    return [each.amount_fen for each in apply_discounts(lines_for(*((s, 1) for s in found)), at=timezone.now(),
                                                        coupon=coupon).applied]  # fmt: skip


def test_two_offers_approved_while_the_other_was_suspended_are_not_both_reopened(office: Client) -> None:
    # As a form keeps it: whole seconds.
    ends_at = (timezone.now() + timedelta(days=9)).replace(microsecond=0)
    one, other = (percent(value, max_discount=Decimal(500), end_datetime=ends_at) for value in (60, 70))
    for offer, beside in ((one, other), (other, one)):
        suspend(beside)
        approved(offer)
    suspend(one, other)
    kept = timezone.localtime(ends_at)
    ends = {"end_datetime_0": f"{kept:%Y-%m-%d}", "end_datetime_1": f"{kept:%H:%M:%S}"}
    for offer in (one, other):
        # As they were approved, but for the status.
        facts = form_of(offer, status="Open", exclusive="", max_discount="500", max_basket_applications="1")
        assert office.post(f"{OFFERS}{offer.pk}/change/", facts | ends).status_code == 302
    assert (state(one), state(other)) == ("Open", "Suspended")
    approve_read(offer_id=other.pk, actor=make_user(), at=timezone.now())
    suspend(one, other)
    assert reopen(other, one) == ["Open", "Open"]


def test_offers_that_were_seen_two_by_two_are_not_seen_together() -> None:
    offers = [percent(40, **bounds()) for _n in range(3)]
    for number, offer in enumerate(offers):
        suspend(*offers)
        ConditionalOffer.objects.filter(pk=offers[(number + 1) % 3].pk).update(status="Open")
        approved(offer)
    suspend(*offers)
    assert reopen(*offers) == ["Open", "Open", "Suspended"]


def test_offers_for_different_goods_are_not_held_together(office: Client) -> None:
    goods = [spec_of(make_listing(price_fen=10_000)) for _n in range(2)]
    one, other = (percent(40, products=[spec.product_id]) for spec in goods)
    assert (held(one), held(other)) == (False, False)
    address = f"{OFFERS}{other.pk}/change/"
    assert office.post(address, form_of(other, exclusive="")).status_code == 302
    assert (state(one), state(other), taken(specs=goods)) == ("Open", "Open", [4000, 4000])
    # What is free for all, or for both, meets both.
    assert held(percent(40)) is True


def test_a_range_that_comes_to_hold_anothers_goods_holds_its_offer(office: Client) -> None:
    first, second = (make_listing(price_fen=10_000) for _n in range(2))
    one, other = (percent(40, products=[spec_of(listing).product_id]) for listing in (first, second))
    kind = Category.add_root(name="茶")
    first.product.categories.add(kind)
    held_by = Range.objects.get(pk=other.benefit.range_id)
    form = {"name": held_by.name, "description": "", "included_categories": [kind.pk]}
    assert office.post(f"/admin/offer/range/{held_by.pk}/change/", form).status_code == 302
    assert (state(one), state(other)) == ("Open", "Suspended")


def test_goods_put_into_two_ranges_later_are_bounded_by_the_price() -> None:
    first, second = (make_listing(price_fen=10_000) for _n in range(2))
    one, other = (percent(60, products=[spec_of(listing).product_id], **bounds()) for listing in (first, second))
    approved(one)
    approved(other)
    specs = [spec_of(first), spec_of(second)]
    assert (state(one), state(other), taken(specs=specs)) == ("Open", "Open", [6000, 6000])
    other.benefit.range.add_product(first.product)
    # Each of them, as it was approved, but not both off the same goods.
    assert sorted(taken(specs=specs)) == [6000, 6000]
    assert taken(specs=specs[:1]) == [6000]


def test_dates_that_begin_to_overlap_hold_the_later_saved_offer(office: Client) -> None:
    now = timezone.now()
    soon, later = now + timedelta(days=3), now + timedelta(days=4)
    one = percent(60, max_discount=Decimal(500), end_datetime=soon)
    other = percent(60, max_discount=Decimal(500), start_datetime=later, end_datetime=later + timedelta(days=5))
    approved(one)
    approved(other)
    ConditionalOffer.objects.filter(pk=other.pk).update(start_datetime=now)
    assert (held(other), state(one), state(other)) == (True, "Open", "Suspended")


def test_a_coupon_that_gets_another_approved_offer_holds_it(office: Client) -> None:
    offers = [percent(60, offer_type=ConditionalOffer.VOUCHER, **bounds()) for _n in range(2)]
    coupons = [make_coupon(f"ONE{number}", offer) for number, offer in enumerate(offers)]
    for offer in offers:
        approved(offer)
    assert [state(offer) for offer in offers] == ["Open", "Open"]
    both = voucher_form("ONE0", offers=[offer.pk for offer in offers])
    assert office.post(f"/admin/voucher/voucher/{coupons[0].pk}/change/", both).status_code == 302
    assert [state(offer) for offer in offers] == ["Open", "Suspended"]
    assert taken(10_000, coupon=coupons[0]) == [6000]


# What may happen to an offer, by one who edits it or a second person.
STEPS = ("save", "approve", "suspend", "reopen", "deepen", "range", "dates", "alone", "coupon")


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[int], list[tuple[str, int]]]:
    parts = draw(st.lists(st.sampled_from([10, 20, 30, 45, 60, 90]), min_size=2, max_size=3))
    steps = st.tuples(st.sampled_from(STEPS), st.integers(0, len(parts) - 1))
    return parts, draw(st.lists(steps, min_size=2, max_size=12))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_whatever_the_order_of_saving_and_approving_no_more_than_the_bound_is_taken_unseen(drawn: Any) -> None:
    parts, steps = drawn
    goods = [make_listing(price_fen=10_000), make_listing(price_fen=3_333)]
    offers = [percent(value, **bounds()) for value in parts]
    every = Voucher.objects.create(
        name=f"{timezone.now()}", code=f"V{Voucher.objects.count()}", usage=Voucher.MULTI_USE,
        start_datetime=timezone.now() - timedelta(1), end_datetime=timezone.now() + timedelta(9),
    )  # fmt: skip
    for offer in offers:
        held(offer)
    for step, number in steps:
        _do(step, offers[number], goods, every)
        for basket in (goods, goods[:1]):
            _check(basket, every)
    ConditionalOffer.objects.update(status="Suspended")


def _do(step: str, offer: ConditionalOffer, goods: Sequence[Listing], every: Voucher) -> None:
    offer.refresh_from_db()
    row = ConditionalOffer.objects.filter(pk=offer.pk)
    if step == "approve":
        try:
            approve_read(offer_id=offer.pk, actor=make_user(), at=timezone.now())
        except DomainError:
            return
    elif step == "suspend":
        row.update(status="Suspended")
    elif step == "reopen":
        row.update(status="Open")
    elif step == "deepen":
        Benefit.objects.filter(pk=offer.benefit_id).update(value=min(Decimal(100), offer.benefit.value + 15))
    elif step == "range":
        # From everything to one product and back.
        for part in (offer.condition, offer.benefit):
            part.range.add_product(goods[0].product)
            Range.objects.filter(pk=part.range_id).update(includes_all_products=not part.range.includes_all_products)
    elif step == "dates":
        starts = None if offer.start_datetime else timezone.now() + timedelta(days=1)
        row.update(start_datetime=starts)
    elif step == "alone":
        row.update(exclusive=not offer.exclusive)
    elif step == "coupon":
        row.update(offer_type=ConditionalOffer.VOUCHER)
        every.offers.add(offer)
        for other in every.offers.order_by("-pk"):
            held(other)
    held(ConditionalOffer.objects.get(pk=offer.pk))


def _check(goods: Sequence[Listing], coupon: Voucher) -> None:
    lines = lines_for(*((spec_of(listing), 1) for listing in goods))
    applied = apply_discounts(lines, at=timezone.now(), coupon=coupon).applied
    offers = ConditionalOffer.objects.in_bulk([each.offer_id for each in applied])
    words = [
        {
            pk,
            *(
                at
                for at, said in seen_in(word.terms).items()
                if at in offers and covers(said, {"offer": plain_terms(offers[at])})
            ),
        }
        for pk, word in last_approvals(offers).items()
        if was_approved(offers[pk], {pk: word})
    ]
    on: dict[frozenset[int], int] = {}
    for line in lines:
        beside = frozenset(a.offer_id for a in applied if line.spec.specification_id in dict(a.parts))
        is_seen = any(beside <= word for word in words)
        on[beside] = on.get(beside, 0) + (0 if is_seen else line.discount_fen)
    assert Fraction(sum(on.values()), sum(line.goods_fen for line in lines)) <= Fraction(1, 2)
    assert connection.needs_rollback is False
