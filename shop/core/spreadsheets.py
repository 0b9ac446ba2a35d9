"""Tables as files: CSV and XLSX. A text that a spreadsheet would take for a formula is made inert.

A CSV has no kinds of cells: there an apostrophe stands before it. In a workbook the cell is text, and says what was typed.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"
Cell = str | int | Decimal | None

# What begins a formula (also full width), or hides one behind a tab or a new line.
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
# No XML may hold them: a workbook with one would have to be repaired.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Spreadsheets read this as the character of that number.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def inert(value: Cell) -> Cell:
    """Return a text with an apostrophe before what would be a formula, without control characters; numbers as they are."""
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("", value)
    return f"'{text}" if _FORMULA.match(text) else text


def _cell_text(value: str) -> str:
    """Return a text as a workbook holds it: shown exactly as it was typed."""
    return _ESCAPE.sub("_x005F_", _CONTROL.sub("", value))


def csv_parts(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a CSV file piece by piece, beginning with the mark that tells spreadsheets it is UTF-8."""
    yield BOM
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow(["" if cell is None else inert(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def write_xlsx(target: IO[bytes], sheets: Sequence[tuple[str, Iterable[Sequence[Cell]]]]) -> None:
    """Write sheets of (name, rows) as a workbook; the first row of each is its head."""
    from openpyxl import Workbook  # reason: 15 MB that only who asks for a workbook needs
    from openpyxl.cell import WriteOnlyCell  # reason: as above
    from openpyxl.styles import Font  # reason: as above

    book = Workbook(write_only=True)
    for name, rows in sheets:
        # Excel has no longer names, and none of these signs in them.
        sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", name)[:31])
        sheet.freeze_panes = "A2"
        for column in "ABCDEFGHIJKLM":
            sheet.column_dimensions[column].width = 18
        for number, row in enumerate(rows):
            cells = [
                WriteOnlyCell(sheet, value=_cell_text(value) if isinstance(value, str) else value) for value in row
            ]
            for cell in cells:
                if isinstance(cell.value, str):
                    # Else a text that begins with = would be a formula.
                    cell.data_type = "s"
                if number == 0:
                    cell.font = Font(bold=True)
                if isinstance(cell.value, Decimal):
                    # As many decimals as it has: yuan two, kilograms three.
                    cell.number_format = "#,##0." + "0" * max(2, -int(cell.value.as_tuple().exponent))
            sheet.append(cells)
    book.save(target)
