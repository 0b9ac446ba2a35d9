"""Tables as files: CSV and XLSX. A text that a spreadsheet would take for a formula is made inert."""

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
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def inert(value: Cell) -> Cell:
    """Return a text with an apostrophe before what would be a formula, without control characters; numbers as they are."""
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("", value)
    return f"'{text}" if _FORMULA.match(text) else text


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
            cells = [WriteOnlyCell(sheet, value=inert(cell)) for cell in row]
            for cell in cells:
                if number == 0:
                    cell.font = Font(bold=True)
                if isinstance(cell.value, Decimal):
                    cell.number_format = "#,##0.00"
            sheet.append(cells)
    book.save(target)
