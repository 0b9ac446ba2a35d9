"""The platform's desk for after-sales cases that the two sides can't settle."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from shop.core.acting import permitted
from shop.core.errors import DomainError
from shop.core.masking import mask_name
from shop.core.refusals import add_refusal
from shop.sales.case_shown import show_case, show_moves, supplier_offered_fen
from shop.sales.forms.arbitration import JudgeForm
from shop.sales.models import AfterSale
from shop.sales.operations.arbitration import facts_of, judge
from shop.sales.queries.arbitration import case_to_judge, earlier_cases, judged_cases, signers, waiting_cases
from shop.sales.rules import most_with_return, most_without_return
from shop.sales.states import AfterSaleKind, AfterSaleState
from shop.sales.texts import in_reader_language

PERMISSION = "sales.decide_cases"


def _row(case: AfterSale) -> dict[str, Any]:
    order = case.line.order
    return {
        "case": case,
        "number": order.order.number,
        "kind": case.get_kind_display(),
        "state": case.get_state_display(),
        "name": in_reader_language(case.line.name_zh, case.line.name_en),
        "supplier": in_reader_language(order.supplier.name_zh, order.supplier.name_en),
        "buyer": mask_name(order.purchase.ship_name),
        "is_late": case.state == AfterSaleState.ARBITRATION
        and case.due_at is not None
        and case.due_at < timezone.now(),
    }


@permitted(PERMISSION)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show the cases with the platform, who waits longest first; `?decided=1` shows what was decided."""
    is_history = request.GET.get("decided") == "1"
    read = judged_cases if is_history else waiting_cases
    page = read(request.GET.get("page", 1))
    context = {"page": page, "rows": [_row(case) for case in page], "is_history": is_history}
    return render(request, "review/cases.html", context)


@permitted(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show both sides' evidence beside the decision; by POST, decide. A decision is final."""
    found = case_to_judge(case_id)
    if found is None:
        raise Http404
    line = found.line
    facts = facts_of(found, line.order, line)
    mosts = (most_without_return(facts), most_with_return(facts))
    form, status = JudgeForm(mosts=mosts), 200
    if request.method == "POST":
        form, status = JudgeForm(request.POST, mosts=mosts), 422
        if form.is_valid():
            try:
                judge(
                    case_id=found.pk,
                    verdict=form.cleaned_data["verdict"],
                    amount_fen=form.amount_fen,
                    reason=form.cleaned_data["reason"],
                    actor=request.user,
                    at=timezone.now(),
                )
            except DomainError as error:
                status = error.status
                add_refusal(form, error)
            else:
                messages.success(request, _("Decided and signed: both sides are told."))
                return redirect("review:cases")
    names = signers(found)
    shown = show_case(found, timezone.now())
    context = {
        "row": _row(found),
        "shown": shown,
        "line": line,
        "form": form,
        "facts": facts,
        "offered_fen": supplier_offered_fen(found),
        # What the promise about damage says of this claim, which may be about something else.
        "is_about_damage": found.kind == AfterSaleKind.DAMAGED,
        "is_missing": found.kind == AfterSaleKind.MISSING,
        "mosts": mosts,
        "is_open": found.state == AfterSaleState.ARBITRATION,
        "earlier": [show_case(each, timezone.now()) for each in earlier_cases(found)],
        "history": show_moves(list(found.moves.all())),
        "signed": [
            (decision, names.get(row.decided_by_id, ""))
            for decision, row in zip(shown.decisions, found.decisions.all(), strict=True)
        ],
    }
    return render(request, "review/case.html", context, status=status)
