"""Taking a shopping list apart: pasted text, CSV or XLSX into cells. What they mean is for `rules.lists`."""

from typing import IO, Any

from django.utils.translation import gettext as _

from procurement.rules.lists import MOST_ROWS, Cell, rows_of, split_text
from shop.core.errors import InvalidInput
from shop.core.untrusted import Unreadable, read_table

MAX_BYTES = 2_000_000
MAX_COLUMNS = 20
# Titles and notes around the rows that count.
HEAD_ROWS = 200


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
    try:
        return read_table(data, max_rows=MOST_ROWS + HEAD_ROWS, max_columns=MAX_COLUMNS)
    except Unreadable as error:
        raise _unreadable(error.reason) from error


def _unreadable(reason: str) -> InvalidInput:
    words = {
        "too_many": _("At most %(most)d rows at a time.") % {"most": MOST_ROWS},
        "too_large": _("This file holds far more than a list. Copy only the rows you need into a new file."),
    }
    text = words.get(reason, _("This file can't be read. Save it as Excel (.xlsx) or CSV and try again."))
    return InvalidInput(text, code="unreadable_file", field="file")
