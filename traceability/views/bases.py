"""The supplier's bases: where its lots are harvested, and what certificates need of each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.queries import local, said
from catalog.queries.trade import SupplierBrief
from shop.core.acting import by
from shop.core.numbers import read_id
from traceability.forms import BaseForm, CompleteForm
from traceability.operations.places import add_base, complete_base
from traceability.queries.lots import bases_of
from traceability.rules import papers
from traceability.views.console import console, do, for_supplier


@require_http_methods(["GET", "HEAD", "POST"])
@for_supplier
def bases(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show the bases; by POST, add one."""
    form, status = BaseForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and (pk := read_id(request.POST.get("base"))) is not None:
        return _complete(request, supplier, pk)
    if request.method == "POST":
        status = do(form, lambda: add_base(supplier_id=supplier.pk, actor=request.user, **form.facts()))
        if not status:
            messages.success(request, _("Saved. Now record what you harvest there."))
            return redirect(local("/seller/lots/new/"))
    return _bases(request, supplier, form, status=status)


def _complete(request: HttpRequest, supplier: SupplierBrief, base_id: int) -> HttpResponse:
    """Complete what certificates need of a base."""
    form = CompleteForm(request.POST)
    refused = do(form, lambda: complete_base(base_id=base_id, **by(request, supplier_id=supplier.pk), **form.facts()))
    if refused:
        return _bases(request, supplier, BaseForm(), status=refused, wrong={base_id: form})
    messages.success(request, _("Saved: certificates from now on carry it."))
    return redirect(local("/seller/lots/bases/"))


def _bases(
    request: HttpRequest,
    supplier: SupplierBrief,
    form: BaseForm,
    *,
    status: int,
    wrong: Mapping[int, CompleteForm] = MappingProxyType({}),
) -> HttpResponse:
    rows = [_base(row, wrong.get(row.pk)) for row in bases_of(supplier.pk)]
    return console(request, supplier, "bases", {"form": form, "bases": rows}, status)


def _base(row: Any, wrong: CompleteForm | None = None) -> dict[str, Any]:
    plots = []
    for plot in row.plots.all():
        area = _("%(n)s mu") % {"n": f"{plot.area_tenth_mu / 10:g}"} if plot.area_tenth_mu else ""
        plots.append(f"{said(plot, 'name')} {area}".rstrip())
    given = {"contact": row.contact, "place": row.place_zh}
    form = wrong or CompleteForm(initial=given, auto_id=f"base-{row.pk}-%s")
    return {
        "row": row,
        "name": said(row, "name"),
        "place": said(row, "place"),
        "plots": " · ".join(plots),
        "form": form,
        "is_complete": not papers.missing(producer="--", origin=row.place_zh, contact=row.contact),
    }
