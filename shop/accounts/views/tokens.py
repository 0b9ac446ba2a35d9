"""The tokens that programs hold: seen, and ended."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.accounts import queries
from shop.accounts.operations import tokens as operations
from shop.core.errors import DomainError
from shop.core.post_only import post_only
from shop.core.scopes import SCOPES


@never_cache
@login_required
@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    """Show which programs may act for the person, and for what."""
    now = timezone.now()
    rows = [
        {"token": token, "over": token.expires_at <= now, "words": [_(SCOPES.get(each, each)) for each in token.scopes]}
        for token in queries.tokens(request.user)
    ]
    return render(request, "accounts/tokens.html", {"rows": rows})


@never_cache
@login_required
@post_only
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token of one's own."""
    try:
        operations.revoke_token(actor=request.user, pk=pk, at=timezone.now())
    except DomainError as error:
        raise Http404 from error
    messages.success(request, _("Revoked: it can't be used any more."))
    return redirect("accounts:tokens")
