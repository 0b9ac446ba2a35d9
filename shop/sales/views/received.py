"""Guests' purchases and accounts: what another bought with one's phone is not shown; what this browser bought is kept."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from shop.accounts.hooks import Pending
from shop.accounts.signing import ask_code
from shop.core.acting import by
from shop.core.codes import international_phone
from shop.core.errors import DomainError
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local
from shop.sales import openings, visitors
from shop.sales.errors import PhoneUnproved
from shop.sales.models import Purchase
from shop.sales.operations import adopting
from shop.sales.queries.received import bought_here

KEEP_ORDER = "keep_order"


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
    """Keep in the account what was bought as a guest in this browser, once its phone is proved."""
    purchase = next((each for each in bought_here(visitors.bought_in(request)) if each.number == number), None)
    proved = purchase is not None and purchase.pk in openings.proved_in(request)
    try:
        return _keep(request, number, purchase.contact_phone if purchase is not None and proved else "")
    except PhoneUnproved as error:
        if purchase is not None:
            return _send_code(request, purchase)
        messages.error(request, str(error.message))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("sales:orders")


def _send_code(request: HttpRequest, purchase: Purchase) -> HttpResponse:
    try:
        return ask_code(
            request,
            purpose=KEEP_ORDER,
            destination=international_phone(purchase.contact_phone),
            user_id=request.user.pk,
            payload={"number": purchase.number, "next": local("/account/orders/")},
        )
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("sales:orders")


def _keep(request: HttpRequest, number: str, proved_phone: str) -> HttpResponse:
    hashes = visitors.bought_in(request)
    adopting.adopt_purchase(number=number, token_hashes=hashes, proved_phone=proved_phone, **by(request))
    messages.success(request, _("It is among your orders now."))
    return redirect("sales:orders")


def keep_proved(request: HttpRequest, proved: Pending) -> HttpResponse:
    """Keep the purchase whose phone a code came back from. See `shop.accounts.hooks.on_proved`."""
    if not request.user.is_authenticated or request.user.pk != proved.user_id:
        raise Http404
    try:
        return _keep(request, proved.payload["number"], proved.destination)
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("sales:orders")
