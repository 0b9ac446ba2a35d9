"""Which offers run at one moment, who pays, what the buyer is told, and what is recorded of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer
from oscar.apps.order.models import OrderDiscount
from oscar.apps.voucher.models import Voucher

from shop.core.errors import DomainError
from shop.core.money import to_fen
from shop.core.times import full_moment
from shop.sales.deal import Buyer, Extras, PlaceLine, ShipTo
from shop.sales.models import LineDiscount, LineFacts, OrderFacts, Purchase
from shop.sales.offers import apply_discounts, find_coupon
from shop.sales.operations.closing import cancel_purchase
from shop.sales.operations.discounts import CouponGone
from shop.sales.operations.placing import place
from shop.sales.pricing import PricedLine
from shop.sales.queries.checkout import checkout_page
from shop.sales.whose import Whose
from tests.factories import AT, make_division, make_freight, make_listing, make_supplier, make_user, spec_of
from tests.sales.offered import ENDS, approve_as_it_is, lines_for, make_coupon, make_offer

pytestmark = pytest.mark.django_db
PHONE, OTHER = "+8613800002046", "+8613800002047"


def placed(
    lines: list[PricedLine], applied: Any, *, key: str, code: str = "", phone: str = PHONE, user: Any = None
) -> Purchase:
    make_division()
    return place(
        actor=user,
        at=AT,
        lines=[
            PlaceLine(
                line.spec,
                line.quantity,
                line.unit_price_fen,
                discount_fen=line.discount_fen,
                discount_supplier_fen=line.discount_supplier_fen,
            )
            for line in lines
        ],
        buyer=Buyer(user=user, phone=phone),
        ship_to=ShipTo("周敏", phone, "440106", "龙口西路 8 号"),
        key=key,
        extras=Extras(applied=applied, coupon_code=code),
    )


def buy_with(code: str, *, key: str, phone: str = PHONE, user: Any = None, price_fen: int = 12_000) -> Purchase:
    lines = lines_for((spec_of(make_listing(price_fen=price_fen)), 1))
    found = apply_discounts(lines, at=AT, coupon=find_coupon(code, at=AT, whose=Whose.of(user)))
    return placed(lines, found.applied, key=key, code=code, phone=phone, user=user)


def test_a_coupon_never_takes_away_free_freight() -> None:
    """139.40 without the coupon, 143.40 with it: it pushed one supplier below its free freight."""
    make_division()
    near, other = make_supplier(), make_supplier()
    for supplier in (near, other):
        make_freight(supplier, free_over_fen=9900)
    user = make_user()
    make_coupon("TEN", make_offer((Condition.VALUE, 100), (Benefit.FIXED, 10)))
    spec = spec_of(make_listing(price_fen=9940, supplier=near))
    totals = [
        checkout_page(
            at=AT, user=user, buy=(spec.specification_id, 2), coupon_code=code, destination="440106"
        ).quote.total_fen
        for code in ("", "TEN")
    ]
    assert totals == [19_880, 18_880]
    one = [
        checkout_page(
            at=AT, user=user, buy=(spec.specification_id, 1), coupon_code=code, destination="440106"
        ).quote.total_fen
        for code in ("", "TEN")
    ]
    assert one == [9940, 9940]
    make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10))
    page = checkout_page(at=AT, user=user, buy=(spec.specification_id, 1), destination="440106")
    assert (page.quote.freight_fen, page.quote.total_fen) == (0, 8940)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"status": "Suspended"}, "暂停"),
        ({"start_datetime": AT + timedelta(hours=1)}, f"{full_moment(AT + timedelta(hours=1))} 开始"),
        ({"end_datetime": AT - timedelta(hours=1)}, f"已于 {full_moment(AT - timedelta(hours=1))} 结束"),
        # The library's own status for what was used as often as it may be.
        ({"status": "Consumed"}, "用完"),
        ({"max_global_applications": 2, "num_applications": 2}, "用完"),
        ({"max_discount": Decimal(5), "total_discount": Decimal(5)}, "用完"),
    ],
)
def test_an_offer_that_does_not_run_takes_nothing_off_though_its_coupon_is_valid(
    fields: dict[str, Any], word: str
) -> None:
    offer = make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10))
    make_coupon("TEN", offer)
    running = lines_for((spec_of(make_listing()), 1))
    applied = apply_discounts(running, at=AT, coupon=find_coupon("TEN", at=AT)).applied
    assert running[0].discount_fen == 1000
    ConditionalOffer.objects.filter(pk=offer.pk).update(**fields)
    lines = lines_for((spec_of(make_listing()), 1))
    found = apply_discounts(lines, at=AT, coupon=find_coupon("TEN", at=AT))
    assert (found.applied, lines[0].discount_fen) == ([], 0)
    assert word in found.coupon_error
    # And at placing, where it ended between the quote and the order.
    with pytest.raises(CouponGone):
        placed(running, applied, key="late", code="TEN")
    assert not Purchase.objects.exists()


def test_an_offer_of_the_site_runs_within_its_dates_only() -> None:
    make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10), start_datetime=AT + timedelta(days=1), end_datetime=ENDS)
    spec = spec_of(make_listing())
    taken = []
    for at in (AT, AT + timedelta(days=2), ENDS + timedelta(seconds=1)):
        lines = lines_for((spec, 1))
        apply_discounts(lines, at=at)
        taken.append(lines[0].discount_fen)
    assert taken == [0, 1000, 0]


def test_the_database_refuses_a_status_that_is_none() -> None:
    offer = make_offer()
    for write in (
        lambda: ConditionalOffer.objects.filter(pk=offer.pk).update(status="paused"),
        lambda: ConditionalOffer.objects.bulk_create(
            [ConditionalOffer(name="x", slug="x", condition=offer.condition, benefit=offer.benefit, status="on")]
        ),
    ):
        with pytest.raises(IntegrityError, match="heqiao_offer_status"), transaction.atomic():
            write()


def test_the_better_of_offer_and_coupon_applies_and_the_other_is_explained() -> None:
    make_offer((Condition.VALUE, 0), (Benefit.FIXED, 30))
    make_coupon("TEN", make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10)))
    make_coupon("FORTY", make_offer((Condition.VALUE, 0), (Benefit.FIXED, 40)))
    spec = spec_of(make_listing(price_fen=20_000))
    lines = lines_for((spec, 1))
    found = apply_discounts(lines, at=AT, coupon=find_coupon("TEN", at=AT))
    assert ([each.voucher_id for each in found.applied], lines[0].discount_fen) == ([None], 3000)
    assert found.coupon_error == ""
    assert "¥30.00" in found.coupon_note
    assert "¥10.00" in found.coupon_note
    lines = lines_for((spec, 1))
    found = apply_discounts(lines, at=AT, coupon=find_coupon("FORTY", at=AT))
    assert ([bool(each.voucher_id) for each in found.applied], lines[0].discount_fen) == ([True], 4000)
    assert (found.coupon_error, found.coupon_note) == ("", "")


def test_a_coupon_that_is_not_used_is_not_used_up() -> None:
    make_division()
    make_offer((Condition.VALUE, 0), (Benefit.FIXED, 30))
    voucher = make_coupon("TEN", make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10)), usage=Voucher.SINGLE_USE)
    spec = spec_of(make_listing(price_fen=20_000))
    page = checkout_page(at=AT, buy=(spec.specification_id, 1), coupon_code="TEN", destination="440106")
    assert (page.used_coupon, page.quote.total_fen) == ("", 17_000)
    purchase = placed(page.quote.lines, page.quote.applied, key="k", code=page.used_coupon)
    voucher.refresh_from_db()
    assert (purchase.coupon_code, voucher.num_orders) == ("", 0)


def test_what_is_recorded_is_what_the_lines_lost_order_by_order() -> None:
    """Offers of 110 stood beside goods of 100."""
    free = {"exclusive": False}
    first, second = make_supplier(), make_supplier()
    one = spec_of(make_listing(price_fen=6000, supplier=first))
    other = spec_of(make_listing(price_fen=4000, supplier=second))
    thirty = make_offer((Condition.VALUE, 100), (Benefit.FIXED, 30), **free)
    make_offer((Condition.VALUE, 0), (Benefit.PERCENTAGE, 50), supplier=first, **free)
    fifty = make_offer((Condition.VALUE, 0), (Benefit.FIXED, 50), **free)
    voucher = make_coupon("FIFTY", fifty)
    approve_as_it_is(fifty, beside=[thirty])
    lines = lines_for((one, 1), (other, 1))
    found = apply_discounts(lines, at=AT, coupon=find_coupon("FIFTY", at=AT))
    purchase = placed(lines, found.applied, key="k", code="FIFTY")
    assert (purchase.discount_fen, purchase.total_fen) == (10_000, 0)
    recorded = OrderDiscount.objects.filter(order__facts__purchase=purchase)
    assert to_fen(recorded.aggregate(sum=Sum("amount"))["sum"]) == 10_000
    for order in OrderFacts.objects.filter(purchase=purchase):
        assert to_fen(recorded.filter(order=order.pk).aggregate(sum=Sum("amount"))["sum"]) == order.discount_fen
        for line in LineFacts.objects.filter(order=order):
            assert line.discounts.aggregate(sum=Sum("amount_fen"))["sum"] == line.discount_fen
    funded = LineDiscount.objects.filter(consent__isnull=False)
    assert {each.line.order.supplier_id for each in funded} == {first.pk}
    assert list(OrderFacts.objects.filter(supplier=second).values_list("discount_supplier_fen", flat=True)) == [0]
    # Once for the whole purchase, though it has two orders; and all of it comes back when it closes.
    voucher.refresh_from_db()
    assert (voucher.num_orders, to_fen(voucher.total_discount)) == (1, _off(purchase, voucher.pk))
    cancel_purchase(purchase=purchase, actor=None, at=AT)
    voucher.refresh_from_db()
    assert (voucher.num_orders, to_fen(voucher.total_discount)) == (0, 0)
    counts = ConditionalOffer.objects.values_list("num_orders", "num_applications", "total_discount")
    assert {(orders, times, to_fen(off)) for orders, times, off in counts} == {(0, 0, 0)}


def _off(purchase: Purchase, voucher_id: int) -> int:
    rows = OrderDiscount.objects.filter(order__facts__purchase=purchase, voucher_id=voucher_id)
    return to_fen(rows.aggregate(sum=Sum("amount"))["sum"])


def test_a_coupon_of_two_offers_counts_as_one_use() -> None:
    free = {"exclusive": False}
    offers = [make_offer((Condition.VALUE, 0), (Benefit.FIXED, off), **free) for off in (10, 5)]
    voucher = make_coupon("BOTH", *offers, usage=Voucher.SINGLE_USE)
    assert buy_with("BOTH", key="k").discount_fen == 1500
    voucher.refresh_from_db()
    assert voucher.num_orders == 1


@pytest.mark.parametrize("off", [0, 500])
def test_a_door_whose_discounts_are_not_its_offers_is_refused(off: int) -> None:
    make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10))
    lines = lines_for((spec_of(make_listing()), 1))
    found = apply_discounts(lines, at=AT)
    lines[0].discount_fen = off
    with pytest.raises(ValueError, match="not what its offers"):
        placed(lines, found.applied, key="k")


def test_an_offer_gives_no_more_than_it_may_cost_in_all() -> None:
    make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10), max_discount=Decimal("25.30"))
    taken = []
    for number in range(4):
        lines = lines_for((spec_of(make_listing()), 1))
        found = apply_discounts(lines, at=AT)
        taken.append(placed(lines, found.applied, key=f"k{number}", phone=f"+861380000{number:04d}").discount_fen)
    assert taken == [1000, 1000, 530, 0]


def test_a_coupon_for_once_is_for_who_proved_a_phone_and_is_used_once() -> None:
    offer = make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10))
    make_coupon("ONCE", offer, usage=Voucher.ONCE_PER_CUSTOMER)
    owner = make_user(phone=PHONE, phone_verified=True)
    said = set()
    for turn in ("before", "after"):
        for whose in (Whose.of(None), Whose.of(None, PHONE), Whose.of(make_user(), PHONE)):
            with pytest.raises(DomainError) as refused:
                find_coupon("ONCE", at=AT, whose=whose)
            said.add((refused.value.code, refused.value.field, str(refused.value.message)))
        if turn == "before":
            assert buy_with("ONCE", key="owner", user=owner).discount_fen == 1000
    # The same words whatever the phone has used.
    assert [(code, field) for code, field, _text in said] == [("phone_unproved", "coupon")]
    with pytest.raises(DomainError) as refused:
        find_coupon("ONCE", at=AT, whose=Whose.of(owner))
    assert (refused.value.code, refused.value.field) == ("coupon_used", "coupon")
    lines = lines_for((spec_of(make_listing()), 1))
    applied = apply_discounts(lines, at=AT, coupon=Voucher.objects.get(), whose=Whose.of(owner)).applied
    with pytest.raises(DomainError) as refused:
        placed(lines, applied, key="again", code="ONCE", user=owner)
    assert refused.value.code == "coupon_gone"
    with pytest.raises(DomainError) as refused:
        placed(lines, applied, key="as a guest", code="ONCE")
    assert (refused.value.code, refused.value.field) == ("phone_unproved", "coupon")


def test_an_offer_for_so_many_uses_each_is_for_who_proved_a_phone() -> None:
    make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10), max_user_applications=1)
    user = make_user(phone=PHONE, phone_verified=True)
    for whose, expected in ((Whose.of(None, PHONE), 0), (Whose.of(user), 1000), (Whose.of(user), 0)):
        lines = lines_for((spec_of(make_listing()), 1))
        found = apply_discounts(lines, at=AT, whose=whose)
        assert lines[0].discount_fen == expected
        if expected:
            with pytest.raises(DomainError) as refused:
                placed(lines, found.applied, key="guest")
            assert refused.value.code == "phone_unproved"
            placed(lines, found.applied, key="k", user=user)


def test_a_cancelled_purchase_lets_the_coupon_be_used_again() -> None:
    make_coupon("ONCE", make_offer(), usage=Voucher.ONCE_PER_CUSTOMER)
    user = make_user(phone=PHONE, phone_verified=True)
    cancel_purchase(purchase=buy_with("ONCE", key="first", user=user), actor=None, at=AT)
    assert buy_with("ONCE", key="second", user=user).discount_fen == 1000
