"""Filling a purchase request: from the catalogue, or from a list that is pasted or uploaded."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from catalog.queries.supply import find_goods
from procurement import lists
from procurement.forms.units import ListForm
from procurement.operations import requests as operations
from procurement.operations.drafts import take_list
from procurement.queries.requests import check_list
from procurement.queries.units import Seat
from procurement.rules.lists import COUNTS, Checked, Verdict
from procurement.shown import thumb
from procurement.states import EDITABLE
from procurement.texts import words
from procurement.views.entry import console, for_unit
from procurement.views.requests import asked_version, own_request, to_request
from shop.core import sent
from shop.core.count_words import count_words
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


def _reason(row: Checked) -> str:
    said = _words(row.verdict, row)
    if row.also is None:
        return said
    return _("%(first)s %(second)s") % {"first": said, "second": _words(row.also, row)}


def _words(verdict: Verdict, row: Checked) -> str:
    if verdict in COUNTS and verdict not in (Verdict.TOO_MANY, Verdict.TWO_NUMBERS):
        return count_words(verdict, row.typed)
    said = {
        Verdict.GOOD: "",
        Verdict.NO_CODE: _("No code in this row."),
        Verdict.UNKNOWN: _("No product has this code. Compare it with the catalogue."),
        Verdict.DUPLICATE: _("The same code as in row %(n)d: only the first counts. Add the pieces there."),
        Verdict.TOO_MANY: _("More than can be asked for in one row."),
        Verdict.TWO_NUMBERS: _(
            "Two numbers in this row: which are the pieces is not clear. Write a head above, “code” and “quantity”, and "
            "large numbers without a comma."
        ),
        Verdict.FORMULA: _("A formula. Paste its value instead."),
        Verdict.NOT_FOR_SALE: _("Not sold at the moment."),
        Verdict.TOO_FEW_LEFT: _("Only %(left)d left."),
        Verdict.OVER_LIMIT: _("Limited for each buyer: %(left)d more at most."),
    }[verdict]
    return said % {"n": row.same_as, "typed": row.typed, "left": row.left}


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def from_list(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Read a pasted or uploaded list, show each row with its reason, take the good rows alone."""
    seat, found = own_request(request, number)
    form, rows, status, refusal = ListForm(), [], 200, ""
    found_list: lists.ReadList | None = None
    there = {line.specification_id: line.quantity for line in found.lines.all()}
    adds = sent.line(request, "mode") == "add"
    if request.method == "POST" and "rows" in request.POST:
        cells, was_good = lists.carried(sent.paragraphs(request, "rows"))
        rows = check_list(cells, buyer=found.buyer, phone=found.ship_phone, there=there, adds=adds)
    if request.method == "POST" and "take" in request.POST:
        good = [row for row in rows if row.verdict == Verdict.GOOD and row.number in was_good]
        try:
            taken, is_new = take_list(
                request_id=found.pk,
                pieces={row.specification_id: row.quantity for row in good},
                version=asked_version(request) or 0,
                adds=adds,
                actor=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            refusal, status = str(error.message), error.status
        else:
            text = ngettext("%(n)d row taken.", "%(n)d rows taken.", len(good))
            said = text % {"n": len(good)} if is_new else _("This list was taken before: here it is.")
            messages.success(request, said)
            # Somebody bought meanwhile: what was good when the list was read is not taken in silence.
            if lost := [row.code for row in rows if row.verdict != Verdict.GOOD and row.number in was_good]:
                messages.warning(
                    request, _("Not taken, since it can't be had any more: %(codes)s") % {"codes": ", ".join(lost)}
                )
            return to_request(taken.number)
    elif request.method == "POST" and "rows" not in request.POST:
        form = ListForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                found_list = lists.read(form.cleaned_data["text"], form.cleaned_data["file"])
                rows = check_list(found_list.cells, buyer=found.buyer, phone=found.ship_phone, there=there)
                status = 200
            except DomainError as error:
                status = error.status
                form.add_error(error.field, str(error.message))
    good_rows = [row for row in rows if row.verdict == Verdict.GOOD]
    context = {
        "request_": found,
        "form": form,
        "rows": [{"row": row, "reason": _reason(row), "is_good": row.verdict == Verdict.GOOD} for row in rows],
        "good": len(good_rows),
        "bad": len(rows) - len(good_rows),
        "refusal": refusal,
        "list": found_list,
        "carried": lists.carry(rows),
        "adds": adds,
        "repeats": any(row.there for row in rows),
        "others": [
            {"name": name, "count": len(listed.cells), "text": lists.as_text(listed)}
            for name, listed in (found_list.others if found_list else ())
        ],
        "can_edit": seat.buys and found.state in EDITABLE,
    }
    return console(request, seat, "request_list", context, status)
