"""Refunds that finance pays by hand: the queue, where each goes, and how it was paid."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shop.core import sent
from shop.core.acting import permitted
from shop.core.errors import DomainError
from shop.core.money import in_yuan
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.searches import kept, redirect_kept
from shop.sales.models import Purchase
from shop.sales.operations.payouts import each_once, give_account, pay_out_together
from shop.sales.queries.finding import clean_query
from shop.sales.queries.payouts import by_hand, payout_exists, payouts


@permitted("sales.decide_transfers")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Show the refunds to pay out; `?paid=1` shows those that were."""
    return _show(request)


def _show(request: HttpRequest, *, refused: int = 0, error: DomainError | None = None) -> HttpResponse:
    paid, query = request.GET.get("paid") == "1", clean_query(request.GET.get("q", ""))
    page = payouts(request.GET.get("page", 1), paid=paid, query=query)
    context: dict[str, Any] = {
        "page": page,
        "query": query,
        "kept": kept(request),
        # Somebody else may have paid it meanwhile, or it is not what was looked for: it is said all the same.
        "is_refused_elsewhere": bool(refused) and refused not in {row.pk for row in page},
        "is_history": paid,
        "refused": refused,
        "field": error.field if error else "",
        "refusal": str(error.message) if error else "",
        "sent": request.POST,
        "also": request.POST.getlist("also"),
    }
    return render(request, "review/payouts.html", context, status=error.status if error else 200)


@permitted("sales.decide_transfers")
@post_only
def pay(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Note that a refund was paid out, with the bank's reference or the slip."""
    if not payout_exists(refund_id):
        raise Http404
    # A page that says no version has seen none.
    refunds = [(refund_id, _number(request.POST.get("account_version", "")))]
    for typed in request.POST.getlist("also"):
        pk, _dash, version = typed.partition("-")
        if not payout_exists(_number(pk)):
            raise Http404
        refunds.append((_number(pk), _number(version)))
    try:
        paid = pay_out_together(
            refunds=each_once(refunds),
            reference=sent.line(request, "reference"),
            proof=request.FILES.get("proof"),
            why=sent.line(request, "why"),
            actor=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        return _show(request, refused=refund_id, error=error)
    if len(paid) == 1:
        messages.success(request, _("Noted: the buyer is told that the money is on its way."))
    else:
        said = _("Noted: %(n)d refunds, %(amount)s by one transfer. Who gets them is told.")
        messages.success(request, said % {"n": len(paid), "amount": in_yuan(sum(each.amount_fen for each in paid))})
    return redirect_kept(request, "review:payouts")


def _number(text: str) -> int:
    """Return a number of the page's own hidden fields, 0 for what is none."""
    return read_id(text, most_digits=15) or 0


@permitted("sales.decide_transfers")
@post_only
def account(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Enter the account of a refund as finance knows it: from the statement, or from a call."""
    refund = by_hand().filter(pk=refund_id).select_related("payment").first()
    if refund is None:
        raise Http404
    try:
        purchase = Purchase.objects.get(pk=refund.payment.payable_id)
        give_account(
            purchase=purchase,
            through=purchase.attribution_kind,
            **{name: sent.line(request, name) for name in ("holder", "bank", "number")},
            actor=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        return _show(request, refused=refund_id, error=error)
    messages.success(request, _("The account is kept for this refund."))
    return redirect_kept(request, "review:payouts")
