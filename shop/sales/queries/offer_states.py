"""What an offer is for buyers at a moment: running, or why not. For lists, their filter, suppliers and the API alike."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from oscar.apps.offer.models import ConditionalOffer

from shop.sales.models import OfferApproval, OfferConsent, OfferFunding
from shop.sales.states import ConsentState, OfferState


def with_states(offers: QuerySet[ConditionalOffer], at: datetime) -> QuerySet[ConditionalOffer]:
    """Return offers with `buyers_state`, an `OfferState`: the first reason that holds against it, else running."""
    waits = OfferApproval.objects.filter(offer=OuterRef("pk"), approved_at__isnull=True)
    suppliers = OfferFunding.objects.filter(offer=OuterRef("pk"), funded_by=OfferFunding.FundedBy.SUPPLIER)
    # What another supplier agreed to counts for nothing; replaced versions don't either.
    standing = OfferConsent.objects.exclude(state=ConsentState.REPLACED).filter(
        offer=OuterRef("pk"), supplier_id=OuterRef("funding__supplier_id")
    )
    return offers.annotate(
        _is_suppliers=Exists(suppliers),
        _waits=Exists(waits),
        _answer=Subquery(standing.values("state")[:1]),
        _is_spent=Exists(standing.filter(spent_fen__gte=F("most_fen"))),
    ).annotate(
        buyers_state=Case(
            When(status=ConditionalOffer.CONSUMED, then=Value(OfferState.USED_UP)),
            When(end_datetime__lt=at, then=Value(OfferState.OVER)),
            When(~Q(status=ConditionalOffer.OPEN), _waits=True, then=Value(OfferState.WAITS_SECOND)),
            When(~Q(status=ConditionalOffer.OPEN), then=Value(OfferState.SUSPENDED)),
            When(_is_suppliers=True, _answer=ConsentState.DECLINED, then=Value(OfferState.DECLINED)),
            When(_is_suppliers=True, _answer=ConsentState.WITHDRAWN, then=Value(OfferState.WITHDRAWN)),
            When(
                Q(_answer__isnull=True) | ~Q(_answer=ConsentState.GIVEN),
                _is_suppliers=True,
                then=Value(OfferState.ASKED),
            ),
            When(
                Q(num_applications__gte=F("max_global_applications"))
                | Q(total_discount__gte=F("max_discount"))
                | Q(_is_suppliers=True, _is_spent=True),
                then=Value(OfferState.USED_UP),
            ),
            When(start_datetime__gt=at, then=Value(OfferState.EARLY)),
            default=Value(OfferState.RUNNING),
            output_field=CharField(),
        )
    )


@dataclass(frozen=True, slots=True)
class SuppliersState:
    """Where an offer stands, as who pays for it reads it: `code` is an `OfferState`, or "replaced" for old terms."""

    code: str
    words: str


# What a supplier did itself is said to it as its own.
_OWN = {
    OfferState.RUNNING: ConsentState.GIVEN,
    OfferState.ASKED: ConsentState.ASKED,
    OfferState.DECLINED: ConsentState.DECLINED,
    OfferState.WITHDRAWN: ConsentState.WITHDRAWN,
}


def suppliers_states(consents: Collection[OfferConsent], at: datetime) -> dict[int, SuppliersState]:
    """Return where the offer of each of these consents stands, by the consent's id. One query."""
    offers = with_states(ConditionalOffer.objects.filter(pk__in={each.offer_id for each in consents}), at)
    states = dict(offers.values_list("pk", "buyers_state"))
    found = {}
    for each in consents:
        if each.state == ConsentState.REPLACED:
            found[each.pk] = SuppliersState(each.state, str(ConsentState.REPLACED.label))
        else:
            state = OfferState(states[each.offer_id])
            found[each.pk] = SuppliersState(state, str(_OWN.get(state, state).label))
    return found
