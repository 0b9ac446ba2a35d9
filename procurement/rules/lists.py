"""Reading a shopping list: which rows can be taken, and for each other its reason. Pure: texts in, verdicts out."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_ROWS = 500
MOST_PIECES = 99_999
# A head stands below a title, a date, a unit's name; further down it is no head any more.
HEAD_WITHIN = 20
_CODE_HEADS = {
    *("编码", "商品编码", "产品编码", "物料编码", "商品编号", "产品编号", "编号", "货号", "品号"),
    *("code", "sku", "item", "itemcode", "productcode", "itemno"),
}
_FORMULA = ("=", "+", "@")
_QUANTITY_HEADS = {
    *("数量", "件数", "采购数量", "订购数量", "订货数量", "需求数量", "申购数量", "采购件数"),
    *("quantity", "qty", "pieces", "pcs"),
}
_PIECES = {"件", "个", "份", "只", "piece", "pieces", "pc", "pcs"}
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}


class Verdict(StrEnum):
    """What becomes of one row."""

    GOOD = "good"
    NO_CODE = "no_code"
    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"
    NO_QUANTITY = "no_quantity"
    NOT_A_NUMBER = "not_a_number"
    OTHER_UNIT = "other_unit"
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


@dataclass(frozen=True, slots=True)
class Listed:
    """What was read of a table: its rows, the number of the head's row (0 without one), and what stands above it."""

    cells: list[Cell]
    head: int = 0
    skipped: tuple[int, ...] = ()


def read_rows(table: Sequence[Sequence[object]]) -> Listed:
    """Return the rows of a table of cells; the head among the first rows says which columns are code and quantity.

    What stands above the head is skipped, and said to be. Without a head the first two columns count, from the first
    row on. Empty rows are left out; numbers are those of the table. At most MOST_ROWS rows are read, one more to tell.
    """
    texts = [[_text(value) for value in row] for row in table]
    head = next((n for n, row in enumerate(texts[:HEAD_WITHIN]) if _columns(row) is not None), None)
    columns = _columns(texts[head]) if head is not None else None
    code_at, quantity_at, unit = columns or (0, 1, "")
    start = 0 if head is None else head + 1
    found: list[Cell] = []
    for number, row in enumerate(texts[start:], start=start + 1):
        if not any(row):
            continue
        code, quantity = (row[index] if index < len(row) else "" for index in (code_at, quantity_at))
        # What the head measures in stands behind each number: boxes are not read as pieces.
        found.append(Cell(number, code[:60], f"{quantity}{unit if quantity else ''}"[:40]))
        if len(found) > MOST_ROWS:
            break
    skipped = tuple(n for n, row in enumerate(texts[: start - 1], start=1) if any(row)) if start else ()
    return Listed(found, start, skipped)


def rows_of(table: Iterable[Sequence[object]]) -> list[Cell]:
    """Return the rows of a table of cells."""
    return read_rows(list(table)).cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unicodedata.normalize("NFKC", str(value)).strip()


def _columns(texts: Sequence[str]) -> tuple[int, int, str] | None:
    """Return the columns of code and quantity, and the unit that a head gives in brackets where it is not pieces."""
    heads = [_head(text) for text in texts]
    code = next((i for i, (head, _unit) in enumerate(heads) if head in _CODE_HEADS), None)
    quantity = next((i for i, (head, _unit) in enumerate(heads) if head in _QUANTITY_HEADS), None)
    if code is None or quantity is None:
        return None
    unit = heads[quantity][1]
    return code, quantity, "" if unit in _PIECES else unit


def _head(text: str) -> tuple[str, str]:
    """Return a head without spaces and brackets, and what stands in its brackets."""
    plain = re.sub(r"[\s_\-*]", "", text).lower()
    bracketed = re.search(r"\(([^()]*)\)|/([^/()]+)$", plain)
    unit = (bracketed.group(1) or bracketed.group(2) or "") if bracketed else ""
    return re.sub(r"\([^()]*\)|/[^/()]+$", "", plain), unit


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
    """Return pieces from a typed number: 12, 1,200, 12.0, 24件, 二十 and full-width digits are; "2 箱" and 1.5 are not."""
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("'").strip()
    if not plain:
        return Verdict.NO_QUANTITY, 0
    number, unit = _apart(plain)
    if not number:
        return Verdict.NOT_A_NUMBER, 0
    if unit and unit not in _PIECES:
        return (Verdict.OTHER_UNIT if unit.isalpha() else Verdict.NOT_A_NUMBER), 0
    whole, _, part = number.replace(",", "").partition(".")
    if part.strip("0"):
        return Verdict.NOT_WHOLE, 0
    quantity = int(whole[:12])
    if quantity < 1:
        return Verdict.NOT_WHOLE, 0
    return (Verdict.TOO_MANY, 0) if quantity > MOST_PIECES else (Verdict.GOOD, quantity)


def _apart(text: str) -> tuple[str, str]:
    """Return the number at the beginning of a text, in digits, and the unit behind it; "" where there is none."""
    found = re.fullmatch(r"(-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)(?![0-9,])\s*(.*)", text)
    if found:
        return found.group(1), found.group(2).strip().lower()
    spoken = re.fullmatch(r"([零〇一二两三四五六七八九十百千]+)\s*(.*)", text)
    if not spoken:
        return "", ""
    number = _spoken(spoken.group(1))
    return (str(number) if number is not None else ""), spoken.group(2).strip().lower()


def _spoken(text: str) -> int | None:
    """Return a number in Chinese below ten thousand, such as 二十 or 一百零五; None for what is none."""
    total, digit, last = 0, None, 10_000
    for sign in text:
        if sign in _DIGITS:
            if digit is not None and digit != 0:
                return None
            digit = _DIGITS[sign]
        else:
            place = _PLACES[sign]
            if place >= last or digit == 0 or (digit is None and (place != 10 or total)):
                return None
            total, digit, last = total + (digit or 1) * place, None, place
    # 一百二 is 120 when it is spoken, and 102 to who reads it: it is refused.
    if digit and last > 10 and total and "零" not in text and "〇" not in text:
        return None
    return total + (digit or 0)
