"""Guests' purchases and accounts: what another bought with one's phone is not shown; what this browser bought is kept."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from shop.core.acting import by
from shop.core.errors import DomainError
from shop.core.post_only import post_only
from shop.sales import visitors
from shop.sales.operations import adopting


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
