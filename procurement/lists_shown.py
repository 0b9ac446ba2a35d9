"""What pages say of a shopping list: each row's result in words, and how its columns were read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from procurement.models import ShoppingList
from procurement.rules.lists import COUNTS, WAITS, Checked, Known, Verdict
from procurement.rules.tables import Columns, Listed, Role, heads_of
from shop.core.count_words import count_words

# Rows of a table that are shown to say which column is what.
PREVIEW_ROWS = 6
ROLES = {
    Role.CODE: gettext_lazy("Product code"),
    Role.NAME: gettext_lazy("Product name"),
    Role.SPEC: gettext_lazy("Specification"),
    Role.QUANTITY: gettext_lazy("Quantity"),
    Role.UNIT: pgettext_lazy("of a quantity", "Unit"),
}
# What is no fault of the list, and stands apart from what is.
LEFT_OUT = frozenset({Verdict.NO_QUANTITY, Verdict.SUM})


def reason(row: Checked) -> str:
    """Return why a row can't be taken."""
    said = _words(row.verdict, row)
    if row.also is None:
        return said
    return _("%(first)s %(second)s") % {"first": said, "second": _words(row.also, row)}


def _words(verdict: Verdict, row: Checked) -> str:
    if verdict in COUNTS and verdict not in (Verdict.TOO_MANY, Verdict.TWO_NUMBERS):
        return count_words(verdict, row.typed)
    said = {
        Verdict.GOOD: "",
        Verdict.TAKEN: _("In the request."),
        Verdict.NO_CODE: _("No code in this row."),
        Verdict.UNKNOWN: _("No product has this code. Compare it with the catalogue."),
        Verdict.UNKNOWN_NAME: _("Nothing on sale is called so. Look for it in the catalogue, or write its code."),
        Verdict.CHOOSE: _("Choose which product is meant."),
        Verdict.CODE_OR_NAME: _("Its code is of %(goods)s, its name or specification is not. Choose which is meant."),
        Verdict.SUM: _("A sum, not goods."),
        Verdict.DUPLICATE: _("The same goods as in row %(n)d: only the first counts. Add the pieces there."),
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
    goods = f"{row.candidates[0].name} {row.candidates[0].spec}".strip() if row.candidates else ""
    return said % {"n": row.same_as, "typed": row.typed, "left": row.left, "goods": goods}


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row as the page shows it."""

    row: Checked

    @property
    def is_good(self) -> bool:
        """Whether it can be taken as it stands."""
        return self.row.verdict == Verdict.GOOD

    @property
    def is_taken(self) -> bool:
        """Whether it stands in the request."""
        return self.row.verdict == Verdict.TAKEN

    @property
    def is_left_out(self) -> bool:
        """Whether it asks for nothing: no fault."""
        return self.row.verdict in LEFT_OUT

    @property
    def reason(self) -> str:
        """Why it can't be taken."""
        return reason(self.row)

    @property
    def goods(self) -> Known | None:
        """What it stands for."""
        return self.row.found

    @property
    def typed(self) -> str:
        """What it says of the goods besides a code."""
        return " ".join(filter(None, (self.row.name, self.row.spec)))

    @property
    def sum_fen(self) -> int | None:
        """What its pieces cost, None where it can't be taken."""
        return self.row.found.price_fen * self.row.quantity if self.is_good and self.row.found else None

    @property
    def choices(self) -> tuple[Known, ...]:
        """What its name may mean, where that isn't settled by a code; a taken row is settled."""
        return () if self.is_taken or self.is_left_out else self.row.candidates


def counts(rows: Sequence[ListRow]) -> dict[str, int]:
    """Return how many rows can be taken, were, wait for a choice, can't be, and are no fault; what the good ones cost."""
    return {
        "good": sum(each.is_good for each in rows),
        "taken": sum(each.is_taken for each in rows),
        "choose": sum(each.row.verdict in WAITS for each in rows),
        "left_out": sum(each.is_left_out for each in rows),
        "bad": len(refused(rows)),
        "sum_fen": sum(each.sum_fen or 0 for each in rows),
    }


def refused(rows: Sequence[ListRow]) -> list[ListRow]:
    """Return the rows that somebody has to do something about."""
    return [each for each in rows if not (each.is_good or each.is_taken or each.is_left_out)]


def columns_read(table: Sequence[Sequence[str]], columns: Columns) -> list[str]:
    """Return which column was read as what: "B 商品编码 → Product code"."""
    head = heads_of(table, columns.head)
    seen: dict[int, list[str]] = {}
    for role, at in sorted(columns.at.items(), key=lambda item: item[1]):
        seen.setdefault(at, []).append(str(ROLES[role]))
    return [
        _("%(column)s → %(meaning)s")
        % {"column": f"{letter(at)} {head[at] if at < len(head) else ''}".strip(), "meaning": " / ".join(roles)}
        for at, roles in seen.items()
    ]


def columns_unread(table: Sequence[Sequence[str]], columns: Columns) -> list[str]:
    """Return the columns that have a head and are not read: "E 第二周"."""
    read = set(columns.at.values())
    head = heads_of(table, columns.head)
    return [f"{letter(at)} {text}" for at, text in enumerate(head) if text and at not in read]


def mapping(row: ShoppingList, listed: Listed) -> dict[str, Any]:
    """Return what the form shows that says which column is what: the first rows, and a choice above each column."""
    table = row.sheets[row.sheet]["rows"]
    width = max((len(each) for each in table[:50]), default=0)
    start = max(0, listed.head - 2)
    roles: dict[int, Role] = {}
    for role, at in listed.columns.at.items():
        # Without a head the first column is a code, or a name where it is none.
        roles.setdefault(at, role)
    return {
        "columns": [{"at": at, "letter": letter(at), "role": roles.get(at, "")} for at in range(width)],
        "rows": [
            {"number": number, "cells": [*cells, *[""] * (width - len(cells))], "is_head": number == listed.head}
            for number, cells in enumerate(table[start : start + PREVIEW_ROWS], start=start + 1)
        ],
        "roles": [(role.value, words) for role, words in ROLES.items()],
        "head": listed.head,
    }


def letter(at: int) -> str:
    """Return a column's letter, as spreadsheets name it. Lists have at most 20 columns."""
    return chr(ord("A") + at) if at < 26 else str(at + 1)


def refused_table(row: ShoppingList, listed: Listed, rows: Sequence[ListRow]) -> list[list[str]]:
    """Return the rows that were not taken as a table: the list's own columns, and the reason as its last.

    It can be corrected and sent again: its head is the list's.
    """
    table = row.sheets[row.sheet]["rows"]
    width = max((len(each) for each in table), default=0)
    columns = listed.columns
    named = {at: str(ROLES[role]) for role, at in reversed(list(columns.at.items()))}
    head = heads_of(table, columns.head) or [named.get(at, "") for at in range(width)]
    found = [[*head, *[""] * (width - len(head)), _("Why it was not taken")]]
    for each in refused(rows):
        cells = table[each.row.number - 1]
        found.append([*cells, *[""] * (width - len(cells)), each.reason])
    return found
