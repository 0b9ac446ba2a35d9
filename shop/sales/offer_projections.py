"""What `manage.py check_ledger` checks of offers: what they took off, who paid for it, and on whose consent."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from oscar.apps.offer.models import ConditionalOffer
from oscar.apps.order.models import OrderDiscount

from shop.core import ledger
from shop.core.money import to_fen
from shop.core.projections import Mismatch, check
from shop.sales import books
from shop.sales.models import LineDiscount, LineFacts, OfferConsent, OfferFunding, OrderFacts
from shop.sales.queries.funding import terms_now
from shop.sales.rules import supplier_discount_left
from shop.sales.states import ConsentState, OrderState, PurchaseState


@check("what offers took off a line is its discount, of an order what Oscar's rows say")
def _discounts() -> Iterator[Mismatch]:
    lines = LineFacts.objects.annotate(parts=Coalesce(Sum("discounts__amount_fen"), 0)).exclude(discount_fen=F("parts"))
    for pk, discount, parts in lines.order_by("pk").values_list("pk", "discount_fen", "parts"):
        yield Mismatch(f"discount of line {pk}", discount, parts)
    rows = OrderDiscount.objects.values_list("order").annotate(amount=Sum("amount")).order_by("order")
    written = {order_id: to_fen(amount) for order_id, amount in rows}
    orders = OrderFacts.objects.filter(Q(discount_fen__gt=0) | Q(pk__in=written))
    for pk, number, discount in orders.order_by("pk").values_list("pk", "order__number", "discount_fen"):
        if discount != written.get(pk, 0):
            yield Mismatch(f"offers' discounts of order {number}", discount, written.get(pk, 0))


@check("a supplier pays for what it agreed to, on its own lines")
def _payers() -> Iterator[Mismatch]:
    funded = LineDiscount.objects.filter(consent__isnull=False)
    others = funded.exclude(consent__supplier=F("line__order__supplier")).order_by("pk")
    for pk, amount in others.values_list("pk", "amount_fen"):
        yield Mismatch(f"line discount {pk}, paid by another supplier", amount, 0)
    by_order = dict(funded.values_list("line__order").annotate(fen=Sum("amount_fen")).order_by())
    orders = OrderFacts.objects.filter(Q(discount_supplier_fen__gt=0) | Q(pk__in=by_order))
    for pk, number, discount in orders.order_by("pk").values_list("pk", "order__number", "discount_supplier_fen"):
        if discount != by_order.get(pk, 0):
            yield Mismatch(f"supplier's discount of order {number}", discount, by_order.get(pk, 0))


@check("what an offer has cost its supplier is what standing purchases took off")
def _spent() -> Iterator[Mismatch]:
    standing = LineDiscount.objects.filter(consent__isnull=False).exclude(
        line__order__purchase__state__in=[PurchaseState.EXPIRED, PurchaseState.CANCELLED]
    )
    rows = standing.values_list("consent__offer", "consent__supplier").annotate(fen=Sum("amount_fen")).order_by()
    cost = {(offer, supplier): fen for offer, supplier, fen in rows}
    for consent in OfferConsent.objects.exclude(state=ConsentState.REPLACED).order_by("pk"):
        expected = cost.get((consent.offer_id, consent.supplier_id), 0)
        if consent.spent_fen != expected:
            yield Mismatch(f"cost of offer {consent.offer_id}", consent.spent_fen, expected)


@check("own discounts in the books are those of paid orders, less what was given back")
def _given() -> Iterator[Mismatch]:
    booked = {name: fen for name, fen in ledger.balances("offers:").items() if name != books.GIVEN}
    expected: dict[str, int] = {}
    orders = OrderFacts.objects.filter(purchase__state=PurchaseState.PAID, discount_supplier_fen__gt=0)
    for order in orders.exclude(state=OrderState.CANCELLED, refunded_fen=0, waived_fen__gt=0).iterator():
        left = supplier_discount_left(order.discount_supplier_fen, order.money(), order.total_fen - order.left_fen)
        name = books.given(order.supplier_id)
        expected[name] = expected.get(name, 0) + left
    for name in sorted(booked.keys() | expected.keys()):
        if booked.get(name, 0) != expected.get(name, 0):
            yield Mismatch(f"account {name}", booked.get(name, 0), expected.get(name, 0))


@check("an offer's status is one, and what a supplier agreed to is what the offer says")
def _terms() -> Iterator[Mismatch]:
    known = [ConditionalOffer.OPEN, ConditionalOffer.SUSPENDED, ConditionalOffer.CONSUMED]
    for pk in ConditionalOffer.objects.exclude(status__in=known).order_by("pk").values_list("pk", flat=True):
        yield Mismatch(f"offer {pk} has no known status", 1, 0)
    given = OfferConsent.objects.filter(
        state=ConsentState.GIVEN, offer__funding__funded_by=OfferFunding.FundedBy.SUPPLIER
    )
    for consent in given.select_related("offer__condition", "offer__benefit").order_by("pk"):
        if consent.terms != terms_now(consent.offer):
            yield Mismatch(f"offer {consent.offer_id} was changed after its supplier agreed", 1, 0)
