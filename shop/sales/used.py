"""What a buyer used already: coupons that each customer has once, offers that each has so often."""

from collections.abc import Collection

from django.db.models import Sum
from oscar.apps.order.models import OrderDiscount

from shop.sales.models import Purchase
from shop.sales.states import PurchaseState
from shop.sales.whose import Whose


def has_used(code: str, whose: Whose, *, but: int | None = None) -> bool:
    """Tell whether a buyer has a purchase with this coupon that stands, other than `but`."""
    if not whose.is_known:
        return False
    others = Purchase.objects.filter(
        whose.purchases(), coupon_code__iexact=code, state__in=[PurchaseState.UNPAID, PurchaseState.PAID]
    )
    return others.exclude(pk=but).exists()


def uses_of(offer_ids: Collection[int], whose: Whose) -> dict[int, int]:
    """Return how often a buyer's purchases that stand used each offer. One query."""
    if not whose.is_known:
        return {}
    rows = OrderDiscount.objects.filter(
        whose.purchases("order__facts__purchase__"),
        offer_id__in=offer_ids,
        order__facts__purchase__state__in=[PurchaseState.UNPAID, PurchaseState.PAID],
    )
    return {pk: uses or 0 for pk, uses in rows.values_list("offer_id").annotate(uses=Sum("frequency")).order_by()}
