"""Taking a shopping list apart: pasted text, CSV or XLSX into cells. What they mean is for `rules.lists`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from procurement.rules.lists import MOST_ROWS, Cell, Checked, Listed, Missing, Verdict, read_rows, split_text
from shop.core.errors import InvalidInput
from shop.core.untrusted import Sheet, Unreadable, read_sheets

MAX_BYTES = 2_000_000
MAX_COLUMNS = 20
MOST_SHEETS = 5
# Titles and notes around the rows that count.
HEAD_ROWS = 200


@dataclass(frozen=True, slots=True)
class ReadList:
    """What was read: the `listed` rows, of which `sheet` of a file ("" for pasted text), and what was left out.

    `others` are the file's other sheets that hold rows too, `unread` the names of those that were not looked at.
    """

    listed: Listed
    sheet: str = ""
    others: tuple[tuple[str, Listed], ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def cells(self) -> list[Cell]:
        """The rows."""
        return self.listed.cells


def read(text: str, upload: IO[bytes] | None) -> ReadList:
    """Return the rows of an uploaded file, else of the pasted text. Raises InvalidInput on field `file` or `text`.

    Of several sheets the first with a head counts, else the first that holds anything.
    """
    if upload is not None and text.strip():
        raise InvalidInput(
            _("A pasted list and a file: which one counts? Empty the text, or leave the file out."), field="text"
        )
    field = "file" if upload is not None else "text"
    found = _of_file(upload) if upload is not None else ReadList(read_rows(split_text(text)))
    if found.listed.missing:
        raise InvalidInput(_missing_words(found.listed.missing), code=f"no_{found.listed.missing}_column", field=field)
    if not found.cells:
        raise InvalidInput(_("There is no row in it. Each row has a code and a quantity."), field=field)
    if len(found.cells) > MOST_ROWS:
        raise InvalidInput(_("At most %(most)d rows at a time.") % {"most": MOST_ROWS}, field=field)
    return found


def _of_file(upload: IO[bytes]) -> ReadList:
    sheets, unread = _sheets(upload)
    read_ = [(sheet.name, read_rows(sheet.rows)) for sheet in sheets]
    filled = [each for each in read_ if each[1].cells]
    headed = any(each[1].head for each in filled)
    lacking = next((listed for _name, listed in read_ if listed.missing), None)
    # A sheet with a head is the list; one without any is none where another says that it lacks a column.
    if lacking is not None and not headed:
        return ReadList(lacking)
    if not filled:
        return ReadList(Listed([]))
    name, listed = next((each for each in filled if each[1].head), filled[0])
    return ReadList(listed, name, tuple(each for each in filled if each[0] != name), tuple(unread))


def _missing_words(missing: Missing) -> str:
    if missing == Missing.CODE:
        return _(
            "This list has no column of product codes, so nothing was read. Head one “code” (编码, 商品编码, 货号, SKU); "
            "each product's code stands in the catalogue."
        )
    if missing == Missing.CLEAR_QUANTITY:
        return _("Two columns of this list are headed as quantities, so nothing was read. Keep the one that counts.")
    return _("This list has no column of quantities, so nothing was read. Head one “quantity” (数量, 件数, 采购数量).")


def as_text(listed: Listed) -> str:
    """Return rows as they are pasted, to be read again; rows beyond what may be read at once are left out."""
    # A number beside it says again that a quantity is unclear.
    cells = ([each.code, each.quantity, *(["0"] if each.is_unclear else [])] for each in listed.cells[:MOST_ROWS])
    return "\n".join("\t".join(each) for each in cells)


def carry(rows: Sequence[Checked]) -> str:
    """Return checked rows as one hidden field carries them: number, code, quantity, marks ("+" good, "?" unclear)."""
    return "\n".join(
        "\t".join(
            (
                str(row.number),
                row.code,
                row.typed,
                "+" if row.verdict == Verdict.GOOD else "?" if Verdict.TWO_NUMBERS in (row.verdict, row.also) else "-",
            )
        )
        for row in rows
    )


def carried(text: str) -> tuple[list[Cell], set[int]]:
    """Return the rows that a field carries, and the numbers of those that were good; what is no such row is left out."""
    cells, good = [], set()
    for line in text.split("\n")[: MOST_ROWS + 1]:
        number, _tab, rest = line.partition("\t")
        parts = rest.split("\t")
        if not (number.isascii() and number.isdigit() and len(number) < 7 and len(parts) == 3):
            continue
        code, quantity, mark = parts
        cells.append(Cell(int(number), code[:60], quantity[:40], is_unclear=mark == "?"))
        if mark == "+":
            good.add(int(number))
    return cells, good


def _sheets(upload: IO[bytes]) -> tuple[list[Sheet], list[str]]:
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InvalidInput(_("The file is larger than 2 MB. Keep only codes and quantities."), field="file")
    try:
        return read_sheets(data, max_rows=MOST_ROWS + HEAD_ROWS, max_columns=MAX_COLUMNS, most_sheets=MOST_SHEETS)
    except Unreadable as error:
        raise _unreadable(error.reason) from error


def _unreadable(reason: str) -> InvalidInput:
    words = {
        "too_many": _("At most %(most)d rows at a time.") % {"most": MOST_ROWS},
        "too_large": _("This file holds far more than a list. Copy only the rows you need into a new file."),
    }
    text = words.get(reason, _("This file can't be read. Save it as Excel (.xlsx) or CSV and try again."))
    return InvalidInput(text, code="unreadable_file", field="file")
