"""What suppliers are asked to fund, what they agreed to, and what it has cost them line by line."""

from collections.abc import Collection, Iterable
from typing import Any

from django.core.paginator import Page
from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from oscar.apps.offer.models import ConditionalOffer, Range

from shop.core.paging import Turned, paged
from shop.sales.approved import plain_terms
from shop.sales.discount_rules import Cost
from shop.sales.models import LineDiscount, OfferConsent
from shop.sales.states import ConsentState, PurchaseState

A_PAGE = 20


def terms_now(offer: ConditionalOffer) -> dict[str, Any]:
    """Return all that an offer says, with what its ranges hold, as the JSON that a supplier agrees to. Five queries."""
    return terms_of([offer])[offer.pk]


def terms_of(offers: Collection[ConditionalOffer]) -> dict[int, dict[str, Any]]:
    """Return all that each of these offers says, as `terms_now` does, by offer. Six queries once parts are loaded."""
    ranges = {offer.pk: {offer.condition.range_id, offer.benefit.range_id} - {None} for offer in offers}
    held = _contents({pk for each in ranges.values() for pk in each})
    return {
        offer.pk: {
            "offer": plain_terms(offer),
            "ranges": {str(pk): held[str(pk)] for pk in sorted(ranges[offer.pk])},
        }
        for offer in offers
    }


def _contents(range_ids: Iterable[int | None]) -> dict[str, Any]:
    ids = sorted(pk for pk in range_ids if pk)
    found = {
        each.pk: {"name": each.name, "all": each.includes_all_products} for each in Range.objects.filter(pk__in=ids)
    }
    kept = {
        "products": (Range.included_products.through, "product_id"),
        "excluded": (Range.excluded_products.through, "product_id"),
        "categories": (Range.included_categories.through, "category_id"),
        "without": (Range.excluded_categories.through, "category_id"),
        "classes": (Range.classes.through, "productclass_id"),
    }
    for word, (through, column) in kept.items():
        rows = through.objects.filter(range_id__in=ids).order_by(column).values_list("range_id", column)
        for contents in found.values():
            contents[word] = []
        for range_id, pk in rows:
            found[range_id][word].append(pk)
    return {str(pk): contents for pk, contents in found.items()}


def offers_using(*, range_ids: Collection[int] = (), part_id: int | None = None, part: str = "") -> list[int]:
    """Return the offers whose condition or benefit (`part`, its `part_id`) or one of whose ranges was changed."""
    offers = ConditionalOffer.objects.all()
    if part:
        offers = offers.filter(**{f"{part}_id": part_id})
    else:
        offers = offers.filter(condition__range__in=range_ids) | offers.filter(benefit__range__in=range_ids)
    return sorted(set(offers.values_list("pk", flat=True)))


def standing_consents(offer_ids: Collection[int]) -> dict[int, OfferConsent]:
    """Return the version of each of these offers that counts now, by offer. One query."""
    rows = OfferConsent.objects.filter(offer_id__in=offer_ids).exclude(state=ConsentState.REPLACED)
    return {each.offer_id: each for each in rows}


def terms_by_id(offer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return all that these offers say, by offer."""
    return terms_of(ConditionalOffer.objects.filter(pk__in=offer_ids).select_related("condition", "benefit"))


def consents_of(supplier_id: int, page: Turned = 1) -> Page:
    """Return a page of what a supplier is asked or has answered, what waits first, then the latest. Two queries."""
    asked_first = Case(When(state=ConsentState.ASKED, then=Value(0)), default=Value(1))
    rows = OfferConsent.objects.filter(supplier_id=supplier_id).exclude(state=ConsentState.REPLACED)
    return paged(rows.annotate(rank=asked_first).order_by("rank", "-asked_at", "-pk"), page, A_PAGE)


def consent_of(supplier_id: int, consent_id: int) -> OfferConsent | None:
    """Return one version of an offer as its supplier was asked for it, replaced ones too; None for another's."""
    return OfferConsent.objects.filter(supplier_id=supplier_id, pk=consent_id).first()


def asked_consents(supplier_id: int) -> list[OfferConsent]:
    """Return the offers that wait for a supplier's answer, the oldest first. One query."""
    return list(OfferConsent.objects.filter(supplier_id=supplier_id, state=ConsentState.ASKED).order_by("pk"))


def _funded() -> QuerySet[LineDiscount]:
    return LineDiscount.objects.filter(consent__isnull=False)


def costs_of(**of: Any) -> dict[tuple[int, int], Cost]:
    """Return what offers cost their suppliers, by (offer, supplier). One query; `of` limits it to some consents.

    The one definition, for offers, settlement, lines, API and export: discounts on goods that were paid, less what of
    them went back. What waits for payment counts within what the supplier agreed to, but has cost nothing yet.
    """
    rows = _funded().filter(**{f"consent__{name}": value for name, value in of.items()})
    is_paid = Q(line__order__purchase__state=PurchaseState.PAID)
    left = F("amount_fen") - F("returned_fen")
    sums = rows.values_list("consent__offer", "consent__supplier").annotate(
        paid=Coalesce(Sum(left, filter=is_paid), 0), waits=Coalesce(Sum(left, filter=~is_paid), 0)
    )
    return {(offer, supplier): Cost(paid, waits) for offer, supplier, paid, waits in sums.order_by()}


def cost_of(consent: OfferConsent) -> Cost:
    """Return what an offer costs the supplier of one of its consents. One query."""
    found = costs_of(offer=consent.offer_id, supplier=consent.supplier_id)
    return found.get((consent.offer_id, consent.supplier_id), Cost())


def _cost_lines() -> QuerySet[LineDiscount]:
    """Return the lines whose discounts make up `Cost.cost_fen`."""
    kept = _funded().filter(line__order__purchase__state=PurchaseState.PAID, returned_fen__lt=F("amount_fen"))
    return kept.select_related("line__order__order")


def funded_lines(consent: OfferConsent, page: Turned = 1) -> Page:
    """Return a page of the lines that an offer costs its supplier something on, the latest first. Two queries."""
    rows = _cost_lines().filter(consent__offer=consent.offer_id, consent__supplier=consent.supplier_id).order_by("-pk")
    return paged(rows, page, A_PAGE)


def own_discounts(supplier_id: int, numbers: Collection[str]) -> list[LineDiscount]:
    """Return what a supplier's own offers cost it on these orders, line by line, the latest order first. One query."""
    rows = _cost_lines().filter(consent__supplier=supplier_id, line__order__order__number__in=list(numbers))
    return list(rows.order_by("-line__order", "pk"))
