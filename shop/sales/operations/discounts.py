"""Claiming the uses of offers and coupons when placing (given back: `discounts_back`). Conditional updates only.

Locks: coupons by id, offers by id, consents by id; whoever comes second waits at the first of them and then sees the first.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q
from django.utils.translation import gettext as _
from oscar.apps.offer.models import ConditionalOffer
from oscar.apps.order.models import OrderDiscount
from oscar.apps.voucher.models import Voucher

from shop.core.errors import DomainError
from shop.core.money import to_yuan
from shop.sales.deal import PlaceLine
from shop.sales.models import LineDiscount, LineFacts, OfferConsent, OrderFacts, Purchase
from shop.sales.pricing import Applied
from shop.sales.states import ConsentState
from shop.sales.used import has_used, uses_of
from shop.sales.whose import Whose

# SQLite adds decimals as floats: less than half a 分 is no difference.
HALF_FEN = Decimal("0.004")


class CouponGone(DomainError):
    """The offer or coupon was used up, suspended, or lost its payer's consent between the quote and the order."""

    code = "coupon_gone"


def check_parts(lines: Sequence[PlaceLine], applied: Sequence[Applied]) -> None:
    """Check that what the offers take off is what the lines are reduced by, and that a supplier pays for its own lines.

    Raises ValueError: a door that calls `place` with other figures is wrong.
    """
    discounts: dict[int, int] = defaultdict(int)
    funded: dict[int, int] = defaultdict(int)
    suppliers = {line.spec.specification_id: line.spec.supplier_id for line in lines}
    for each in applied:
        for specification_id, part in each.parts:
            discounts[specification_id] += part
            if each.supplier_id is not None:
                funded[specification_id] += part
                if suppliers.get(specification_id) != each.supplier_id:
                    raise ValueError(f"offer {each.offer_id} reduces a line of another supplier than the one that pays")
    for line in lines:
        said = (line.discount_fen, line.discount_supplier_fen)
        pk = line.spec.specification_id
        if said != (discounts.pop(pk, 0), funded.pop(pk, 0)):
            raise ValueError(f"the discount of specification {pk} is not what its offers take off")
    if discounts:
        raise ValueError("an offer reduces what is not bought")


def claim_uses(
    *,
    purchase: Purchase,
    applied: Sequence[Applied],
    orders: Sequence[tuple[OrderFacts, Sequence[LineFacts]]],
    whose: Whose,
    at: datetime,
) -> None:
    """Count the use of each offer and coupon, in the transaction that places `purchase`; note them on its lines.

    Raises CouponGone when one has no use left, or does not run any more, PhoneUnproved for one that each customer has
    so often; the whole placing is undone then.
    """
    if not applied:
        return
    by_voucher: dict[int, int] = defaultdict(int)
    for each in applied:
        if each.voucher_id is not None:
            by_voucher[each.voucher_id] += each.amount_fen
    for voucher_id, amount in sorted(by_voucher.items()):
        _claim_voucher(purchase, voucher_id, amount, whose, at)
    for each in sorted(applied, key=lambda each: each.offer_id):
        _claim_offer(each, whose, at)
    for each in sorted(applied, key=lambda each: each.consent_id or 0):
        if each.consent_id is not None:
            _claim_consent(each, each.consent_id)
    _note(purchase, applied, orders)


def _claim_voucher(purchase: Purchase, voucher_id: int, amount_fen: int, whose: Whose, at: datetime) -> None:
    free = Voucher.objects.filter(pk=voucher_id)
    claimed = free.filter(
        ~Q(usage=Voucher.SINGLE_USE) | Q(num_orders=0), start_datetime__lte=at, end_datetime__gte=at
    ).update(num_orders=F("num_orders") + 1, total_discount=F("total_discount") + to_yuan(amount_fen))
    if not claimed:
        raise CouponGone(_("This coupon has been used, or has just expired."), field="coupon")
    # The update above locked the coupon's row: another checkout of the same person waits, then sees this one.
    once = free.filter(usage=Voucher.ONCE_PER_CUSTOMER).exists()
    if once:
        whose.check_proved(_("Coupon %(code)s") % {"code": purchase.coupon_code}, field="coupon")
    if once and has_used(purchase.coupon_code, whose, but=purchase.pk):
        raise CouponGone(_("You have used this coupon already."), field="coupon")


def _claim_offer(each: Applied, whose: Whose, at: datetime) -> None:
    claimed = (
        ConditionalOffer.objects.filter(pk=each.offer_id, status=ConditionalOffer.OPEN)
        .filter(Q(start_datetime__isnull=True) | Q(start_datetime__lte=at))
        .filter(Q(end_datetime__isnull=True) | Q(end_datetime__gte=at))
        .filter(
            Q(max_global_applications__isnull=True)
            | Q(max_global_applications__gte=F("num_applications") + each.frequency)
        )
        .filter(
            Q(max_discount__isnull=True)
            | Q(max_discount__gte=F("total_discount") + (to_yuan(each.amount_fen) - HALF_FEN))
        )
        .update(
            num_applications=F("num_applications") + each.frequency,
            num_orders=F("num_orders") + 1,
            total_discount=F("total_discount") + to_yuan(each.amount_fen),
        )
    )
    field = "coupon" if each.voucher_id else ""
    if not claimed:
        raise CouponGone(_("%(offer)s has just ended.") % {"offer": each.name}, field=field)
    # Its row is locked now: what this buyer has of it is counted one checkout after the other.
    most = ConditionalOffer.objects.values_list("max_user_applications", flat=True).get(pk=each.offer_id)
    if most:
        whose.check_proved(each.name, field=field or None)
    if most and uses_of([each.offer_id], whose).get(each.offer_id, 0) + each.frequency > most:
        raise CouponGone(_("You have used %(offer)s already.") % {"offer": each.name}, field=field)


def _claim_consent(each: Applied, consent_id: int) -> None:
    claimed = OfferConsent.objects.filter(
        pk=consent_id, state=ConsentState.GIVEN, spent_fen__lte=F("most_fen") - each.amount_fen
    ).update(spent_fen=F("spent_fen") + each.amount_fen)
    if not claimed:
        raise CouponGone(
            _("%(offer)s has just ended.") % {"offer": each.name}, field="coupon" if each.voucher_id else ""
        )


def _note(
    purchase: Purchase, applied: Sequence[Applied], orders: Sequence[tuple[OrderFacts, Sequence[LineFacts]]]
) -> None:
    """Write what each offer took off each line, and Oscar's row for each order: together the orders' discounts."""
    parts: list[LineDiscount] = []
    rows: list[OrderDiscount] = []
    for each in applied:
        off = dict(each.parts)
        is_first = True
        for order, lines in orders:
            own = [(line, off[line.specification_id]) for line in lines if off.get(line.specification_id)]
            if not own:
                continue
            parts += [
                LineDiscount(
                    line=line,
                    offer_id=each.offer_id,
                    consent_id=each.consent_id,
                    offer_name=each.name,
                    amount_fen=part,
                )
                for line, part in own
            ]
            rows.append(
                OrderDiscount(
                    order_id=order.pk,
                    category=OrderDiscount.BASKET,
                    offer_id=each.offer_id,
                    offer_name=each.name,
                    voucher_id=each.voucher_id,
                    voucher_code=purchase.coupon_code if each.voucher_id else "",
                    # It applied so often in the purchase; the first of its orders says it.
                    frequency=each.frequency if is_first else 0,
                    amount=to_yuan(sum(part for _line, part in own)),
                )
            )
            is_first = False
    LineDiscount.objects.bulk_create(parts)
    OrderDiscount.objects.bulk_create(rows)
