"""Reviewers' certificates: what is sold under each, and the form that revokes it, which asks once more."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import hooks
from catalog.errors import OrdersUnder
from catalog.models import Certificate
from catalog.operations.deciding import REVIEWERS
from catalog.operations.revoking import LONGEST_REASON, restore_certificate, revoke_certificate
from catalog.queries import local, said
from catalog.queries.certificate_review import (
    ORDERS_NAMED,
    barred_live,
    certificate_to_review,
    certificates_to_review,
    decisions_on,
    sold_under,
    waiting_words,
)
from catalog.queries.proposal_review import area_words, waiting_count
from catalog.rules.badges import stands_on
from shop.accounts.queries import reviewed_divisions
from shop.core import sent, texts
from shop.core.acting import by, permitted
from shop.core.errors import DomainError, InvalidInput
from shop.core.post_only import post_only

Act = Callable[..., Certificate]


def _at(certificate: Certificate) -> str:
    return local(f"/review/certificates/{quote(certificate.number, safe='')}/")


def _row(found: Certificate) -> dict[str, Any]:
    return {
        "certificate": found,
        "is_over": found.valid_until < timezone.localdate(),
        "url": _at(found),
        "kind": found.get_kind_display(),
        "holder": said(found.holder, "name"),
        "county": said(found.holder.county, "name"),
        "is_valid": stands_on(timezone.localdate(), found.valid_from, found.valid_until, is_revoked=found.is_revoked),
    }


@permitted(REVIEWERS)
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """Show the certificates of the reviewer's counties; `?q=` finds, `?revoked=1` shows the revoked ones."""
    divisions = reviewed_divisions(request.user)
    query = texts.one_line(request.GET.get("q", "")[:60])
    revoked = request.GET.get("revoked") == "1"
    page = certificates_to_review(divisions, request.GET.get("page", 1), query=query, revoked=revoked)
    context = {
        "page": page,
        "rows": [_row(each) for each in page.object_list],
        "query": query,
        "revoked": revoked,
        "waiting": waiting_count(divisions),
        "area_words": area_words(divisions),
    }
    return render(request, "review/certificates.html", context)


def _found(request: HttpRequest, number: str) -> Certificate:
    found = certificate_to_review(reviewed_divisions(request.user), number)
    if found is None:
        raise Http404
    return found


@permitted(REVIEWERS)
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Show one certificate, what is sold under it, and what was decided on it."""
    return _show(request, _found(request, number))


def _show(
    request: HttpRequest,
    found: Certificate,
    *,
    asks: bool = False,
    reason: str = "",
    error: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    divisions = reviewed_divisions(request.user)
    goods = sold_under(found)
    waiting = hooks.orders_under(found.pk)
    row = _row(found)
    context = row | {
        "state_row": row,
        "holder_url": local(f"/suppliers/{found.holder.slug}/"),
        "issuer": said(found, "issuer"),
        "scope": said(found, "scope"),
        "goods": goods,
        "barred": barred_live(goods),
        "orders": waiting.orders,
        "unpaid": waiting.unpaid,
        # All of them, where the words name the first only.
        "numbers": waiting.numbers if waiting.orders > ORDERS_NAMED else (),
        "waits": waiting_words(waiting),
        "decisions": decisions_on(found.pk),
        "asks": asks,
        "typed_reason": reason,
        "longest": LONGEST_REASON,
        "refusal": str(error.message) if error else "",
        "field": (error.field or "") if error else "",
        "waiting": waiting_count(divisions),
        "area_words": area_words(divisions),
    }
    return render(request, "review/certificate.html", context, status=status)


@permitted(REVIEWERS)
@post_only
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """Ask once more, with what it does and which orders wait; revoke when that is confirmed."""
    # Orders that came since the page was read are named first.
    found = _found(request, number)
    waiting = hooks.orders_under(found.pk)
    read = (request.POST.get("orders"), request.POST.get("unpaid", "0"))
    confirm = read == (str(waiting.orders), str(waiting.unpaid))
    return _do(request, number, revoke_certificate, _("Revoked. The supplier is told."), confirm=confirm)


@permitted(REVIEWERS)
@post_only
def restore(request: HttpRequest, number: str) -> HttpResponse:
    """Ask once more, then take a revocation back."""
    return _do(request, number, restore_certificate, _("It holds again. The supplier is told."))


def _do(request: HttpRequest, number: str, act: Act, done: str, **facts: Any) -> HttpResponse:
    found = _found(request, number)
    reason = sent.line(request, "reason")
    if not 0 < len(reason) <= LONGEST_REASON:
        words = _("At most %(most)d characters, please.") % {"most": LONGEST_REASON}
        error = InvalidInput(words if reason else _("Say why: the holder reads it."), field="reason")
        return _show(request, found, reason=reason, error=error, status=error.status)
    if request.POST.get("confirmed") != "1":
        return _show(request, found, asks=True, reason=reason)
    try:
        act(certificate_id=found.pk, reason=reason, **by(request, **facts))
    except DomainError as refused:
        asks = isinstance(refused, OrdersUnder)
        found = _found(request, number)
        return _show(request, found, asks=asks, reason=reason, error=refused, status=refused.status)
    messages.success(request, done)
    return HttpResponseRedirect(_at(found))
