"""Taking a shopping list apart: pasted text, CSV or XLSX into cells. What they mean is for `rules.lists`."""

import csv
import io
import zipfile
from typing import IO, Any

from django.utils.translation import gettext as _

from procurement.rules.lists import MOST_ROWS, Cell, rows_of, split_text
from shop.core.errors import InvalidInput

MAX_BYTES = 2_000_000
# An archive that unpacks to more than this is no shopping list.
MAX_UNPACKED = 40_000_000
MAX_COLUMNS = 20


def read(text: str, upload: IO[bytes] | None) -> list[Cell]:
    """Return the rows of an uploaded file, else of the pasted text. Raises InvalidInput on field `file` or `text`."""
    field = "file" if upload is not None else "text"
    cells = rows_of(_table(upload) if upload is not None else split_text(text))
    if not cells:
        raise InvalidInput(_("There is no row in it. Each row has a code and a quantity."), field=field)
    if len(cells) > MOST_ROWS:
        raise InvalidInput(_("At most %(most)d rows at a time.") % {"most": MOST_ROWS}, field=field)
    return cells


def _table(upload: IO[bytes]) -> list[list[Any]]:
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InvalidInput(_("The file is larger than 2 MB. Keep only codes and quantities."), field="file")
    if data.startswith(b"PK"):
        return _workbook(data)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        separator = next((each for each in ("\t", ";", ",") if each in text), ",")
        return list(csv.reader(io.StringIO(text), delimiter=separator))
    raise _unreadable()


def _workbook(data: bytes) -> list[list[Any]]:
    from openpyxl import load_workbook  # reason: 15 MB that only an uploaded workbook needs

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked > MAX_UNPACKED:
            return []
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS + 200, max_col=MAX_COLUMNS, values_only=True)
        return [list(row) for row in rows]
    except Exception as error:
        raise _unreadable() from error


def _unreadable() -> InvalidInput:
    return InvalidInput(_("This file can't be read. Save it as Excel (.xlsx) or CSV and try again."), field="file")
