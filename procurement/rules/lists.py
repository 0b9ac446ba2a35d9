"""Reading a shopping list: which rows can be taken, and for each other its reason. Pure: texts in, verdicts out."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from shop.core.numbers import PIECES, NotACount, has_raised, read_count
from shop.core.texts import one_line

MOST_ROWS = 500
MOST_PIECES = 99_999
# A head stands below a title, a date, a unit's name; further down it is no head any more.
HEAD_WITHIN = 20
_CODE_HEADS = {
    *("编码", "商品编码", "产品编码", "物料编码", "商品编号", "产品编号", "编号", "货号", "品号"),
    *("sku编码", "sku码", "商品代码", "产品代码", "代码"),
    *("code", "sku", "skucode", "item", "itemcode", "productcode", "itemno"),
}
_FORMULA = ("=", "+", "@")
_QUANTITY_HEADS = {
    *("数量", "件数", "采购数量", "订购数量", "订货数量", "需求数量", "申购数量", "采购件数"),
    *("quantity", "qty", "pieces", "pcs"),
}
_UNIT_HEADS = {"单位", "计量单位", "采购单位", "unit", "uom"}
# What may stand behind a number in a list without a head, and is no piece.
_OTHER_UNITS = {
    *("箱", "斤", "公斤", "千克", "克", "吨", "袋", "盒", "瓶", "桶", "包", "提", "筐", "板", "套", "打"),
    *("kg", "g", "box", "boxes", "case", "cases", "bag", "bags"),
}


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
    OVER_LIMIT = "over_limit"
    TWO_NUMBERS = "two_numbers"


COUNTS = frozenset(
    {
        Verdict.NO_QUANTITY,
        Verdict.NOT_A_NUMBER,
        Verdict.OTHER_UNIT,
        Verdict.NOT_WHOLE,
        Verdict.TOO_MANY,
        Verdict.TWO_NUMBERS,
    }
)  # the verdicts on a number of pieces alone


class Missing(StrEnum):
    """Which column a head lacks: without it nothing of the list is read."""

    CODE = "code"
    QUANTITY = "quantity"
    # Two columns are headed so, and nothing says which of them counts.
    CLEAR_QUANTITY = "clear_quantity"


@dataclass(frozen=True, slots=True)
class Cell:
    """One row as it was sent: its number in the file, code and quantity as texts.

    `is_unclear`: another number stands beside the quantity, and nothing says which of them it is.
    """

    number: int
    code: str
    quantity: str
    is_unclear: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What a code stands for now, by its `name`; `there` is how many pieces of it the request holds already.

    `may_have` is how many pieces of its listing the buyer may have by all rows of the list together, None without limit.
    """

    specification_id: int
    is_sellable: bool
    available: int
    there: int = 0
    listing_id: int = 0
    may_have: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """One row with its verdict. `quantity` is 0 where none could be read; `same_as` is the row it repeats.

    `also` is what is wrong with the number of pieces besides, where the verdict is on something else. `there` is what
    the request holds of it now, `becomes` what it holds once the list is taken.
    """

    number: int
    code: str
    typed: str
    verdict: Verdict
    quantity: int = 0
    specification_id: int = 0
    same_as: int = 0
    left: int = 0
    also: Verdict | None = None
    there: int = 0
    becomes: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What was read of a table: its rows, the number of the head's row (0 without one), and what stands above it.

    `missing`: its head names one of the two columns alone, so no row of it is read.
    """

    cells: list[Cell]
    head: int = 0
    skipped: tuple[int, ...] = ()
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where code, quantity and, where there is such a column, its unit stand; the unit that the head itself gives."""

    code: int = 0
    quantity: int = 1
    unit_at: int | None = None
    unit: str = ""
    is_headed: bool = False
    last: int = 0


def read_rows(table: Sequence[Sequence[object]]) -> Listed:
    """Return the rows of a table of cells; the head among the first rows says which columns are code and quantity.

    What stands above the head is skipped, and said to be. A head that names one of the two alone leaves nothing to read.
    Without a head the first two columns count, from the first row on. Empty rows are left out; numbers are those of the
    table. At most MOST_ROWS rows are read, one more to tell.
    """
    texts = [[_text(value) for value in row] for row in table]
    head = next((n for n, row in enumerate(texts[:HEAD_WITHIN]) if _columns(row) is not None), None)
    if head is None and (missing := next(filter(None, map(_missing, texts[:HEAD_WITHIN])), None)):
        return Listed([], missing=missing)
    if head is not None and len(_quantities(texts[head])) > 1:
        return Listed([], missing=Missing.CLEAR_QUANTITY)
    columns = (_columns(texts[head]) if head is not None else None) or _Columns()
    start = 0 if head is None else head + 1
    found: list[Cell] = []
    for number, row in enumerate(texts[start:], start=start + 1):
        if not any(row):
            continue
        found.append(_cell(number, row, columns))
        if len(found) > MOST_ROWS:
            break
    skipped = tuple(n for n, row in enumerate(texts[: start - 1], start=1) if any(row)) if start else ()
    return Listed(found, start, skipped)


def _cell(number: int, row: Sequence[str], columns: _Columns) -> Cell:
    """Return a row's code and quantity. What it is measured in stands behind the number: boxes are not read as pieces."""
    code, quantity, unit, beside = (
        row[index] if index is not None and index < len(row) else ""
        for index in (columns.code, columns.quantity, columns.unit_at, columns.quantity + 1)
    )
    if columns.is_headed:
        # A comma that groups thousands splits a number in a file of commas: 1,200 is neither 1 nor 200.
        is_unclear = columns.quantity == columns.last and _is_split(quantity, beside)
    else:
        others = row[2:]
        is_unclear = any(_is_number(each) for each in others)
        unit = others[0] if others and others[0].lower() in _OTHER_UNITS else ""
    behind = columns.unit or unit
    if quantity and behind and behind.lower() not in PIECES and quantity[-1:].isdigit():
        quantity = f"{quantity}{behind}"
    return Cell(number, code[:60], quantity[:40], is_unclear)


def _is_split(number: str, beside: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,3}", number) and re.fullmatch(r"[0-9]{3}(?:\.[0-9]+)?", beside))


def _is_number(text: str) -> bool:
    return bool(re.match(r"[-+¥￥]?[0-9.]", text))


def rows_of(table: Iterable[Sequence[object]]) -> list[Cell]:
    """Return the rows of a table of cells."""
    return read_rows(list(table)).cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    # A raised digit stays what it is, to be refused: made plain, 1² would be 12.
    return one_line(text if has_raised(text) else unicodedata.normalize("NFKC", text))


def _columns(texts: Sequence[str]) -> _Columns | None:
    """Return the columns of a head, with the unit that it gives in brackets where it is not pieces."""
    heads = [_head(text) for text in texts]
    code, unit_at = (
        next((i for i, (head, _unit) in enumerate(heads) if head in names), None)
        for names in (_CODE_HEADS, _UNIT_HEADS)
    )
    quantity = next(iter(_quantities(texts)), None)
    if code is None or quantity is None:
        return None
    last = max(i for i, text in enumerate(texts) if text)
    return _Columns(code, quantity, unit_at, heads[quantity][1], is_headed=True, last=last)


def _quantities(texts: Sequence[str]) -> list[int]:
    """Return which columns of a head are quantities. Of several those in boxes or by weight are none: pieces count."""
    heads = {i: head for i, head in enumerate(map(_head, texts)) if head[0] in _QUANTITY_HEADS}
    in_pieces = [i for i, (_name, unit) in heads.items() if not unit or unit in PIECES]
    return in_pieces or list(heads)


def _missing(texts: Sequence[str]) -> Missing | None:
    """Return which of the two columns a row lacks that is a head all the same: it names the other beside something."""
    heads = {_head(text)[0] for text in texts if text}
    if len(heads) < 2:
        return None
    if heads & _QUANTITY_HEADS:
        return Missing.CODE
    return Missing.QUANTITY if heads & _CODE_HEADS else None


def _head(text: str) -> tuple[str, str]:
    """Return a head without spaces and brackets, and what stands in its brackets."""
    plain = re.sub(r"[\s_\-*]", "", text).lower()
    bracketed = re.search(r"\(([^()]*)\)|/([^/()]+)$", plain)
    unit = (bracketed.group(1) or bracketed.group(2) or "") if bracketed else ""
    return re.sub(r"\([^()]*\)|/[^/()]+$", "", plain), unit


def split_text(text: str) -> list[list[str]]:
    """Return the cells of pasted lines: tabs (from a spreadsheet), else commas, semicolons, or code and rest by spaces.

    A cell that was copied with a line break in it stands in quotes, and is one cell.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    joined = _BROKEN_CELL.sub(lambda found: found.group().replace("\n", " "), plain)
    return [_split_line(line) for line in joined.split("\n")]


_BROKEN_CELL = re.compile(r'(?:(?<=[\t\n,;，；])|^)"(?:[^"\t]|"")*"(?=[\t\n,;，；]|$)')
_QUOTED_CELL = re.compile(r'"((?:[^"]|"")*)"')


_GROUPED_BEHIND = re.compile(r"\s*(\S+)\s+([0-9]{1,3}(?:,[0-9]{3})+[^\s,]*)\s*")


def _split_line(line: str) -> list[str]:
    # A code, a space and 1,200: the comma groups thousands and separates nothing.
    if found := _GROUPED_BEHIND.fullmatch(line):
        return [found.group(1), found.group(2)]
    # What stands in quotes has no say in what separates the cells.
    bare = _QUOTED_CELL.sub("", line)
    separator = next((each for each in "\t,，;；" if each in bare), None)
    if separator is None:
        return [cell.strip('"') for cell in line.split(None, 1)]
    cells, quoted = [""], False
    for sign in line:
        if sign == '"':
            quoted = not quoted
        if sign == separator and not quoted:
            cells.append("")
        else:
            cells[-1] += sign
    # A quote that never ends swallows nothing.
    if quoted:
        cells = line.split(separator)
    return [cell.strip().strip('"') for cell in cells]


def check_rows(cells: Iterable[Cell], known: Mapping[str, Known], *, adds: bool = False) -> list[Checked]:
    """Return each row with its verdict; `known` is by upper-case code. Of rows with the same code the first counts.

    A row stands in place of what the request holds of the same goods, unless the list `adds` to it: what it comes to is
    what has to be there to be bought.
    """
    first: dict[str, Checked] = {}
    checked = []
    for cell in cells:
        row = _check(cell, known, first, adds=adds)
        checked.append(row)
        if row.verdict == Verdict.GOOD:
            first[cell.code.upper()] = row
    return _within_limits(checked, known)


def _check(cell: Cell, known: Mapping[str, Known], first: Mapping[str, Checked], *, adds: bool) -> Checked:
    code = cell.code.upper()
    found = known.get(code)
    counted, quantity = read_quantity(cell.quantity)
    if cell.is_unclear:
        counted, quantity = Verdict.TWO_NUMBERS, 0
    there = found.there if found is not None else 0
    becomes = quantity + there if adds else quantity
    if counted == Verdict.GOOD and becomes > MOST_PIECES:
        counted, quantity = Verdict.TOO_MANY, 0
    what = counted
    if not code:
        what = Verdict.NO_CODE
    elif code.startswith(_FORMULA) or cell.quantity.startswith(_FORMULA):
        what = Verdict.FORMULA
    elif found is None:
        what = Verdict.UNKNOWN
    elif code in first:
        # "Add the pieces there" goes without saying that there are none.
        also = counted if counted in COUNTS - {Verdict.NO_QUANTITY} else None
        above = first[code]
        return _row(cell, Verdict.DUPLICATE, also=also, same_as=above.number, there=there, becomes=above.becomes)
    elif what == Verdict.GOOD and not found.is_sellable:
        what = Verdict.NOT_FOR_SALE
    elif what == Verdict.GOOD and becomes > found.available:
        left = found.available
        return _row(cell, Verdict.TOO_FEW_LEFT, quantity=quantity, left=left, there=there, becomes=there)
    elif what == Verdict.GOOD:
        pk = found.specification_id
        return _row(cell, what, quantity=quantity, specification_id=pk, there=there, becomes=becomes)
    also = counted if what not in (counted, Verdict.FORMULA) and counted in COUNTS else None
    return _row(cell, what, also=also, there=there, becomes=there)


def _row(cell: Cell, verdict: Verdict, **facts: Any) -> Checked:
    return Checked(cell.number, cell.code, cell.quantity, verdict, **facts)


def _within_limits(rows: Sequence[Checked], known: Mapping[str, Known]) -> list[Checked]:
    """Return the rows, those refused that go beyond what the buyer may have of a listing with the rows above them."""
    changed = {row.code.upper() for row in rows if row.verdict == Verdict.GOOD}
    asked: Counter[int] = Counter()
    for code, spec in known.items():
        # What no row changes stays in the request.
        asked[spec.listing_id] += spec.there if code not in changed else 0
    becomes: dict[str, int] = {}
    within = []
    for row in rows:
        code = row.code.upper()
        now = replace(row, name=known[code].name) if code in known else row
        if row.verdict == Verdict.GOOD:
            spec = known[code]
            left = max(0, spec.may_have - asked[spec.listing_id]) if spec.may_have is not None else row.becomes
            if row.becomes > left:
                now = replace(now, verdict=Verdict.OVER_LIMIT, specification_id=0, left=left, becomes=row.there)
            asked[spec.listing_id] += now.becomes
            becomes[code] = now.becomes
        elif row.verdict == Verdict.DUPLICATE:
            now = replace(now, becomes=becomes[code])
        within.append(now)
    return within


def read_quantity(text: str) -> tuple[Verdict, int]:
    """Return the pieces of a row, at least one and at most MOST_PIECES, or why there are none."""
    try:
        quantity = read_count(text)
    except NotACount as error:
        return Verdict(error.fault), 0
    if quantity < 1:
        return Verdict.NOT_WHOLE, 0
    return (Verdict.TOO_MANY, 0) if quantity > MOST_PIECES else (Verdict.GOOD, quantity)
