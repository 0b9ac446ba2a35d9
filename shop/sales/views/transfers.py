"""Bank transfers to be found on the statement, for the platform's finance staff."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shop.core import sent
from shop.core.acting import permitted
from shop.core.errors import DomainError, InvalidInput
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.searches import kept, redirect_kept
from shop.sales.models import Payment
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.finding import clean_query, fen_typed
from shop.sales.queries.outcomes import outcome_of
from shop.sales.queries.transfers import Shown, transfers


@permitted("sales.decide_transfers")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Show the transfers that wait; `?shown=closed` those of closed purchases, `?shown=booked` those that came."""
    return _show(request)


def _show(request: HttpRequest, *, refused: int = 0, error: DomainError | None = None) -> HttpResponse:
    asked = request.GET.get("shown") or request.POST.get("shown") or ("booked" if request.GET.get("booked") else "")
    shown = asked if asked in list(Shown) else Shown.WAITING
    query = clean_query(request.GET.get("q", ""))
    page = transfers(request.GET.get("page", 1), shown=shown, query=query)
    context = {
        "page": page,
        "query": query,
        "kept": kept(request),
        # It may be booked meanwhile, or not be what was looked for: it is said all the same.
        "is_refused_elsewhere": bool(refused) and refused not in {row.pk for row in page},
        "shown": shown,
        "refused": refused,
        "field": error.field if error else "",
        "refusal": str(error.message) if error else "",
        # The operator is asked what happens only about an amount that is not what was to come.
        "over_fen": error.details.get("over_fen", 0) if error else 0,
        "sent": request.POST,
    }
    return render(request, "review/transfers.html", context, status=error.status if error else 200)


@permitted("sales.decide_transfers")
@post_only
def match(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Book one transfer."""
    if not Payment.objects.filter(pk=payment_id, gateway="transfer").exists():
        raise Http404
    then, _colon, offset = request.POST.get("then", "").partition(":")
    try:
        payment = match_transfer(
            payment_id=payment_id,
            received_fen=_amount(request.POST.get("received", "")),
            payer=sent.line(request, "payer", 120),
            why=sent.line(request, "why", 200),
            then=then,
            offset_id=read_id(offset, most_digits=9),
            reference=sent.line(request, "reference"),
            line_fen=_amount(line, "line") if (line := sent.line(request, "line")) else None,
            seen_fen=read_id(request.POST.get("seen"), most_digits=15),
            actor=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        return _show(request, refused=payment_id, error=error)
    said = outcome_of(payment)
    (messages.success if said.is_paid and not said.goes_back_fen else messages.warning)(request, said.words())
    return redirect_kept(request, "review:transfers")


def _amount(text: str, field: str = "received") -> int:
    """Return an amount in 分 from what was typed in 元. Raises InvalidInput."""
    fen = fen_typed(text)
    if fen is not None:
        return fen
    raise InvalidInput(_("Enter the amount as on the statement, such as 1280.00."), code="amount_wrong", field=field)
