"""Reading a shopping list: which rows can be taken, and for each other its reason. Pure: texts in, verdicts out."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_ROWS = 500
MOST_PIECES = 99_999
_CODE_HEADS = {"编码", "商品编码", "货号", "code", "sku", "item", "productcode"}
_FORMULA = ("=", "+", "@")
_QUANTITY_HEADS = {"数量", "件数", "采购数量", "quantity", "qty", "pieces"}


class Verdict(StrEnum):
    """What becomes of one row."""

    GOOD = "good"
    NO_CODE = "no_code"
    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"
    NO_QUANTITY = "no_quantity"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    TOO_MANY = "too_many"
    FORMULA = "formula"
    NOT_FOR_SALE = "not_for_sale"
    TOO_FEW_LEFT = "too_few_left"


@dataclass(frozen=True, slots=True)
class Cell:
    """One row as it was sent: its number in the file, code and quantity as texts."""

    number: int
    code: str
    quantity: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a code stands for now."""

    specification_id: int
    is_sellable: bool
    available: int


@dataclass(frozen=True, slots=True)
class Checked:
    """One row with its verdict. `quantity` is 0 where none could be read; `same_as` is the row it repeats."""

    number: int
    code: str
    typed: str
    verdict: Verdict
    quantity: int = 0
    specification_id: int = 0
    same_as: int = 0
    left: int = 0


def rows_of(table: Iterable[Sequence[object]]) -> list[Cell]:
    """Return the rows of a table of cells; a head row says which columns are code and quantity, else the first two.

    Empty rows are left out; numbers are those of the table. At most MOST_ROWS rows are read, and one more to tell.
    """
    found: list[Cell] = []
    columns: tuple[int, int] | None = None
    for number, row in enumerate(table, start=1):
        texts = [_text(value) for value in row]
        if not any(texts):
            continue
        if columns is None:
            columns = _columns(texts)
            if columns is not None:
                continue
            columns = (0, 1)
        code, quantity = (texts[index] if index < len(texts) else "" for index in columns)
        found.append(Cell(number, code[:60], quantity[:40]))
        if len(found) > MOST_ROWS:
            break
    return found


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unicodedata.normalize("NFKC", str(value)).strip()


def _columns(texts: Sequence[str]) -> tuple[int, int] | None:
    heads = [re.sub(r"[\s_\-()]", "", text).lower() for text in texts]
    code = next((i for i, head in enumerate(heads) if head in _CODE_HEADS), None)
    quantity = next((i for i, head in enumerate(heads) if head in _QUANTITY_HEADS), None)
    return None if code is None or quantity is None else (code, quantity)


def split_text(text: str) -> list[list[str]]:
    """Return the cells of pasted lines: tabs (from a spreadsheet), else commas, semicolons, or runs of spaces."""
    table = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        for separator in ("\t", ",", "，", ";", "；"):
            if separator in line:
                table.append([cell.strip().strip('"') for cell in line.split(separator)])
                break
        else:
            table.append(line.split())
    return table


def check_rows(cells: Iterable[Cell], known: Mapping[str, Known]) -> list[Checked]:
    """Return each row with its verdict; `known` is by upper-case code. Of rows with the same code the first counts."""
    first: dict[str, int] = {}
    checked = []
    for cell in cells:
        row = _check(cell, known, first)
        checked.append(row)
        if row.verdict == Verdict.GOOD:
            first[cell.code.upper()] = cell.number
    return checked


def _check(cell: Cell, known: Mapping[str, Known], first: Mapping[str, int]) -> Checked:
    code = cell.code.upper()
    found = known.get(code)
    what, quantity = read_quantity(cell.quantity)
    facts: dict[str, int] = {}
    if not code:
        what = Verdict.NO_CODE
    elif code.startswith(_FORMULA) or cell.quantity.startswith(_FORMULA):
        what = Verdict.FORMULA
    elif found is None:
        what = Verdict.UNKNOWN
    elif code in first:
        what, facts = Verdict.DUPLICATE, {"same_as": first[code]}
    elif what == Verdict.GOOD and not found.is_sellable:
        what = Verdict.NOT_FOR_SALE
    elif what == Verdict.GOOD and quantity > found.available:
        what, facts = Verdict.TOO_FEW_LEFT, {"quantity": quantity, "left": found.available}
    elif what == Verdict.GOOD:
        facts = {"quantity": quantity, "specification_id": found.specification_id}
    return Checked(cell.number, cell.code, cell.quantity, what, **facts)


def read_quantity(text: str) -> tuple[Verdict, int]:
    """Return pieces from a typed number: 12, 1,200, 12.0 and full-width digits are numbers; "12 箱" and 1.5 are not."""
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("'")
    if not plain:
        return Verdict.NO_QUANTITY, 0
    if not re.fullmatch(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", plain):
        return Verdict.NOT_A_NUMBER, 0
    whole, _, part = plain.replace(",", "").partition(".")
    if part.strip("0"):
        return Verdict.NOT_WHOLE, 0
    quantity = int(whole[:12])
    if quantity < 1:
        return Verdict.NOT_WHOLE, 0
    return (Verdict.TOO_MANY, 0) if quantity > MOST_PIECES else (Verdict.GOOD, quantity)
