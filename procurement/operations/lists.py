"""Shopping lists of requests: keeping one, saying what its columns and names mean, taking its rows once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from procurement.models import ListHeading, PurchaseRequest, ShoppingList
from procurement.operations.drafts import take_list
from procurement.operations.representing import lock_units
from procurement.operations.requests import lock_editable
from procurement.queries.lists import check_list, chosen_goods, own_heads, read_list
from procurement.rules.lists import Checked, Verdict
from procurement.rules.tables import Columns, Role, head_of, heads_of
from shop.core import periodic
from shop.core.errors import InvalidInput

KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking rows: the request that holds them, the rows taken now, and those of the asked that can't be.

    `was_before`: nothing was left to take, since another press or another draft took it.
    """

    request: PurchaseRequest
    rows: list[int]
    refused: list[Checked]
    was_before: bool = False


def keep_list(
    *,
    request_id: int,
    sheets: Sequence[Mapping[str, Any]],
    sheet: int,
    actor: Any,
    at: datetime,
    file_name: str = "",
    unread: Iterable[str] = (),
) -> ShoppingList:
    """Keep a list that was sent for a request, in place of those of which nothing was taken.

    Raises as `lock_editable`. Locks: request.
    """
    with transaction.atomic():
        request = lock_editable(request_id, actor, None)
        ShoppingList.objects.filter(request=request, taken=[]).delete()
        return ShoppingList.objects.create(
            request=request, file_name=file_name, sheets=list(sheets), unread=list(unread), sheet=sheet,
            created_by=actor, created_at=at,
        )  # fmt: skip


def _lock_list(list_id: int, actor: Any) -> ShoppingList:
    """Return a list whose request may be changed, both rows locked. Raises as `lock_editable`. Locks: request, list."""
    lock_editable(ShoppingList.objects.values_list("request_id", flat=True).get(pk=list_id), actor, None)
    return ShoppingList.objects.select_for_update(of=("self",)).select_related("request").get(pk=list_id)


def choose_sheet(*, list_id: int, sheet: int, actor: Any) -> ShoppingList:
    """Read another sheet of a list's file. Raises InvalidInput (field `sheet`) where it has no such one."""
    with transaction.atomic():
        row = _lock_list(list_id, actor)
        if not 0 <= sheet < len(row.sheets):
            raise InvalidInput(_("The file has no such sheet."), field="sheet")
        if sheet != row.sheet:
            _start_over(row, sheet=sheet, columns={})
        return row


def choose_columns(*, list_id: int, columns: Columns, actor: Any) -> ShoppingList:
    """Read a list by the columns that a person named, and remember what their unit means by these heads.

    Raises InvalidInput (field `columns`) where nothing says how many of what, or a column is none of the table.
    """
    with transaction.atomic():
        row = _lock_list(list_id, actor)
        table = row.sheets[row.sheet]["rows"]
        width = max(map(len, table), default=0)
        if not columns.has_goods:
            words = _("Say which column is the quantity, and which one the code or the name.")
            raise InvalidInput(words, field="columns")
        if not 0 <= columns.head <= len(table):
            raise InvalidInput(_("Write the number of the head's row, 0 where there is none."), field="head")
        if not all(0 <= at < width for at in columns.at.values()):
            raise InvalidInput(_("The list has no such column."), field="columns")
        _start_over(
            row, sheet=row.sheet, columns={"head": columns.head, "at": {str(k): v for k, v in columns.at.items()}}
        )
        if columns.head:
            _remember(row.request.unit_id, heads_of(table, columns.head), {at: role for role, at in columns.at.items()})
        return row


def _start_over(row: ShoppingList, *, sheet: int, columns: dict[str, Any]) -> None:
    """Read a list anew: what was chosen for rows of another reading means nothing now; what was taken stays taken."""
    if row.taken:
        raise InvalidInput(_("Rows of this list were taken already. Send the list again to read it in another way."))
    row.sheet, row.columns, row.choices = sheet, columns, {}
    row.save(update_fields=["sheet", "columns", "choices"])


def _remember(unit_id: int, heads: Sequence[str], roles: Mapping[int, Role]) -> None:
    found = {head_of(text): roles.get(at, "") for at, text in enumerate(heads) if head_of(text)}
    # Of two columns with the same head the one that says something counts.
    found |= {head_of(heads[at]): role for at, role in roles.items() if at < len(heads) and head_of(heads[at])}
    rows = [ListHeading(unit_id=unit_id, head=head, role=str(role)) for head, role in found.items() if len(head) <= 60]
    ListHeading.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["unit", "head"], update_fields=["role"]
    )  # fmt: skip


def take_rows(
    *,
    list_id: int,
    rows: Iterable[int],
    choices: Mapping[int, int],
    adds: bool,
    actor: Any,
    at: datetime,
) -> Taken:
    """Put rows of a list on its request, as it is checked now, each once; keep what was chosen for rows with names alone.

    Of `rows` those that can't be taken are left and returned. Raises InvalidInput (field `row`) for a row that the list
    has not, and as `put_lines`. Locks: unit, request, list, and the request that is empty because of it.
    """
    with transaction.atomic():
        lock_units(PurchaseRequest.objects.values_list("unit_id", flat=True).get(lists=list_id))
        row = _lock_list(list_id, actor)
        request = row.request
        row.choices = {**row.choices, **{str(number): pk for number, pk in choices.items()}}
        there = {line.specification_id: line.quantity for line in request.lines.all()}
        checked = check_list(
            read_list(row, own_heads(request.unit_id)).cells, buyer=request.buyer, phone=request.ship_phone, there=there,
            choices=chosen_goods(row), adds=adds, taken=frozenset(row.taken),
        )  # fmt: skip
        asked = set(rows)
        if {*asked, *choices} - {each.number for each in checked}:
            raise InvalidInput(_("The list has no such row."), field="row")
        wanted = asked - set(row.taken)
        good = [each for each in checked if each.number in wanted and each.verdict == Verdict.GOOD]
        refused = [each for each in checked if each.number in wanted and each.verdict != Verdict.GOOD]
        row.taken = sorted({*row.taken, *(each.number for each in good)})
        row.save(update_fields=["choices", "taken"])
        if not good:
            return Taken(request, [], refused, was_before=not wanted)
        pieces = {each.specification_id: each.quantity for each in good}
        made, is_new = take_list(request_id=request.pk, pieces=pieces, version=None, adds=adds, actor=actor, at=at)
        return Taken(made, [each.number for each in good], refused, was_before=not is_new)


@periodic.every("procurement.forget_lists", seconds=86_400)
def forget_lists(*, at: datetime) -> None:
    """Delete lists that were sent long ago: what was taken of them stands in the requests."""
    ShoppingList.objects.filter(created_at__lt=at - KEPT).delete()
