"""Shopping lists: sending one, saying what its columns and names mean, taking its rows, getting back the others."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from procurement import lists, lists_shown
from procurement.forms.units import ListForm
from procurement.lists_shown import ListRow
from procurement.models import PurchaseRequest, ShoppingList
from procurement.operations import lists as operations
from procurement.queries.lists import (
    check_list,
    chosen_goods,
    goods_before,
    last_list,
    list_of,
    own_heads,
    read_list,
)
from procurement.queries.units import Seat
from procurement.rules.tables import Columns, Listed, Role
from procurement.states import EDITABLE
from procurement.texts import words
from procurement.views.entry import console, for_unit
from procurement.views.requests import own_request, to_request
from shop.core import sent
from shop.core.errors import DomainError, InvalidInput
from shop.core.money import to_yuan
from shop.core.numbers import read_id, whole_number
from shop.core.spreadsheets import XLSX_TYPE, write_xlsx
from shop.core.templatetags.heqiao import local

# Rows whose reason is said above the list; each stands beside its row, too.
MOST_TOLD = 5


def _address(found: PurchaseRequest, row: ShoppingList, query: str = "") -> str:
    return local(f"/units/requests/{found.number}/list/{row.pk}/") + query


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def new_list(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Ask for a list, pasted or as a file; keep it and show what was read of it."""
    seat, found = own_request(request, number)
    form, status = ListForm(), 200
    if request.method == "POST":
        form, status = ListForm(request.POST, request.FILES), 422
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                read = lists.take_apart(form.cleaned_data["text"], upload, own_heads(found.unit_id))
                row = operations.keep_list(
                    request_id=found.pk, sheets=[{"name": each.name, "rows": each.rows} for each in read.sheets],
                    sheet=read.sheet, unread=read.unread, file_name=_short_name(upload), actor=request.user,
                    at=timezone.now(),
                )  # fmt: skip
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error.message))
                status = error.status
            else:
                return _shown(request, seat, found, row, form=form)
    context = {"request_": found, "form": form, "last": last_list(found), "can_edit": _can_edit(seat, found)}
    return console(request, seat, "request_list", context, status)


def _short_name(upload: Any) -> str:
    """Return a file's name as it is shown, its end kept: that says what kind it is."""
    return upload.name[-120:] if upload else ""


def _can_edit(seat: Seat, found: PurchaseRequest) -> bool:
    return seat.buys and found.state in EDITABLE


def _own_list(request: HttpRequest, number: str, pk: int) -> tuple[Seat, PurchaseRequest, ShoppingList]:
    seat, found = own_request(request, number)
    row = list_of(found, pk)
    if row is None:
        raise Http404(pk)
    return seat, found, row


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def one_list(request: HttpRequest, seat: Seat, number: str, pk: int) -> HttpResponse:
    """Show a list with each row's result; read it in another way, or take its rows."""
    seat, found, row = _own_list(request, number, pk)
    if request.method != "POST":
        return _shown(request, seat, found, row)
    try:
        if "sheet" in request.POST:
            operations.choose_sheet(list_id=row.pk, sheet=_number(request, "sheet"), actor=request.user)
        elif "columns" in request.POST:
            operations.choose_columns(list_id=row.pk, columns=_columns(request), actor=request.user)
        else:
            return _take(request, found, row)
    except DomainError as error:
        return _shown(request, seat, found, row, refusal=str(error.message), status=error.status)
    return HttpResponseRedirect(_address(found, row))


def _number(request: HttpRequest, name: str) -> int:
    """Return a small number of a form, -1 for what is none."""
    try:
        return whole_number(sent.line(request, name))
    except ValueError:
        return -1


def _columns(request: HttpRequest) -> Columns:
    """Return which column is what, as the form says. Raises InvalidInput where two columns say the same."""
    at: dict[Role, int] = {}
    for index in range(lists.MAX_COLUMNS):
        value = sent.line(request, f"column-{index}")
        role = next((each for each in Role if each == value), None)
        if role is not None and role in at:
            words_ = _("Two columns are said to be the same: %(column)s.") % {"column": lists_shown.ROLES[role]}
            raise InvalidInput(words_, field="columns")
        if role is not None:
            at[role] = index
    return Columns(at, _number(request, "head"))


def _take(request: HttpRequest, found: PurchaseRequest, row: ShoppingList) -> HttpResponse:
    """Take the rows that are ticked, and those that somebody chose goods for."""
    adds = sent.line(request, "mode") == "add"
    ticked = [n for text in request.POST.getlist("row") if (n := read_id(text, most_digits=5)) is not None]
    chosen, was = _goods(request, "goods-"), _goods(request, "was-")
    # A row that could be taken as it stood is taken where it is ticked, whatever it was changed to.
    choices = chosen | _goods(request, "instead-")
    asked = [*ticked, *(number for number, pk in chosen.items() if was.get(number) != pk)]
    if not asked and not row.taken:
        raise InvalidInput(_("Tick at least one row."))
    taken = operations.take_rows(
        list_id=row.pk, rows=asked, choices=choices, adds=adds, actor=request.user, at=timezone.now()
    )
    if taken.was_before:
        messages.success(request, _("This list was taken before: here it is."))
        return to_request(taken.request.number)
    if taken.rows:
        text = ngettext("%(n)d row taken.", "%(n)d rows taken.", len(taken.rows))
        messages.success(request, text % {"n": len(taken.rows)})
    # What was chosen or ticked and can't be had says why: its row is unclear, or somebody bought meanwhile.
    for each in taken.refused[:MOST_TOLD]:
        said = _("Row %(n)d was not taken. %(reason)s") % {"n": each.number, "reason": lists_shown.reason(each)}
        messages.warning(request, said)
    if taken.refused:
        return HttpResponseRedirect(_address(found, row, "?mode=add" if adds else ""))
    return to_request(taken.request.number)


def _goods(request: HttpRequest, prefix: str) -> dict[int, int]:
    """Return the specifications that fields named `<prefix><row>` hold, by row; what is no number is left out."""
    found = {}
    for name in request.POST:
        number, value = (
            read_id(each, most_digits=15) for each in (name.removeprefix(prefix), sent.line(request, name))
        )
        if name.startswith(prefix) and number is not None and value is not None:
            found[number] = value
    return found


def _checked(found: PurchaseRequest, row: ShoppingList, *, adds: bool) -> tuple[Listed, list[ListRow]]:
    """Return what is read of a list, and each row with its result."""
    listed = read_list(row, own_heads(found.unit_id))
    there = {line.specification_id: line.quantity for line in found.lines.all()}
    checked = check_list(
        listed.cells, buyer=found.buyer, phone=found.ship_phone, there=there, choices=chosen_goods(row), adds=adds,
        taken=frozenset(row.taken),
    )  # fmt: skip
    return listed, [ListRow(each) for each in checked]


def _shown(
    request: HttpRequest,
    seat: Seat,
    found: PurchaseRequest,
    row: ShoppingList,
    *,
    form: ListForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show a list. One whose columns are unclear is answered with 422, why, and the form that says which is what."""
    adds = "add" in (request.GET.get("mode"), sent.line(request, "mode"))
    listed, rows = _checked(found, row, adds=adds)
    if listed.missing:
        refusal = refusal or lists.missing_words(listed.missing)
        status = 422 if request.method == "POST" else status
    table = row.sheets[row.sheet]["rows"]
    context = {
        "request_": found,
        "form": form or ListForm(),
        "list": row,
        "list_url": _address(found, row),
        "listed": listed,
        "rows": rows,
        "counts": lists_shown.counts(rows),
        "refusal": refusal,
        "adds": adds,
        "repeats": any(each.row.there and not each.is_taken for each in rows),
        "columns_read": lists_shown.columns_read(table, listed.columns),
        "columns_unread": lists_shown.columns_unread(table, listed.columns),
        "mapping": lists_shown.mapping(row, listed),
        "sheet_name": row.sheets[row.sheet]["name"],
        "others": _other_sheets(row),
        "can_edit": _can_edit(seat, found),
    }
    return console(request, seat, "request_list", context, status)


def _other_sheets(row: ShoppingList) -> list[dict[str, Any]]:
    """Return the file's other sheets that hold anything."""
    counted = [(at, each["name"], sum(map(any, each["rows"]))) for at, each in enumerate(row.sheets) if at != row.sheet]
    return [{"at": at, "name": name, "count": count} for at, name, count in counted if count]


@require_safe
@for_unit
def refused_file(request: HttpRequest, seat: Seat, number: str, pk: int) -> HttpResponse:
    """Give back the rows that were not taken, each with its reason."""
    _seat, found, row = _own_list(request, number, pk)
    listed, rows = _checked(found, row, adds=request.GET.get("mode") == "add")
    return _workbook(
        f"heqiao-{found.number}-refused.xlsx", _("Not taken"), lists_shown.refused_table(row, listed, rows)
    )


@require_safe
@for_unit
def template_file(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Give a workbook to fill in: the heads that are known, and what the unit ordered before."""
    head = [str(lists_shown.ROLES[role]) for role in (Role.CODE, Role.NAME, Role.SPEC)]
    rows: list[Sequence[Any]] = [[*head, _("Price (yuan)"), _("Supplier"), str(lists_shown.ROLES[Role.QUANTITY])]]
    rows += [
        [
            spec.sku,
            words(spec.name_zh, spec.name_en),
            words(spec.spec_zh, spec.spec_en),
            to_yuan(spec.price_fen),
            words(spec.supplier_name_zh, spec.supplier_name_en),
            None,
        ]
        for spec in goods_before(seat)
    ]
    return _workbook("heqiao-list.xlsx", _("Shopping list"), rows)


def _workbook(name: str, title: str, rows: Sequence[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse(content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    write_xlsx(response, [(title, rows)])
    return response
