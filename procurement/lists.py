"""Taking a shopping list apart: pasted text, CSV or XLSX into sheets of texts. What they mean is for `rules`."""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO

from django.utils.translation import gettext as _

from procurement.rules.tables import MOST_ROWS, Cell, Listed, Missing, Role, read_rows, split_text, texts_of
from shop.core.errors import InvalidInput
from shop.core.untrusted import Sheet, Unreadable, read_sheets

MAX_BYTES = 2_000_000
MAX_COLUMNS = 20
MOST_SHEETS = 5
# Titles and notes around the rows that count.
HEAD_ROWS = 200
# Of what is kept: 500 rows of twenty columns have some 200,000.
MOST_SIGNS = 1_000_000


@dataclass(frozen=True, slots=True)
class ReadList:
    """What was read: the sheets of a file (or the pasted text as one), which of them is the list, its rows.

    `unread` are the names of the file's sheets that were not looked at.
    """

    sheets: tuple[Sheet, ...]
    sheet: int
    listed: Listed
    unread: tuple[str, ...] = ()

    @property
    def cells(self) -> list[Cell]:
        """The rows."""
        return self.listed.cells


def read(text: str, upload: IO[bytes] | None, own: Mapping[str, Role | None] | None = None) -> ReadList:
    """Return the rows of an uploaded file, else of the pasted text. Raises InvalidInput on field `file` or `text`.

    Of several sheets the first with a head counts, else the first that holds anything. A list whose columns are unclear
    is refused as one with code `no_…_column`; `take_apart` returns it all the same. `own` is what a unit means by its
    own heads.
    """
    found = take_apart(text, upload, own)
    field = "file" if upload is not None else "text"
    if found.listed.missing:
        raise InvalidInput(missing_words(found.listed.missing), code=f"no_{found.listed.missing}_column", field=field)
    return found


def take_apart(text: str, upload: IO[bytes] | None, own: Mapping[str, Role | None] | None = None) -> ReadList:
    """Return what was read, also where the columns are unclear (`missing`). Raises InvalidInput where nothing can be."""
    if upload is not None and text.strip():
        words = _("A pasted list and a file: which one counts? Empty the text, or leave the file out.")
        raise InvalidInput(words, field="text")
    field = "file" if upload is not None else "text"
    sheets, unread = _sheets(upload) if upload is not None else ([Sheet("", split_text(text))], [])
    sheets = [replace(each, rows=[_filled(row) for row in texts_of(each.rows)]) for each in sheets]
    if sum(len(cell) for each in sheets for row in each.rows for cell in row) > MOST_SIGNS:
        raise _unreadable("too_large")
    read_ = [read_rows(each.rows, own) for each in sheets]
    at = _which(read_)
    if at is None:
        raise InvalidInput(_("There is no row in it. Each row has a code and a quantity."), field=field)
    if len(read_[at].cells) > MOST_ROWS:
        raise InvalidInput(_("At most %(most)d rows at a time.") % {"most": MOST_ROWS}, field=field)
    return ReadList(tuple(sheets), at, read_[at], tuple(unread))


def _filled(row: list[str]) -> list[str]:
    """Return a row up to its last cell that says anything."""
    return row[: max((at for at, text in enumerate(row, start=1) if text), default=0)]


def _which(listed: Sequence[Listed]) -> int | None:
    """Return which of the sheets is the list: the first with a head, else one that lacks a column, else any with rows."""
    ranks = [
        0 if each.head and each.cells else 1 if each.missing else 2 if each.cells else 3 for each in listed
    ]  # fmt: skip
    best = min(ranks, default=3)
    return ranks.index(best) if best < 3 else None


def missing_words(missing: Missing) -> str:
    """Return why nothing of a list was read, and what to do."""
    if missing == Missing.CODE:
        return _(
            "This list has no column of product codes or names, so nothing was read. Head one “code” (编码, 商品编码, 货号, "
            "SKU) or “name” (品名, 商品名称)."
        )
    if missing == Missing.CLEAR_QUANTITY:
        return _("Two columns of this list are headed as quantities, so nothing was read. Keep the one that counts.")
    return _("This list has no column of quantities, so nothing was read. Head one “quantity” (数量, 件数, 采购数量).")


def _sheets(upload: IO[bytes]) -> tuple[list[Sheet], list[str]]:
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InvalidInput(_("The file is larger than 2 MB. Keep only codes and quantities."), field="file")
    if _is_no_list(data):
        words = _("This file is no list. Save the list as Excel (.xlsx) or CSV and try again.")
        raise InvalidInput(words, code="unreadable_file", field="file")
    try:
        return read_sheets(data, max_rows=MOST_ROWS + HEAD_ROWS, max_columns=MAX_COLUMNS, most_sheets=MOST_SHEETS)
    except Unreadable as error:
        raise _unreadable(error.reason) from error


def _is_no_list(data: bytes) -> bool:
    """Tell whether a file is a picture, a PDF or the like: no workbook, and no text either, which has no NUL bytes."""
    if data.startswith((b"PK", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return data.startswith(b"%PDF-") or b"\0" in data


def _unreadable(reason: str) -> InvalidInput:
    words = {
        "too_many": _("At most %(most)d rows at a time.") % {"most": MOST_ROWS},
        "too_large": _("This file holds far more than a list. Copy only the rows you need into a new file."),
    }
    text = words.get(reason, _("This file can't be read. Save it as Excel (.xlsx) or CSV and try again."))
    return InvalidInput(text, code="unreadable_file", field="file")
