"""What a buyer used already: coupons that each customer has once, offers that each has so often."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Sum
from oscar.apps.order.models import OrderDiscount

from shop.sales.models import OrderFacts, Purchase
from shop.sales.states import OrderState, PurchaseState
from shop.sales.whose import Whose


def has_used(code: str, whose: Whose, *, but: int | None = None) -> bool:
    """Tell whether a buyer has a purchase with this coupon that stands, other than `but`."""
    if not whose.is_known:
        return False
    others = Purchase.objects.filter(
        whose.purchases(), coupon_code__iexact=code, state__in=[PurchaseState.UNPAID, PurchaseState.PAID]
    )
    return others.exclude(pk=but).filter(_stands()).exists()


def _stands(purchase: str = "pk") -> Exists:
    """Return the condition that one order of a purchase was not cancelled: of one that was cancelled whole before
    anything was sent nothing was kept, and it used nothing.
    """
    return Exists(OrderFacts.objects.filter(purchase=OuterRef(purchase)).exclude(state=OrderState.CANCELLED))


def uses_of(offer_ids: Collection[int], whose: Whose) -> dict[int, int]:
    """Return how often a buyer's purchases that stand used each offer. One query."""
    if not whose.is_known:
        return {}
    rows = OrderDiscount.objects.filter(
        whose.purchases("order__facts__purchase__"),
        offer_id__in=offer_ids,
        order__facts__purchase__state__in=[PurchaseState.UNPAID, PurchaseState.PAID],
    ).filter(_stands("order__facts__purchase"))
    return {pk: uses or 0 for pk, uses in rows.values_list("offer_id").annotate(uses=Sum("frequency")).order_by()}
