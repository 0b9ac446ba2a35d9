"""Giving discounts back: with goods that went back, with orders that were cancelled, with purchases never paid.

What went back of a discount nobody pays for: it leaves the books (by who posts them), and what its offer may still
take off grows by it. Locks: orders, coupons by id, offers by id, consents by id, as `discounts` does.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import F
from oscar.apps.offer.models import ConditionalOffer
from oscar.apps.order.models import OrderDiscount
from oscar.apps.voucher.models import Voucher

from shop.core.money import to_yuan
from shop.sales.discount_rules import discount_back, shares
from shop.sales.models import LineDiscount, OfferConsent, OrderFacts, Purchase
from shop.sales.states import ConsentState


@dataclass(frozen=True, slots=True)
class DiscountsBack:
    """分 of an order's discount that went back just now: the platform's part and the supplier's own."""

    platform_fen: int = 0
    supplier_fen: int = 0


def returned_now(rows: Sequence[LineDiscount], *, is_over: bool) -> list[int]:
    """Return what should have gone back of each of a line's discounts; all of it where its order is over."""
    if is_over:
        return [row.amount_fen for row in rows]
    line = rows[0].line
    gone = line.cancelled + line.rejected + line.returned
    part = discount_back(line.unit_price_fen, line.ordered, line.discount_fen, line.refunded_fen, gone)
    return shares([row.amount_fen for row in rows], part)


def take_discounts_back(
    *, order: OrderFacts, line_ids: Collection[int] | None = None, is_over: bool = False
) -> DiscountsBack:
    """Take back what the offers took off what went back of a locked order, as its lines say; return it.

    `line_ids` are the lines that changed, all of them where None; `is_over` takes all that is left, whatever was paid.
    """
    if not order.discount_fen:
        return DiscountsBack()
    rows = LineDiscount.objects.filter(line__order=order).select_related("line").order_by("line", "pk")
    if line_ids is not None:
        rows = rows.filter(line__in=line_ids)
    freed: list[tuple[LineDiscount, int]] = []
    for _line_id, group in groupby(rows, key=lambda row: row.line_id):
        own = list(group)
        for row, part in zip(own, returned_now(own, is_over=is_over), strict=True):
            if part > row.returned_fen:
                freed.append((row, part - row.returned_fen))
    if not freed:
        return DiscountsBack()
    _note(order, freed)
    _release(freed, _vouchers([order.pk]))
    funded = sum(fen for row, fen in freed if row.consent_id)
    return DiscountsBack(sum(fen for _row, fen in freed) - funded, funded)


def _note(order: OrderFacts, freed: Sequence[tuple[LineDiscount, int]]) -> None:
    for row, fen in freed:
        row.returned_fen += fen
    LineDiscount.objects.bulk_update([row for row, _fen in freed], ["returned_fen"])
    fen = sum(part for _row, part in freed)
    funded = sum(part for row, part in freed if row.consent_id)
    OrderFacts.objects.filter(pk=order.pk).update(
        discount_back_fen=F("discount_back_fen") + fen,
        discount_supplier_back_fen=F("discount_supplier_back_fen") + funded,
    )
    order.discount_back_fen += fen
    order.discount_supplier_back_fen += funded


def _vouchers(order_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """Return by which coupon an offer came to an order: (order, offer) → coupon."""
    rows = OrderDiscount.objects.filter(order__in=order_ids, voucher_id__isnull=False)
    return {(order, offer): voucher for order, offer, voucher in rows.values_list("order", "offer_id", "voucher_id")}


def _release(freed: Sequence[tuple[LineDiscount, int]], vouchers: Mapping[tuple[int, int], int]) -> None:
    """Let coupons, offers and consents have taken that much less off."""
    by_voucher: dict[int, int] = defaultdict(int)
    by_offer: dict[int, int] = defaultdict(int)
    by_payer: dict[tuple[int, int], int] = defaultdict(int)
    for row, fen in freed:
        by_offer[row.offer_id] += fen
        voucher = vouchers.get((row.line.order_id, row.offer_id))
        if voucher is not None:
            by_voucher[voucher] += fen
        if row.consent_id:
            by_payer[row.offer_id, row.line.order.supplier_id] += fen
    for pk, fen in sorted(by_voucher.items()):
        Voucher.objects.filter(pk=pk).update(total_discount=F("total_discount") - to_yuan(fen))
    for pk, fen in sorted(by_offer.items()):
        ConditionalOffer.objects.filter(pk=pk).update(total_discount=F("total_discount") - to_yuan(fen))
    # The version that counts now has taken over what the ones before it took off.
    for (offer, supplier), fen in sorted(by_payer.items()):
        consents = OfferConsent.objects.exclude(state=ConsentState.REPLACED)
        consents.filter(offer=offer, supplier=supplier).update(spent_fen=F("spent_fen") - fen)


def give_uses_back(*, purchase: Purchase) -> None:
    """Give the uses back that `purchase` claimed, with what they took off; called once, by whoever closed it."""
    for order in uncount_uses(purchase=purchase):
        take_discounts_back(order=order, is_over=True)


def uncount_uses(*, purchase: Purchase) -> list[OrderFacts]:
    """Count the uses no more that `purchase` claimed; return its orders that had a discount.

    Called once, by whoever closed it unpaid, or cancelled the last of its paid orders before anything was sent.
    """
    orders = list(OrderFacts.objects.filter(purchase=purchase, discount_fen__gt=0).order_by("pk"))
    offers: dict[int, int] = defaultdict(int)
    vouchers: set[int] = set()
    for each in OrderDiscount.objects.filter(order__in=[order.pk for order in orders]):
        offers[each.offer_id] += each.frequency or 0
        if each.voucher_id:
            vouchers.add(each.voucher_id)
    _uncount(vouchers, offers)
    return orders


def _uncount(vouchers: Collection[int], offers: Mapping[int, int]) -> None:
    """Have coupons been used once less, and offers so many times."""
    for pk in sorted(vouchers):
        Voucher.objects.filter(pk=pk, num_orders__gt=0).update(num_orders=F("num_orders") - 1)
    for pk, times in sorted(offers.items()):
        ConditionalOffer.objects.filter(pk=pk, num_orders__gt=0).update(
            num_orders=F("num_orders") - 1, num_applications=F("num_applications") - times
        )
