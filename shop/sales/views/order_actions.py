"""What a buyer does with an order: cancel, receive, nudge, buy again, review, ask for money back."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.operations.kept_photos import FormPhotos
from shop.core import sent
from shop.core.errors import DomainError
from shop.core.money import to_yuan
from shop.core.numbered import numbered
from shop.core.post_only import post_only
from shop.core.refusals import add_refusal
from shop.core.templatetags.heqiao import local
from shop.sales import rules, visitors
from shop.sales.claims import claimable
from shop.sales.forms.orders import AfterSaleForm, ReviewForm
from shop.sales.models import LineFacts
from shop.sales.money_shown import cancelled_words, rest_cancelled_words
from shop.sales.operations import (
    aftersales,
    arbitration,
    baskets,
    closing,
    nudges,
    receipts,
    returning,
    reviews,
    shipping,
)
from shop.sales.operations.buy_again import buy_again as repeat
from shop.sales.queries.backs import went_back_of
from shop.sales.queries.orders import acted_on, case_of, is_paid, line_of
from shop.sales.queries.purchases import way_of
from shop.sales.queries.recalls import recall_of
from shop.sales.shown import show_line
from shop.sales.states import OrderState
from shop.sales.views.orders import show_one

Action = Callable[..., str]


def _action(act: Action) -> Callable[..., HttpResponse]:
    """Make a POST view of something done to one's own order; a refusal is said on its page."""

    @never_cache
    @post_only
    @wraps(act)
    def view(request: HttpRequest, number: str) -> HttpResponse:
        found = acted_on(visitors.visitor(request), number)
        if found is None:
            raise Http404
        order_id, way = found
        facts = {"actor": visitors.user_of(request), "at": timezone.now(), "way": way}
        try:
            messages.success(request, act(request, order_id, **facts))
        except DomainError as error:
            return show_one(request, number, status=error.status, refusal=str(error.message))
        return redirect("sales:order", number)

    return view


@_action
def cancel(request: HttpRequest, order_id: int, **facts: Any) -> str:
    """Cancel the order before it is sent."""
    was_paid = is_paid(order_id)
    closing.cancel_order(order_id=order_id, **facts)
    return cancelled_words(went_back_of(order_id), was_paid=was_paid, way=facts["way"])


@_action
def cancel_rest(request: HttpRequest, order_id: int, **facts: Any) -> str:
    """Cancel what was not sent yet, as many pieces as the page showed."""
    seen = sent.pieces(request).get(order_id, sent.NO_PIECES)
    before = went_back_of(order_id)
    fen = shipping.cancel_unsent(order_id=order_id, seen=seen, **facts)
    back = went_back_of(order_id).since(before)
    return rest_cancelled_words(back, fen=fen, is_paid=is_paid(order_id), way=facts["way"])


@_action
def receive(request: HttpRequest, order_id: int, **facts: Any) -> str:
    """Confirm that the goods arrived."""
    receipts.confirm_receipt(order_id=order_id, **facts)
    return _("Thank you. If something is damaged, tell us within 48 hours.")


@_action
def nudge(request: HttpRequest, order_id: int, *, actor: Any, at: datetime, way: str) -> str:
    """Ask the supplier to send it soon."""
    nudges.nudge(order_id=order_id, actor=actor, at=at)
    return _("The supplier has been asked to send it soon.")


@never_cache
@post_only
def buy_again(request: HttpRequest, number: str) -> HttpResponse:
    """Put what is still sold into the basket, and say what is not."""
    found = acted_on(visitors.visitor(request), number)
    if found is None:
        raise Http404
    user = visitors.user_of(request)
    basket = baskets.open_basket(user=user, basket_id=visitors.basket_id_of(request))
    done = repeat(order_id=found[0], basket=basket, at=timezone.now())
    for name, reason in done.refused:
        messages.warning(request, _("%(name)s: %(reason)s") % {"name": name, "reason": reason})
    if not done.added:
        return redirect("sales:order", number)
    response = HttpResponseRedirect(local("/shop/basket/"))
    if user is None:
        visitors.keep_basket(response, request, basket.pk)
    else:
        visitors.keep_me(response, request)
    return response


def _own_line(request: HttpRequest, number: str, line_id: int) -> LineFacts:
    line = line_of(visitors.visitor(request), number, line_id)
    if line is None:
        raise Http404
    # What show_line reads besides; the forms show the line, not what may be done with it.
    line.is_reviewed = line.has_open_case = False  # type: ignore[attr-defined]  # set by for_supplier, or the widget of a choice field
    return line


@never_cache
@numbered
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, number: str, line_id: int) -> HttpResponse:
    """Write a review of a line, with photos."""
    line = _own_line(request, number, line_id)
    form = ReviewForm(request.POST, request.FILES) if request.method == "POST" else ReviewForm()
    photos = FormPhotos(request, "photos", owner=f"review:{line.pk}")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                reviews.submit_review(
                    line_id=line.pk,
                    stars=form.cleaned_data["stars"],
                    text=form.cleaned_data["text"],
                    uploads=photos.uploads,
                    actor=visitors.user_of(request),
                    at=timezone.now(),
                )
            except DomainError as error:
                status = error.status
                _refuse(form, error)
            else:
                messages.success(request, _("Thank you! It is shown once somebody has looked at it."))
                return redirect("sales:order", number)
    if request.method == "POST":
        photos.keep(form, timezone.now())
    shown = show_line(line.order, line, timezone.now())
    context = {"form": form, "line": shown, "number": number, "most": rules.MAX_PHOTOS, "stars": (5, 4, 3, 2, 1)}
    return render(request, "sales/review_form.html", context, status=status)


@never_cache
@numbered
@require_http_methods(["GET", "HEAD", "POST"])
def after_sale(request: HttpRequest, number: str, line_id: int) -> HttpResponse:
    """Ask for money back on a line."""
    line = _own_line(request, number, line_id)
    at = timezone.now()
    recall = recall_of(line)
    found = claimable(line.order, line, line.after_sales.prefetch_related("decisions"), at, recall)
    kinds = tuple(found.pieces)
    mosts = tuple(line.refundable_fen(pieces) for pieces in range(1, max(found.pieces.values(), default=0) + 1))
    posted = request.method == "POST"
    photos = FormPhotos(request, "photos", owner=f"claim:{line.pk}")
    if posted:
        form = AfterSaleForm(request.POST, request.FILES, kinds=kinds, mosts=mosts)
    else:
        first = {
            "kind": kinds[0] if kinds else "",
            "quantity": len(mosts),
            "amount": to_yuan(mosts[-1] if mosts else 0),
        }
        form = AfterSaleForm(initial=first, kinds=kinds, mosts=mosts)
    status = 422 if posted else 200
    if posted and form.is_valid():
        try:
            aftersales.open_after_sale(
                line_id=line.pk,
                kind=form.cleaned_data["kind"],
                quantity=form.cleaned_data["quantity"],
                amount_fen=form.amount_fen,
                reason=form.cleaned_data["reason"],
                uploads=photos.uploads,
                actor=visitors.user_of(request),
                at=at,
                way=way_of(visitors.visitor(request), line.order.purchase),
            )
        except DomainError as error:
            status = error.status
            _refuse(form, error)
        else:
            messages.success(request, _("Sent to the supplier. Without an answer in time the platform decides."))
            return redirect("sales:order", number)
    if posted:
        photos.keep(form, at)
    context = {
        "form": form,
        "line": show_line(line.order, line, at),
        "number": number,
        "mosts": mosts,
        "is_fresh": line.is_fresh,
        "damage_covered": line.damage_covered,
        "after_receipt": line.order.state == OrderState.COMPLETED,
        "kinds": kinds,
        "none": found,
        "recalled": found.recalled,
        "unsent": line.ordered - line.cancelled - line.shipped,
    }
    return render(request, "sales/after_sale_form.html", context, status=status)


def _refuse(form: Any, error: DomainError) -> None:
    """A picture that can't be read belongs to the photos' field."""
    if error.field == "picture":
        error.field = "photos"
    add_refusal(form, error)


def _case_step(act: Action) -> Callable[..., HttpResponse]:
    """Make a POST view of something done to a case of one's own order; a refusal is said on the order's page."""

    @never_cache
    @post_only
    @wraps(act)
    def view(request: HttpRequest, number: str, case_id: int) -> HttpResponse:
        visitor = visitors.visitor(request)
        case = case_of(visitor, number, case_id)
        if case is None:
            raise Http404
        way = way_of(visitor, case.line.order.purchase)
        facts = {"actor": visitor.user, "at": timezone.now(), "way": way}
        try:
            messages.success(request, act(request, case.pk, **facts))
        except DomainError as error:
            refused = {"case": case.pk, "field": error.field or "", "words": str(error.message), "sent": request.POST}
            return show_one(request, number, status=error.status, refusal=str(error.message), case_refused=refused)
        return redirect("sales:order", number)

    return view


@_case_step
def withdraw(request: HttpRequest, case_id: int, **facts: Any) -> str:
    """Take an after-sales case back."""
    aftersales.withdraw_after_sale(case_id=case_id, **facts)
    return _("Taken back.")


@_case_step
def take_offer(request: HttpRequest, case_id: int, **facts: Any) -> str:
    """Take the part that the supplier offers."""
    aftersales.accept_offer(case_id=case_id, **facts)
    return _("Agreed: the money is on its way back.")


@_case_step
def ask_platform(request: HttpRequest, case_id: int, **facts: Any) -> str:
    """Have the platform decide."""
    arbitration.ask_platform(case_id=case_id, words=sent.paragraphs(request, "words"), **facts)
    return _("The platform decides now. You are told.")


@_case_step
def send_back(request: HttpRequest, case_id: int, **facts: Any) -> str:
    """Note the parcel by which the goods go back."""
    returning.send_back(
        case_id=case_id,
        carrier=request.POST.get("carrier", ""),
        tracking_no=sent.line(request, "tracking_no"),
        **facts,
    )
    return _("Noted: the money follows once the supplier has it.")
