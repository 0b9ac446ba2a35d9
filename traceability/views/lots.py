"""The supplier's lots, from a phone. Everything is of the supplier that the person acts for; else 404."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.queries import local, said
from catalog.queries.trade import SupplierBrief, listings_of, suppliers_of
from shop.core.errors import DomainError
from traceability.forms import BaseForm, HarvestForm, PackingForm, ReportForm
from traceability.models import ProduceLot
from traceability.operations import recording
from traceability.operations.places import Spot, add_base
from traceability.operations.printing import certificate_pdf, labels_pdf
from traceability.queries.lots import bases_of, history, lot_of_supplier, lots_of_supplier
from traceability.states import LotState
from traceability.views.trace import timeline, weight

CHOSEN = "acting_supplier"
BADGES = {LotState.OPEN: "proven", LotState.CLOSED: "neutral", LotState.RECALLED: "overdue"}
View = Callable[..., HttpResponse]


def for_supplier(view: View) -> View:
    """Give the view the supplier that the person acts for, as its second argument."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, **given: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), local("/account/login/"))
        found = suppliers_of(request.user)
        if not found:
            return render(request, "seller/nobody.html", status=403)
        chosen = request.session.get(CHOSEN)
        return view(request, next((each for each in found if each.pk == chosen), found[0]), **given)

    return guarded


def _console(
    request: HttpRequest, supplier: SupplierBrief, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shared = {"supplier": supplier, "supplier_name": said(supplier, "name")}
    return render(request, f"traceability/seller_{name}.html", {**shared, **context}, status=status)


def _row(lot: ProduceLot) -> dict[str, Any]:
    return {
        "lot": lot,
        "name": said(lot.listing, "name"),
        "place": " · ".join(filter(None, [said(lot.base, "name"), said(lot.plot, "name") if lot.plot else ""])),
        "label": lot.get_state_display(),
        "badge": BADGES[LotState(lot.state)],
        "harvested": weight(lot.harvested_grams),
        "sent": weight(lot.assigned_grams),
        "left": weight(lot.harvested_grams - lot.assigned_grams),
        "percent": lot.assigned_grams * 100 // lot.harvested_grams,
    }


@require_safe
@for_supplier
def lots(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show the lots, what is left of each."""
    page = lots_of_supplier(supplier.pk, request.GET.get("page", 1))
    return _console(request, supplier, "lots", {"page": page, "rows": [_row(lot) for lot in page.object_list]})


def _refused(form: Form, error: DomainError) -> int:
    field = error.field if error.field in form.fields else None
    form.add_error(field, str(error.message))
    return error.status


@require_http_methods(["GET", "HEAD", "POST"])
@for_supplier
def harvest(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Open a lot with its harvest; without a base, that comes first."""
    bases = bases_of(supplier.pk)
    if not bases:
        return redirect(local("/seller/lots/bases/"))
    choices = {"listings": listings_of(supplier.pk), "bases": bases}
    if request.method != "POST":
        return _console(request, supplier, "harvest", {"form": HarvestForm(**choices)})
    form, status = HarvestForm(request.POST, **choices), 422
    if form.is_valid():
        try:
            lot = recording.record_harvest(
                supplier_id=supplier.pk, actor=request.user, at=timezone.now(), **form.facts()
            )
        except DomainError as error:
            status = _refused(form, error)
        else:
            messages.success(request, _("Lot %(code)s is open.") % {"code": lot.code})
            return redirect(local(f"/seller/lots/{lot.pk}/"))
    return _console(request, supplier, "harvest", {"form": form}, status)


@require_safe
@for_supplier
def lot(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """Show one lot: what is left, what happened, what to record next."""
    return _lot(request, supplier, _own(supplier, lot_id))


def _own(supplier: SupplierBrief, lot_id: int) -> ProduceLot:
    found = lot_of_supplier(supplier.pk, lot_id)
    if found is None:
        raise Http404
    return found


def _lot(
    request: HttpRequest,
    supplier: SupplierBrief,
    found: ProduceLot,
    *,
    pack_form: PackingForm | None = None,
    test_form: ReportForm | None = None,
    status: int = 200,
) -> HttpResponse:
    told = history(found)
    kilograms = Decimal(found.harvested_grams) / 1000
    context = {
        "row": _row(found),
        "timeline": timeline(told),
        "certificate": getattr(found, "certificate", None),
        "pack_form": pack_form or PackingForm(initial={"kilograms": f"{kilograms:f}".rstrip("0").rstrip(".")}),
        "test_form": test_form or ReportForm(),
        "steps": {each.step for each in told},
    }
    return _console(request, supplier, "lot", context, status)


@require_POST
@for_supplier
def pack(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """Record a packing."""
    found, form, status = _own(supplier, lot_id), PackingForm(request.POST), 422
    if form.is_valid():
        try:
            recording.record_packing(
                supplier_id=supplier.pk, lot_id=lot_id, actor=request.user, at=timezone.now(), **form.facts()
            )
        except DomainError as error:
            status = _refused(form, error)
        else:
            messages.success(request, _("Recorded: sorted and packed."))
            return redirect(local(f"/seller/lots/{lot_id}/"))
    return _lot(request, supplier, found, pack_form=form, status=status)


@require_POST
@for_supplier
def test(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """Record a test."""
    found, form, status = _own(supplier, lot_id), ReportForm(request.POST), 422
    if form.is_valid():
        try:
            recording.record_test(
                supplier_id=supplier.pk, lot_id=lot_id, test=form.report(),
                occurred_at=form.cleaned_data["occurred_at"], actor=request.user, at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            status = _refused(form, error)
        else:
            messages.success(request, _("Recorded: the test stands on the trace page."))
            return redirect(local(f"/seller/lots/{lot_id}/"))
    return _lot(request, supplier, found, test_form=form, status=status)


@require_POST
@for_supplier
def close(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """Finish a lot."""
    _own(supplier, lot_id)
    recording.close_lot(supplier_id=supplier.pk, lot_id=lot_id, actor=request.user, at=timezone.now())
    messages.success(request, _("The lot is finished: nothing more is sent of it."))
    return redirect(local("/seller/lots/"))


@require_safe
@for_supplier
def paper(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """The 合格证 of a lot as PDF."""
    found = _own(supplier, lot_id)
    certificate = getattr(found, "certificate", None)
    if certificate is None:
        raise Http404
    return _pdf(certificate_pdf(certificates=[certificate]), f"hegezheng-{found.code}")


@require_safe
@for_supplier
def labels(request: HttpRequest, supplier: SupplierBrief, shipment_id: int) -> HttpResponse:
    """The label of a parcel as PDF."""
    found = labels_pdf(supplier_id=supplier.pk, shipment_ids=[shipment_id])
    if not found:
        raise Http404
    return _pdf(found, f"label-{shipment_id}")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_supplier
def bases(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show the bases; by POST, add one."""
    form, status = BaseForm(), 200
    if request.method == "POST":
        form, status = BaseForm(request.POST), 422
        if form.is_valid():
            facts = form.cleaned_data
            plots = ((facts["plot"], "", int((facts["area"] or 0) * 10)),) if facts["plot"] else ()
            try:
                add_base(
                    supplier_id=supplier.pk, name=(facts["name"], ""), place=(facts["place"], ""),
                    spot=Spot(facts["latitude"], facts["longitude"]), contact=facts["contact"], plots=plots,
                    actor=request.user,
                )  # fmt: skip
            except DomainError as error:
                status = _refused(form, error)
            else:
                messages.success(request, _("Saved. Now record what you harvest there."))
                return redirect(local("/seller/lots/new/"))
    return _console(
        request, supplier, "bases", {"form": form, "bases": [_base(row) for row in bases_of(supplier.pk)]}, status
    )


def _base(row: Any) -> dict[str, Any]:
    plots = []
    for plot in row.plots.all():
        area = _("%(n)s mu") % {"n": f"{plot.area_tenth_mu / 10:g}"} if plot.area_tenth_mu else ""
        plots.append(f"{said(plot, 'name')} {area}".rstrip())
    return {"row": row, "name": said(row, "name"), "place": said(row, "place"), "plots": " · ".join(plots)}
