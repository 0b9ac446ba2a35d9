"""What `manage.py check_ledger` checks of offers: what they took off, who paid for it, and on whose consent."""

from collections.abc import Iterator
from itertools import groupby

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from oscar.apps.offer.models import ConditionalOffer
from oscar.apps.order.models import OrderDiscount

from shop.core import ledger
from shop.core.money import to_fen
from shop.core.projections import Mismatch, check
from shop.sales import books
from shop.sales.discount_rules import Cost
from shop.sales.models import LineDiscount, LineFacts, OfferConsent, OfferFunding, OrderFacts
from shop.sales.operations.discounts_back import returned_now
from shop.sales.queries.funding import costs_of, terms_now
from shop.sales.states import ConsentState, OrderState, PurchaseState

CLOSED = (PurchaseState.EXPIRED, PurchaseState.CANCELLED)


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


@check("what went back of a line's discounts is what went back of the line, and adds up to its order's")
def _back() -> Iterator[Mismatch]:
    by_order: dict[int, tuple[int, int]] = {}
    rows = LineDiscount.objects.select_related("line__order__purchase").order_by("line", "pk")
    for line_id, group in groupby(rows.iterator(), key=lambda row: row.line_id):
        own = list(group)
        order = own[0].line.order
        is_over = order.state == OrderState.CANCELLED or order.purchase.state in CLOSED
        for row, expected in zip(own, returned_now(own, is_over=is_over), strict=True):
            if row.returned_fen != expected:
                yield Mismatch(f"gone back of discount {row.pk} of line {line_id}", row.returned_fen, expected)
            back, funded = by_order.get(order.pk, (0, 0))
            by_order[order.pk] = back + row.returned_fen, funded + (row.returned_fen if row.consent_id else 0)
    orders = OrderFacts.objects.filter(discount_fen__gt=0).order_by("pk")
    names = ("pk", "discount_back_fen", "discount_supplier_back_fen")
    for pk, back, funded in orders.values_list(*names):
        summed = by_order.get(pk, (0, 0))
        if (back, funded) != summed:
            yield Mismatch(f"gone back of the discounts of order {pk}", back, summed[0])


@check("what an offer takes within its supplier's consent is what it takes off goods that stand")
def _spent() -> Iterator[Mismatch]:
    costs = costs_of()
    for consent in OfferConsent.objects.exclude(state=ConsentState.REPLACED).order_by("pk"):
        cost = costs.get((consent.offer_id, consent.supplier_id), Cost())
        expected = cost.cost_fen + cost.waiting_fen
        if consent.spent_fen != expected:
            yield Mismatch(f"taken within the consent to offer {consent.offer_id}", consent.spent_fen, expected)


@check("own discounts in the books are what offers cost their suppliers")
def _given() -> Iterator[Mismatch]:
    booked = {name: fen for name, fen in ledger.balances("offers:").items() if name != books.GIVEN}
    expected: dict[str, int] = {}
    for (_offer, supplier), cost in costs_of().items():
        name = books.given(supplier)
        expected[name] = expected.get(name, 0) + cost.cost_fen
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
