from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range
from oscar.apps.voucher.models import Voucher

from shop.core.errors import InvalidInput
from shop.core.times import full_moment
from shop.sales.offers import apply_discounts, find_coupon
from shop.sales.pricing import PricedLine
from tests.factories import AT, make_listing, spec_of

pytestmark = pytest.mark.django_db


def make_offer(off: str = "10.00", over: str = "100.00", **fields: Any) -> ConditionalOffer:
    everything = Range.objects.create(name=f"all {Range.objects.count()}", includes_all_products=True)
    condition = Condition.objects.create(range=everything, type=Condition.VALUE, value=Decimal(over))
    benefit = Benefit.objects.create(range=everything, type=Benefit.FIXED, value=Decimal(off))
    values = {"name": f"offer {ConditionalOffer.objects.count()}", "max_basket_applications": 1}
    return ConditionalOffer.objects.create(condition=condition, benefit=benefit, **(values | fields))


def make_voucher(code: str = "QIUSHOU", usage: str = Voucher.MULTI_USE, **fields: Any) -> Voucher:
    voucher = Voucher.objects.create(
        name=code,
        code=code,
        usage=usage,
        start_datetime=AT - timedelta(days=1),
        end_datetime=AT + timedelta(days=1),
    )
    voucher.offers.add(make_offer(offer_type=ConditionalOffer.VOUCHER, **fields))
    return voucher


def priced(*wanted: tuple[int, int]) -> list[PricedLine]:
    lines = []
    for fen, quantity in wanted:
        spec = spec_of(make_listing(price_fen=fen))
        lines.append(PricedLine(spec, quantity, fen))
    return lines


def test_an_offer_is_apportioned_to_the_lines_to_the_fen() -> None:
    make_offer("10.00")
    lines = priced((3280, 2), (2160, 1), (1980, 1))
    applied = apply_discounts(lines, at=AT).applied
    assert [each.amount_fen for each in applied] == [1000]
    assert sum(line.discount_fen for line in lines) == 1000
    assert all(line.discount_fen > 0 and line.discount_supplier_fen == 0 for line in lines)


def test_below_the_threshold_nothing_applies() -> None:
    make_offer("10.00")
    lines = priced((3280, 3))
    found = apply_discounts(lines, at=AT)
    assert (found.applied, lines[0].discount_fen) == ([], 0)
    assert "1.60" in found.hint


def test_without_offers_a_quote_asks_once(django_assert_num_queries: Any) -> None:
    lines = priced((3280, 2), (5000, 1))
    with django_assert_num_queries(1):
        apply_discounts(lines, at=AT)


def test_offers_cost_the_same_whatever_the_number_of_lines(django_assert_max_num_queries: Any) -> None:
    make_offer("10.00")
    for count in (2, 12):
        lines = priced(*[(6000, 1)] * count)
        with django_assert_max_num_queries(6):
            assert apply_discounts(lines, at=AT).applied


def test_a_coupon_applies_and_is_named() -> None:
    make_voucher("QIUSHOU")
    lines = priced((12000, 1))
    applied = apply_discounts(lines, at=AT, coupon=find_coupon(" qiushou ", at=AT)).applied
    assert (applied[0].amount_fen, applied[0].voucher_id is not None) == (1000, True)


@pytest.mark.parametrize(
    ("code", "at", "refusal"),
    [
        ("NOPE", AT, "coupon_unknown"),
        ("QIUSHOU", AT - timedelta(days=2), "coupon_early"),
        ("QIUSHOU", AT + timedelta(days=2), "coupon_expired"),
    ],
)
def test_a_coupon_that_can_not_be_used_says_why(code: str, at: Any, refusal: str) -> None:
    make_voucher("QIUSHOU")
    with pytest.raises(InvalidInput) as refused:
        find_coupon(code, at=at)
    assert (refused.value.code, refused.value.field) == (refusal, "coupon")
    # It says since when, or until when.
    coupon = Voucher.objects.get()
    days = {"coupon_early": coupon.start_datetime, "coupon_expired": coupon.end_datetime}
    assert (full_moment(days[refusal]) if refusal in days else "请核对券码") in str(refused.value.message)


def test_a_coupon_that_needs_more_goods_says_how_much() -> None:
    make_voucher("QIUSHOU")
    lines = priced((1000, 1))
    found = apply_discounts(lines, at=AT, coupon=find_coupon("QIUSHOU", at=AT))
    assert (found.applied, lines[0].discount_fen, found.coupon_note) == ([], 0, "")
    assert "¥90.00" in found.coupon_error
    assert "¥100.00" in found.coupon_error
