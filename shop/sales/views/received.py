"""What a guest bought, for whoever has its phone: to follow and receive; and what this browser bought, to keep."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.core.acting import by
from shop.core.errors import DomainError
from shop.core.post_only import post_only
from shop.sales import openings, visitors
from shop.sales.operations import adopting, receipts
from shop.sales.queries.received import received_order, received_order_id
from shop.sales.received_shown import show_received


@never_cache
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Show how far an order is, its parcels and goods: no money, no address, nothing of who paid."""
    return _show(request, number)


def _show(request: HttpRequest, number: str, status: int = 200, refusal: str = "") -> HttpResponse:
    user = visitors.user_of(request)
    found = received_order(user, number, openings.received_in(request))
    if found is None:
        raise Http404
    context: dict[str, Any] = {
        "order": show_received(found, timezone.now()),
        "refusal": refusal,
        "may_decline": user is not None and found.purchase_id not in openings.received_in(request),
    }
    return render(request, "sales/received_order.html", context, status=status)


@never_cache
@post_only
def receive(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm that the goods arrived, as whoever got them."""
    user = visitors.user_of(request)
    order_id = received_order_id(user, number, openings.received_in(request))
    if order_id is None:
        raise Http404
    try:
        receipts.confirm_receipt(order_id=order_id, actor=user, at=timezone.now())
    except DomainError as error:
        return _show(request, number, error.status, str(error.message))
    messages.success(request, _("Thank you. If something is damaged, tell whoever sent it to you within 48 hours."))
    return redirect("sales:received", number)


@never_cache
@login_required
@post_only
def decline(request: HttpRequest, number: str) -> HttpResponse:
    """Say that an order with one's phone does not concern one."""
    try:
        adopting.decline_purchase(number=number, **by(request))
        messages.success(request, _("We do not show it any more."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("sales:orders")


@never_cache
@login_required
@post_only
def keep(request: HttpRequest, number: str) -> HttpResponse:
    """Keep in the account what was bought as a guest in this browser."""
    try:
        adopting.adopt_purchase(number=number, token_hashes=visitors.bought_in(request), **by(request))
        messages.success(request, _("It is among your orders now."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("sales:orders")
