"""The supplier's after-sales cases: answered, and returns confirmed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.operations.kept_photos import FormPhotos
from catalog.queries.trade import SupplierBrief
from shop.core import sent
from shop.core.errors import DomainError
from shop.core.masking import mask_name
from shop.core.post_only import post_only
from shop.core.refusals import add_refusal
from shop.sales.case_shown import granted_fen, show_case, show_moves
from shop.sales.forms.seller import DecideForm, ReturnForm
from shop.sales.models import AfterSale
from shop.sales.operations.aftersales import decide_after_sale
from shop.sales.operations.returning import confirm_return, dispute_return
from shop.sales.queries import seller as queries
from shop.sales.queries.arbitration import earlier_cases
from shop.sales.queries.recalls import recall_of
from shop.sales.states import AfterSaleState
from shop.sales.views.seller import console, for_supplier
from shop.sales.views.seller_orders import sold_line


def _case(case: AfterSale) -> dict[str, Any]:
    return {
        "case": case,
        "number": case.line.order.order.number,
        "buyer": mask_name(case.line.order.purchase.ship_name),
        "line": sold_line(case.line.order, case.line),
        "kind": case.get_kind_display(),
        "state": case.get_state_display(),
        "agreed_fen": granted_fen(case),
    }


@require_safe
@for_supplier
def cases(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show the cases that wait for the supplier, then the others."""
    page = queries.cases(supplier.pk, request.GET.get("page", 1))
    context = {
        "open": [_case(case) for case in queries.open_cases(supplier.pk)],
        "page": page,
        "decided": [_case(case) for case in page.object_list],
        "now": timezone.now(),
    }
    return console(request, supplier, "cases", context)


def _own(supplier: SupplierBrief, case_id: int) -> AfterSale:
    found = queries.case_of_supplier(supplier.pk, case_id)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_supplier
def case(request: HttpRequest, supplier: SupplierBrief, case_id: int) -> HttpResponse:
    """Show one case; by POST, answer it."""
    found = _own(supplier, case_id)
    if request.method != "POST":
        return _show(request, supplier, found)
    form, status = DecideForm(request.POST, request.FILES, case=found), 422
    photos = FormPhotos(request, "photos", owner=f"answer:{found.pk}")
    if form.is_valid():
        try:
            decide_after_sale(
                case_id=found.pk,
                approve=form.approves,
                amount_fen=form.amount_fen,
                answer=form.cleaned_data["answer"],
                uploads=photos.uploads,
                actor=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            status = error.status
            error.field = "photos" if error.field == "picture" else error.field
            add_refusal(form, error)
        else:
            messages.success(request, _("Answered: the buyer is told."))
            return redirect("seller:cases")
    photos.keep(form, timezone.now())
    return _show(request, supplier, found, form=form, status=status)


@for_supplier
@post_only
def returned(request: HttpRequest, supplier: SupplierBrief, case_id: int) -> HttpResponse:
    """Confirm that the goods came back, or say what is wrong with them."""
    found = _own(supplier, case_id)
    form = ReturnForm(request.POST)
    at = timezone.now()
    try:
        if request.POST.get("decision") == "received":
            confirm_return(case_id=found.pk, actor=request.user, at=at)
            messages.success(request, _("Confirmed: the money goes back to the buyer."))
        else:
            why = sent.paragraphs(request, "why", 300)
            dispute_return(case_id=found.pk, why=why, actor=request.user, at=at)
            messages.success(request, _("The platform decides now. You are told."))
    except DomainError as error:
        form.is_valid()
        add_refusal(form, error)
        return _show(request, supplier, found, return_form=form, status=error.status)
    return redirect("seller:cases")


def _show(
    request: HttpRequest,
    supplier: SupplierBrief,
    found: AfterSale,
    *,
    form: DecideForm | None = None,
    return_form: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "row": _case(found),
        "shown": show_case(found, timezone.now()),
        "recall": recall_of(found.line),
        "earlier": [show_case(each, timezone.now()) for each in earlier_cases(found)],
        "history": show_moves(list(found.moves.all())),
        "form": form or DecideForm(case=found),
        "return_form": return_form or ReturnForm(),
        "is_open": found.state == AfterSaleState.OPEN,
        "is_returning": found.state == AfterSaleState.RETURNING,
    }
    return console(request, supplier, "case", context, status=status)
