"""Claiming the uses of offers and coupons when placing, and giving them back. Conditional updates only."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _
from oscar.apps.offer.models import ConditionalOffer
from oscar.apps.order.models import OrderDiscount
from oscar.apps.voucher.models import Voucher

from shop.core.errors import DomainError
from shop.core.money import to_yuan
from shop.sales.models import OrderFacts, Purchase
from shop.sales.pricing import Applied
from shop.sales.states import PurchaseState


class CouponGone(DomainError):
    """The offer or coupon was used up, or suspended, between the quote and the order."""

    code = "coupon_gone"


def claim_uses(*, purchase: Purchase, applied: Sequence[Applied], user: Any) -> None:
    """Count the use of each offer and coupon, in the transaction that places `purchase`.

    Raises CouponGone when one has no use left; the whole placing is undone then, before any payment.
    """
    if not applied:
        return
    for each in applied:
        if each.voucher_id is not None:
            _claim_voucher(purchase, each, user)
        _claim_offer(each)
    order_id = OrderFacts.objects.filter(purchase=purchase).values_list("pk", flat=True).order_by("pk")[0]
    OrderDiscount.objects.bulk_create(
        [
            OrderDiscount(
                order_id=order_id,
                category=OrderDiscount.BASKET,
                offer_id=each.offer_id,
                offer_name=each.name,
                voucher_id=each.voucher_id,
                voucher_code=purchase.coupon_code if each.voucher_id else "",
                frequency=each.frequency,
                amount=to_yuan(each.amount_fen),
            )
            for each in applied
        ]
    )


def _claim_voucher(purchase: Purchase, each: Applied, user: Any) -> None:
    free = Voucher.objects.filter(pk=each.voucher_id)
    claimed = free.filter(~Q(usage=Voucher.SINGLE_USE) | Q(num_orders=0)).update(
        num_orders=F("num_orders") + 1, total_discount=F("total_discount") + to_yuan(each.amount_fen)
    )
    if not claimed:
        raise CouponGone(_("This coupon has been used."), field="coupon")
    # The update above locked the voucher's row: another checkout of the same person waits, then sees this one.
    if free.filter(usage=Voucher.ONCE_PER_CUSTOMER).exists():
        whose = Q(user=user) if user else Q(contact_phone=purchase.contact_phone)
        others = Purchase.objects.filter(whose, coupon_code__iexact=purchase.coupon_code).exclude(pk=purchase.pk)
        if others.filter(state__in=[PurchaseState.UNPAID, PurchaseState.PAID]).exists():
            raise CouponGone(_("You have used this coupon already."), field="coupon")


def _claim_offer(each: Applied) -> None:
    claimed = (
        ConditionalOffer.objects.filter(pk=each.offer_id)
        .exclude(status=ConditionalOffer.SUSPENDED)
        .filter(
            Q(max_global_applications__isnull=True)
            | Q(max_global_applications__gte=F("num_applications") + each.frequency)
        )
        .filter(Q(max_discount__isnull=True) | Q(max_discount__gt=F("total_discount")))
        .update(
            num_applications=F("num_applications") + each.frequency,
            num_orders=F("num_orders") + 1,
            total_discount=F("total_discount") + to_yuan(each.amount_fen),
        )
    )
    if not claimed:
        raise CouponGone(_("This offer has just ended."), field="coupon")


def give_uses_back(*, purchase: Purchase) -> None:
    """Give the uses back that `purchase` claimed; called once, by whoever closed it."""
    discounts = list(OrderDiscount.objects.filter(order__facts__purchase=purchase))
    for each in discounts:
        back = {"total_discount": F("total_discount") - each.amount, "num_orders": F("num_orders") - 1}
        if each.voucher_id:
            Voucher.objects.filter(pk=each.voucher_id, num_orders__gt=0).update(**back)
        ConditionalOffer.objects.filter(pk=each.offer_id, num_orders__gt=0).update(
            num_applications=F("num_applications") - each.frequency, **back
        )
