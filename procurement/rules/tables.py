"""Taking the table of a shopping list apart: which column is what, and the rows below the head. Pure: texts in, rows out."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shop.core.numbers import PIECES, has_raised
from shop.core.texts import one_line

MOST_ROWS = 500
# A head stands below a title, a date, a unit's name; further down it is no head any more.
HEAD_WITHIN = 20


class Role(StrEnum):
    """What a column of a list says."""

    CODE = "code"
    NAME = "name"
    SPEC = "spec"
    QUANTITY = "quantity"
    UNIT = "unit"


# What columns are headed, without spaces, signs and brackets. A unit's own heads are kept beside these (`ListHeading`).
HEADS: Mapping[Role, frozenset[str]] = {
    Role.CODE: frozenset(
        {
            *("编码", "商品编码", "产品编码", "物料编码", "商品编号", "产品编号", "编号", "货号", "品号"),
            *("sku编码", "sku码", "商品代码", "产品代码", "代码"),
            *("code", "sku", "skucode", "item", "itemcode", "productcode", "itemno"),
        }
    ),
    Role.NAME: frozenset(
        {
            *(
                "品名",
                "名称",
                "商品",
                "商品名",
                "商品名称",
                "产品",
                "产品名称",
                "货品名称",
                "物资名称",
                "物品名称",
                "食材",
                "食材名称",
            ),
            *("品名规格", "品名及规格", "采购品名", "采购内容"),
            *("name", "product", "productname", "goods", "description"),
        }
    ),
    Role.SPEC: frozenset({"规格", "规格型号", "型号", "包装规格", "商品规格", "specification", "spec", "size"}),
    Role.QUANTITY: frozenset(
        {
            *("数量", "件数", "采购数量", "订购数量", "订货数量", "需求数量", "申购数量", "采购件数"),
            *("申请数量", "申报数量", "请购数量", "计划数量", "采购量", "需求量", "订购量", "申请量"),
            *("quantity", "qty", "pieces", "pcs", "orderquantity", "orderqty"),
        }
    ),
    Role.UNIT: frozenset({"单位", "计量单位", "采购单位", "unit", "uom"}),
}
# What may stand behind a number in a list without a head, and is no piece.
_OTHER_UNITS = {
    *("箱", "斤", "公斤", "千克", "克", "吨", "袋", "盒", "瓶", "桶", "包", "提", "筐", "板", "套", "打"),
    *("kg", "g", "box", "boxes", "case", "cases", "bag", "bags"),
}


class Missing(StrEnum):
    """Why nothing of a list is read: which column its head lacks, or that two say the same."""

    CODE = "code"
    QUANTITY = "quantity"
    CLEAR_QUANTITY = "clear_quantity"


@dataclass(frozen=True, slots=True)
class Cell:
    """One row as it was sent: its number in the file, its code or name and specification, and quantity, as texts.

    `is_unclear`: another number stands beside the quantity, and nothing says which of them it is.
    """

    number: int
    code: str
    quantity: str
    is_unclear: bool = False
    name: str = ""
    spec: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what (counted from 0), and the row of the head (counted from 1; 0: the table has none)."""

    at: Mapping[Role, int] = field(default_factory=lambda: {Role.CODE: 0, Role.NAME: 0, Role.QUANTITY: 1})
    head: int = 0

    @property
    def has_goods(self) -> bool:
        """Whether a row says what it asks for, and how many."""
        return Role.QUANTITY in self.at and bool({Role.CODE, Role.NAME} & self.at.keys())


@dataclass(frozen=True, slots=True)
class Listed:
    """What was read of a table: its rows, by which columns, and the rows above the head that were not read.

    `missing`: the head doesn't say which columns to read, so no row is; `columns` is then what it does say.
    """

    cells: list[Cell]
    columns: Columns = field(default_factory=Columns)
    skipped: tuple[int, ...] = ()
    missing: Missing | None = None

    @property
    def head(self) -> int:
        """The number of the head's row, 0 without one."""
        return self.columns.head


def texts_of(table: Iterable[Sequence[object]]) -> list[list[str]]:
    """Return the cells of a table as texts on one line."""
    return [[_text(value) for value in row] for row in table]


def read_rows(
    table: Sequence[Sequence[object]], own: Mapping[str, Role | None] | None = None, columns: Columns | None = None
) -> Listed:
    """Return the rows of a table of cells, by `columns` where somebody said which is what, else by its head.

    What stands above the head is skipped, and said to be. A head that doesn't say where quantities and goods stand leaves
    nothing to read. Without a head the first two columns count, from the first row on. `own` is what a unit means by its
    own heads (as `head_of` gives them; None: nothing). Empty rows are left out; numbers are those of the table. At most
    MOST_ROWS rows are read, one more to tell.
    """
    texts = texts_of(table)
    if columns is None:
        columns, missing = find_columns(texts, own or {})
        if missing is not None:
            return Listed([], columns, missing=missing)
    again = _head_again(texts, columns, own or {})
    if again:
        columns = _with_second_head(columns, _roles(texts[again - 1], own or {}))
    unit = _unit_of_head(texts, columns)
    found: list[Cell] = []
    for number, row in enumerate(texts[columns.head :], start=columns.head + 1):
        if not any(row) or number == again:
            continue
        found.append(_cell(number, row, columns, "" if unit in PIECES else unit, _width(texts, columns)))
        if len(found) > MOST_ROWS:
            break
    above = texts[: max(0, columns.head - (2 if _is_in_two_rows(texts, columns.head) else 1))]
    skipped = [n for n, row in enumerate(above, start=1) if any(row)]
    return Listed(found, columns, (*skipped, again) if again else tuple(skipped))


def _head_again(texts: Sequence[Sequence[str]], columns: Columns, own: Mapping[str, Role | None]) -> int:
    """Return the number of the row below the head that says the same in another language, 0 for none."""
    if not columns.head or columns.head >= len(texts):
        return 0
    roles = dict(enumerate(_roles(texts[columns.head], own)))
    goods = [role for role in (Role.CODE, Role.NAME) if role in columns.at]
    same = [role for role in (*goods, Role.QUANTITY) if roles.get(columns.at[role]) == role]
    return columns.head + 1 if Role.QUANTITY in same and len(same) > 1 else 0


def _with_second_head(columns: Columns, roles: Sequence[Role | None]) -> Columns:
    """Return the columns with those that only the second row of a head in two languages tells."""
    at = dict(columns.at)
    for index, role in enumerate(roles):
        if role is not None and index not in at.values():
            at.setdefault(role, index)
    return Columns(at, columns.head)


def _unit_of_head(texts: Sequence[Sequence[str]], columns: Columns) -> str:
    """Return what the head says that pieces are counted in; of a head in two rows either may say it."""
    at = columns.at[Role.QUANTITY]
    rows = [columns.head - 1, *([columns.head - 2] if _is_in_two_rows(texts, columns.head) else [])]
    if not columns.head:
        return ""
    heads = [texts[row][: at + 1] for row in rows]
    # The upper row's head stands above all the columns that were merged below it.
    said = [
        next((text for text in reversed(row) if text), "") if n else "".join(row[at:]) for n, row in enumerate(heads)
    ]
    return next((unit for text in said if (unit := _head(text)[1])), "")


def _is_in_two_rows(texts: Sequence[Sequence[str]], head: int) -> bool:
    """Tell whether the row `head` parts what the row above it heads as quantities."""
    return head > 1 and bool(_parted(texts, head - 1, _roles(texts[head - 2], {})))


def _parted(texts: Sequence[Sequence[str]], number: int, roles: Sequence[Role | None]) -> list[int]:
    """Return the columns that row `number` heads as quantities and the row below it parts, 采购数量 → 第一周 | 第二周.

    They are merged above: the upper head is empty over all but the first. Nothing stands below the other heads.
    """
    if number >= len(texts) or Role.QUANTITY not in roles:
        return []
    upper, lower = texts[number - 1], texts[number]
    first = list(roles).index(Role.QUANTITY)
    end = next((i for i in range(first + 1, len(upper)) if upper[i]), max(len(upper), len(lower)))
    parts = [i for i in range(first, min(end, len(lower))) if lower[i]]
    named = [i for i, role in enumerate(roles) if role in (Role.CODE, Role.NAME) and i < len(lower) and lower[i]]
    if len(parts) < 2 or named or any(_is_number(lower[i]) for i in parts):
        return []
    return parts


def heads_of(texts: Sequence[Sequence[str]], head: int) -> list[str]:
    """Return what each column is headed; of a head in two rows the lower row says more."""
    if not head:
        return []
    lower = list(texts[head - 1])
    if not _is_in_two_rows(texts, head):
        return lower
    upper = texts[head - 2]
    pairs = zip([*lower, *[""] * (len(upper) - len(lower))], [*upper, *[""] * (len(lower) - len(upper))], strict=True)
    return [below or above for below, above in pairs]


def find_columns(texts: Sequence[Sequence[str]], own: Mapping[str, Role | None]) -> tuple[Columns, Missing | None]:
    """Return which column is what by the head among a table's first rows, and why it can't be read by that alone."""
    partly: tuple[Columns, Missing] | None = None
    for number, row in enumerate(texts[:HEAD_WITHIN], start=1):
        roles = _roles(row, own)
        quantities = _quantities(row, roles)
        parts = _parted(texts, number, roles)
        if parts:
            below = [own.get(_head(texts[number][i])[0], Role.QUANTITY) for i in parts]
            quantities = [i for i, role in zip(parts, below, strict=True) if role == Role.QUANTITY] or parts
        first = {role: next(i for i, each in enumerate(roles) if each == role) for role in roles if role is not None}
        if quantities:
            first[Role.QUANTITY] = quantities[0]
        columns = Columns(first, number + 1 if parts else number)
        if columns.has_goods:
            return columns, Missing.CLEAR_QUANTITY if len(quantities) > 1 else None
        if partly is None and (missing := _missing(row, first)) is not None:
            partly = columns, missing
    return partly or (Columns(), None)


def _roles(row: Sequence[str], own: Mapping[str, Role | None]) -> list[Role | None]:
    """Return what each column of a row is headed as, None for what is no head."""
    found = []
    for text in row:
        head, _unit = _head(text)
        found.append(own.get(head, _role(head)) if head else None)
    if found.count(Role.CODE) > 1:
        # “Item” beside “Item code” is what it is called.
        found = [
            Role.NAME if role == Role.CODE and _head(text)[0] == "item" and "item" not in own else role
            for text, role in zip(row, found, strict=True)
        ]
    return found


def _quantities(row: Sequence[str], roles: Sequence[Role | None]) -> list[int]:
    """Return which columns of a head are quantities. Of several those in boxes or by weight are none: pieces count."""
    units = {i: _head(row[i])[1] for i, role in enumerate(roles) if role == Role.QUANTITY}
    in_pieces = [i for i, unit in units.items() if not unit or unit in PIECES]
    return in_pieces or list(units)


def _missing(row: Sequence[str], found: Mapping[Role, int]) -> Missing | None:
    """Return which column a row lacks that is a head all the same: it names another beside something."""
    if len({text for text in row if text}) < 2 or not found.keys() - {Role.UNIT}:
        return None
    if Role.QUANTITY in found:
        return Missing.CODE
    # One name alone may be a title or a product; a code's column is headed by nothing else.
    return Missing.QUANTITY if Role.CODE in found or len(found) > 1 else None


def _width(texts: Sequence[Sequence[str]], columns: Columns) -> int:
    """Return the last column that the head says anything of."""
    return max((i for i, text in enumerate(heads_of(texts, columns.head)) if text), default=0)


def _cell(number: int, row: Sequence[str], columns: Columns, unit_of_head: str, last: int) -> Cell:
    """Return a row's texts. What it is measured in stands behind the number: boxes are not read as pieces."""

    def text(role: Role) -> str:
        index = columns.at.get(role)
        return row[index] if index is not None and index < len(row) else ""

    at = columns.at[Role.QUANTITY]
    quantity, unit = text(Role.QUANTITY), text(Role.UNIT)
    if columns.head or columns.at != Columns().at:
        # A comma that groups thousands splits a number in a file of commas: 1,200 is neither 1 nor 200.
        is_unclear = at == last and _is_split(quantity, row[at + 1] if at + 1 < len(row) else "")
    else:
        others = row[2:]
        is_unclear = any(_is_number(each) for each in others)
        unit = others[0] if others and others[0].lower() in _OTHER_UNITS else ""
    behind = unit_of_head or unit
    if quantity and behind and behind.lower() not in PIECES and quantity[-1:].isdigit():
        quantity = f"{quantity}{behind}"
    return Cell(number, text(Role.CODE)[:60], quantity[:40], is_unclear, text(Role.NAME)[:120], text(Role.SPEC)[:80])


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


def head_of(text: str) -> str:
    """Return a head as it is compared and kept: without spaces, signs and what stands in brackets."""
    return _head(text)[0]


def _head(text: str) -> tuple[str, str]:
    """Return a head without spaces and brackets, and what stands in its brackets.

    One in two languages (编码 Code, 数量/Qty, Quantity (数量)) is the one of them that is known, the Chinese one first.
    """
    plain = re.sub(r"[\s_\-*|·:]", "", text).lower()
    bracketed = re.search(r"\(([^()]*)\)|/([^/()]+)$", plain)
    unit = (bracketed.group(1) or bracketed.group(2) or "") if bracketed else ""
    head = re.sub(r"\([^()]*\)|/[^/()]+$", "", plain)
    if _role(head) and _role(head) == _role(unit):
        return head, ""
    both = _TWO_LANGUAGES.fullmatch(head)
    if both and not _role(head):
        chinese, other = both["before"] or both["after"], both["latin"]
        if _role(chinese):
            return chinese, unit or (other if other in _OTHER_UNITS | PIECES else "")
    return head, unit


# Chinese and one run of Latin letters beside it, with a stroke between them or not.
_TWO_LANGUAGES = re.compile(r"(?P<before>[^\x00-\x7f]+)?/?(?P<latin>[a-z][a-z.#]+)/?(?P<after>[^\x00-\x7f]+)?")


def _role(head: str) -> Role | None:
    return next((role for role, names in HEADS.items() if head in names), None)


def split_text(text: str) -> list[list[str]]:
    """Return the cells of pasted lines: tabs (from a spreadsheet), else commas, semicolons, or code and rest by spaces.

    A cell that was copied with a line break in it stands in quotes, and is one cell.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    joined = _BROKEN_CELL.sub(lambda found: found.group().replace("\n", " "), plain)
    return [_split_line(line) for line in joined.split("\n")]


_BROKEN_CELL = re.compile(r'(?:(?<=[\t\n,;，；])|^)"(?:[^"\t]|"")*"(?=[\t\n,;，；]|$)')
_QUOTED_CELL = re.compile(r'"((?:[^"]|"")*)"')
_GROUPED_BEHIND = re.compile(r" *(\S+) +([0-9]{1,3}(?:,[0-9]{3})+[^\s,]*) *")


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
