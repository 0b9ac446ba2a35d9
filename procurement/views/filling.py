"""Filling a purchase request from the catalogue."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from catalog.queries.supply import find_goods
from procurement.operations import requests as operations
from procurement.queries.units import Seat
from procurement.shown import thumb
from procurement.states import EDITABLE
from procurement.texts import words
from procurement.views.entry import console, for_unit
from procurement.views.requests import own_request
from shop.core import sent
from shop.core.errors import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def add(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Find goods in the catalogue and put them on the request."""
    seat, found = own_request(request, number)
    query = request.GET.get("q", "")[:60]
    refusal, status = "", 200
    typed = sent.counts(request)
    refused = dict(typed.refused)
    if refused:
        refusal, status = _("Nothing was added: look at the quantities below."), 422
    elif request.method == "POST":
        wanted = {pk: count for pk, count in typed.read.items() if count}
        try:
            operations.put_lines(request_id=found.pk, pieces=wanted, adds=True, actor=request.user, at=timezone.now())
        except DomainError as error:
            refusal, status = str(error.message), error.status
            refused |= {pk: refusal for pk in typed.typed if error.field == f"pieces-{pk}"}
        else:
            text = ngettext("%(n)d product added.", "%(n)d products added.", len(wanted))
            messages.success(request, text % {"n": len(wanted)})
            return HttpResponseRedirect(request.get_full_path())
        seat, found = own_request(request, number)
    page, goods = find_goods(query, request.GET.get("page", 1))
    there = {line.specification_id: line.quantity for line in found.lines.all()}
    rows = [
        {
            "name": words(each.name_zh, each.name_en),
            "supplier": words(each.supplier_zh, each.supplier_en),
            "picture": thumb(each.picture_key),
            "slug": each.slug,
            "specs": [
                {
                    "spec": spec,
                    "text": words(spec.spec_zh, spec.spec_en),
                    "there": there.get(spec.specification_id, 0),
                    "typed": typed.typed.get(spec.specification_id, ""),
                    "refusal": refused.get(spec.specification_id, ""),
                }
                for spec in each.specifications
            ],
        }
        for each in goods
    ]
    shown = {spec.specification_id for each in goods for spec in each.specifications}
    # What is not on this page (sold out meanwhile) has no field to stand beside.
    if beside := [text for pk, text in typed.refused.items() if pk not in shown]:
        refusal = beside[0]
    context = {
        "request_": found,
        "query": query,
        "page": page,
        "rows": rows,
        "refusal": refusal,
        "kinds": len(there),
        "can_edit": seat.buys and found.state in EDITABLE,
    }
    return console(request, seat, "request_add", context, status)
