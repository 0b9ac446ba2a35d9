"""Offers that a supplier pays for: what it is asked, its answer, what it has cost."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.queries.trade import SupplierBrief
from shop.core.errors import DomainError
from shop.core.post_only import post_only
from shop.core.refusals import add_refusal
from shop.sales.discount_rules import Cost
from shop.sales.forms.funding import AnswerForm
from shop.sales.models import OfferConsent
from shop.sales.offer_words import describe
from shop.sales.operations.funding import answer_consent, withdraw_consent
from shop.sales.queries import funding as queries
from shop.sales.queries.offer_states import SuppliersState, suppliers_states
from shop.sales.states import CONSENT_MOVES, ConsentState, OfferState
from shop.sales.texts import in_reader_language
from shop.sales.views.seller import console, for_supplier

BADGES: dict[str, str] = {OfferState.ASKED: "limited", OfferState.RUNNING: "proven", OfferState.EARLY: "limited"}


def _row(consent: OfferConsent, cost: Cost, state: SuppliersState) -> dict[str, Any]:
    return {
        "consent": consent,
        "words": describe(consent, cost),
        "state": state.words,
        "state_code": state.code,
        "badge": BADGES.get(state.code, "neutral"),
    }


@require_safe
@for_supplier
def offers(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show what the supplier is asked to fund and what it funds."""
    page = queries.consents_of(supplier.pk, request.GET.get("page", 1))
    costs = queries.costs_of(supplier=supplier.pk)
    states = suppliers_states(page.object_list, timezone.now())
    rows = [_row(each, costs.get((each.offer_id, supplier.pk), Cost()), states[each.pk]) for each in page.object_list]
    return console(request, supplier, "offers", {"page": page, "rows": rows})


@require_safe
@for_supplier
def offer(request: HttpRequest, supplier: SupplierBrief, consent_id: int) -> HttpResponse:
    """Show one offer's terms, the answer, and the lines that it reduced at the supplier's cost."""
    return _offer(request, supplier, _own(supplier, consent_id), AnswerForm())


@for_supplier
@post_only
def answer(request: HttpRequest, supplier: SupplierBrief, consent_id: int) -> HttpResponse:
    """Agree, decline, or withdraw."""
    consent = _own(supplier, consent_id)
    form, status = AnswerForm(request.POST), 422
    if form.is_valid():
        given = {"consent_id": consent.pk, "reason": form.cleaned_data["reason"]}
        given |= {"actor": request.user, "at": timezone.now()}
        chosen = form.cleaned_data["answer"]
        try:
            if chosen == "withdraw":
                withdraw_consent(**given)
            else:
                answer_consent(agree=chosen == "agree", **given)
        except DomainError as error:
            status = error.status
            add_refusal(form, error)
        else:
            messages.success(request, _SAID[chosen]())
            return redirect("seller:offers")
    consent.refresh_from_db()
    return _offer(request, supplier, consent, form, status)


_SAID = {
    "agree": lambda: _("Agreed: the offer takes its discount off your goods from now on."),
    "decline": lambda: _("Declined: your goods stay out of the offer."),
    "withdraw": lambda: _("Withdrawn: orders placed from now on have no discount of it."),
}


def _own(supplier: SupplierBrief, consent_id: int) -> OfferConsent:
    found = queries.consent_of(supplier.pk, consent_id)
    if found is None:
        raise Http404
    return found


def _offer(
    request: HttpRequest, supplier: SupplierBrief, consent: OfferConsent, form: AnswerForm, status: int = 200
) -> HttpResponse:
    page = queries.funded_lines(consent, request.GET.get("page", 1))
    moves = CONSENT_MOVES[consent.state] if consent.ends_at >= timezone.now() else frozenset()
    context = {
        **_row(consent, queries.cost_of(consent), suppliers_states([consent], timezone.now())[consent.pk]),
        "form": form,
        "page": page,
        "lines": [{"row": each, "name": in_reader_language(each.line.name_zh, each.line.name_en)} for each in page],
        "can_agree": ConsentState.GIVEN in moves,
        "can_decline": ConsentState.DECLINED in moves,
        "can_withdraw": ConsentState.WITHDRAWN in moves,
        "action": reverse("seller:answer-offer", args=[consent.pk]),
    }
    return console(request, supplier, "offer", context, status=status)
