"""A coupon that each customer has once: of a paid purchase that was cancelled whole before anything was sent, again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from oscar.apps.offer.models import Benefit, Condition
from oscar.apps.voucher.models import Voucher

from shop.sales.models import Purchase
from shop.sales.offers import apply_discounts, find_coupon
from shop.sales.operations.closing import cancel_order
from shop.sales.used import has_used, uses_of
from shop.sales.whose import Whose
from tests.factories import AT, make_listing, make_supplier, make_user, spec_of
from tests.sales.offered import lines_for, make_coupon, make_offer
from tests.sales.selling import pay
from tests.sales.test_money_due import wrong
from tests.sales.test_offers import placed

pytestmark = pytest.mark.django_db


def bought() -> tuple[Voucher, Purchase, Whose]:
    """Return a coupon for once, a paid purchase of two suppliers that used it, and who bought."""
    user = make_user(phone="+8613800002046", phone_verified=True)
    offer = make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10))
    voucher = make_coupon(
        "TEN", offer, usage=Voucher.ONCE_PER_CUSTOMER, end_datetime=timezone.now() + timedelta(days=9)
    )
    whose = Whose.of(user)
    lines = lines_for(*((spec_of(make_listing(price_fen=30_00, supplier=make_supplier())), 1) for _n in range(2)))
    applied = apply_discounts(lines, at=AT, coupon=find_coupon("TEN", at=AT, whose=whose)).applied
    purchase = placed(lines, applied, key="k", code="TEN", user=user)
    pay(purchase)
    return voucher, purchase, whose


def test_a_coupon_is_free_again_once_all_paid_orders_were_cancelled() -> None:
    voucher, purchase, whose = bought()
    first, second = purchase.orders.order_by("pk")
    cancel_order(order_id=first.pk, actor=None, at=AT)
    voucher.refresh_from_db()
    assert (voucher.num_orders, has_used("TEN", whose)) == (1, True)
    cancel_order(order_id=second.pk, actor=None, at=AT)
    voucher.refresh_from_db()
    offer = voucher.offers.get()
    assert (voucher.num_orders, voucher.total_discount, offer.num_orders, offer.num_applications) == (0, 0, 0, 0)
    assert (has_used("TEN", whose), uses_of([offer.pk], whose)) == (False, {})
    assert find_coupon("TEN", at=AT, whose=whose) == voucher
    assert wrong() == []


def test_the_dialog_of_the_last_order_says_that_the_coupon_is_free_again() -> None:
    _voucher, purchase, _whose = bought()
    client = Client()
    client.force_login(purchase.user)
    first, second = (f"/account/orders/{each.order.number}/" for each in purchase.orders.order_by("pk"))
    words = "优惠券 TEN 可以再次使用"
    assert words not in client.get(first).content.decode()
    assert words not in client.post(f"{first}cancel/", follow=True).content.decode()
    assert words in client.get(second).content.decode()
    assert words in client.post(f"{second}cancel/", follow=True).content.decode()
