"""Offers that a supplier pays for: what it is asked, its answer, what it has cost it."""

from typing import Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.acting import by
from shop.core.api import Body, Moment, Page, Priced, yuan
from shop.core.api.paging import turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.core.paging import After
from shop.sales.api.seller import ForList, ForOne, acting, area
from shop.sales.discount_rules import Cost
from shop.sales.models import LineDiscount, OfferConsent
from shop.sales.offer_words import describe
from shop.sales.operations.funding import answer_consent, withdraw_consent
from shop.sales.queries import funding as queries
from shop.sales.queries.offer_states import SuppliersState, suppliers_states
from shop.sales.texts import in_reader_language


class FundedOffer(Priced):
    id: int = Field(description=gettext_noop("Of this version of the terms: a changed offer is asked for anew."))
    state: str = Field(
        description=gettext_noop(
            "Where the offer stands, as its page says it: running, asked, declined, withdrawn, waits_second, suspended,"
            " early, over, used_up; replaced for old terms."
        ),
        examples=["asked"],
    )
    state_words: str = Field(description=gettext_noop("The same in the words of the page."))
    answer: str = Field(description=gettext_noop("Your own: asked, given, declined, withdrawn, replaced."))
    version: int
    name: str
    gives: str
    needs: str
    goods: str
    limits: list[str]
    by_coupon: bool
    begins_at: Moment | None
    ends_at: Moment
    most: str = Field(description=gettext_noop("The most that it can cost you in all."))
    spent: str = Field(
        description=gettext_noop("What it costs you: its discounts on goods that were paid and not given back.")
    )
    waiting: str = Field(description=gettext_noop("What it takes off orders that are not paid yet."))
    asked_at: Moment
    answered_at: Moment | None
    reason: str


class FundedLine(Priced):
    order: str
    name: str
    pieces: int
    amount: str
    placed_at: Moment


class Answered(Body):
    answer: Literal["agree", "decline", "withdraw"]
    reason: str = Field("", max_length=200)


def _offer(consent: OfferConsent, cost: Cost | None = None, state: SuppliersState | None = None) -> dict[str, Any]:
    state = state or suppliers_states([consent], timezone.now())[consent.pk]
    words = describe(consent, queries.cost_of(consent) if cost is None else cost)
    same = ("version", "ends_at", "asked_at", "answered_at", "reason")
    said = ("name", "gives", "needs", "goods", "limits", "by_coupon", "begins_at")
    return (
        {name: getattr(consent, name) for name in same}
        | {name: getattr(words, name) for name in said}
        | {
            "id": consent.pk,
            "state": state.code,
            "state_words": state.words,
            "answer": consent.state,
            "most": yuan(consent.most_fen),
            "spent": yuan(words.cost_fen),
            "waiting": yuan(words.waiting_fen),
        }
    )


def _line(row: LineDiscount) -> dict[str, Any]:
    line = row.line
    return {
        "order": line.order.order.number,
        "name": in_reader_language(line.name_zh, line.name_en),
        "pieces": line.ordered,
        "amount": yuan(row.left_fen),
        "placed_at": line.order.placed_at,
    }


def _own(request: ApiRequest, asked: Any, consent_id: int) -> OfferConsent:
    found = queries.consent_of(acting(request, asked).pk, consent_id)
    if found is None:
        raise Http404
    return found


@area.reads(
    "/seller/offers",
    Page[FundedOffer],
    scope="seller:read",
    summary=gettext_noop("Offers that you are asked to pay for, and those that you pay for"),
)
def list_offers(request: ApiRequest, asked: ForList) -> dict[str, Any]:
    supplier = acting(request, asked)
    costs = queries.costs_of(supplier=supplier.pk)
    states: dict[int, SuppliersState] = {}

    def pages(turned: After) -> Any:
        page = queries.consents_of(supplier.pk, turned)
        states.update(suppliers_states(page.object_list, timezone.now()))
        return page

    def offer(consent: OfferConsent) -> dict[str, Any]:
        return _offer(consent, costs.get((consent.offer_id, supplier.pk), Cost()), states[consent.pk])

    return turn_of(asked, pages, offer)


@area.reads(
    "/seller/offers/{int:consent_id}", FundedOffer, scope="seller:read", summary=gettext_noop("One offer's terms")
)
def get_offer(request: ApiRequest, consent_id: int, asked: ForOne) -> dict[str, Any]:
    return _offer(_own(request, asked, consent_id))


@area.reads(
    "/seller/offers/{int:consent_id}/lines",
    Page[FundedLine],
    scope="seller:read",
    summary=gettext_noop("What an offer took off at your cost, line by line"),
)
def list_offer_lines(request: ApiRequest, consent_id: int, asked: ForList) -> dict[str, Any]:
    consent = _own(request, asked, consent_id)
    return turn_of(asked, lambda turned: queries.funded_lines(consent, turned), _line)


@area.writes(
    "/seller/offers/{int:consent_id}/answer",
    FundedOffer,
    scope="seller:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Agree to pay for an offer, decline, or withdraw from now on"),
)
def answer_offer(request: ApiRequest, consent_id: int, body: Answered, asked: ForOne) -> dict[str, Any]:
    consent = _own(request, asked, consent_id)
    if body.answer == "withdraw":
        return _offer(withdraw_consent(consent_id=consent.pk, reason=body.reason, **by(request)))
    return _offer(
        answer_consent(consent_id=consent.pk, agree=body.answer == "agree", reason=body.reason, **by(request))
    )
