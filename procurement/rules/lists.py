"""Checking a shopping list: which rows can be taken, and for each other its reason. Pure: rows in, verdicts out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from procurement.rules.tables import Cell
from shop.core.numbers import NotACount, read_count

MOST_PIECES = 99_999
_FORMULA = ("=", "+", "@")
# What stands before the sum below a list.
_SUMS = frozenset({"合计", "总计", "小计", "共计", "总数", "total", "sum", "subtotal"})


class Verdict(StrEnum):
    """What becomes of one row."""

    GOOD = "good"
    TAKEN = "taken"
    NO_CODE = "no_code"
    UNKNOWN = "unknown"
    UNKNOWN_NAME = "unknown_name"
    CHOOSE = "choose"
    CODE_OR_NAME = "code_or_name"
    SUM = "sum"
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


WAITS = frozenset({Verdict.CHOOSE, Verdict.CODE_OR_NAME})  # the verdicts that a person's choice settles
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


@dataclass(frozen=True, slots=True)
class Known:
    """Goods that a row may stand for; `there` is how many pieces of them the request holds already.

    `may_have` is how many pieces of its listing the buyer may have by all rows of the list together, None without limit.
    """

    specification_id: int
    is_sellable: bool
    available: int
    there: int = 0
    listing_id: int = 0
    may_have: int | None = None
    sku: str = ""
    name: str = ""
    spec: str = ""
    supplier: str = ""
    price_fen: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """What a row's name may mean: every candidate, the likeliest first, and the one that it says word for word.

    `contradicts`: the row has a code of ours, whose goods its name or specification is not; those stand first.
    """

    candidates: tuple[Known, ...] = ()
    certain: Known | None = None
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """One row with its verdict, and the goods that it stands for (`found`), if any.

    `quantity` is 0 where none could be read; `same_as` is the row it repeats. `also` is what is wrong with the number of
    pieces besides, where the verdict is on something else. `there` is what the request holds of it now, `becomes` what it
    holds once the list is taken. `candidates` is what the row's name may mean, to choose from.
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
    spec: str = ""
    found: Known | None = None
    candidates: tuple[Known, ...] = ()


def check_rows(
    cells: Iterable[Cell],
    known: Mapping[str, Known],
    *,
    named: Mapping[int, Named] | None = None,
    choices: Mapping[int, int] | None = None,
    adds: bool = False,
    taken: frozenset[int] = frozenset(),
) -> list[Checked]:
    """Return each row with its verdict. Of rows that stand for the same goods the first counts; `taken` are in the request.

    A row stands for what its code says (`known`, by upper-case code) unless its name contradicts that, else for what somebody chose (`choices`, row →
    specification) among what its name may mean (`named`, by row), else for what the name says word for word. It takes
    the place of what the request holds of the same goods, unless the list `adds` to it: what it comes to is what has to
    be there to be bought.
    """
    first: dict[int, Checked] = {}
    checked = []
    for cell in cells:
        by_name = (named or {}).get(cell.number, Named())
        meant = _meant(cell, known, by_name, choices or {})
        if cell.number in taken and meant is not None:
            row = _row(cell, Verdict.TAKEN, meant, there=meant.there, becomes=meant.there)
        else:
            unfound = Verdict.CODE_OR_NAME if by_name.contradicts else _unfound(cell)
            row = _check(cell, meant, first, unfound, adds=adds)
        if row.found is None or by_name.contradicts or cell.code.upper() not in known:
            row = replace(row, candidates=by_name.candidates)
        checked.append(row)
        if row.verdict in (Verdict.GOOD, Verdict.TAKEN) and meant is not None:
            first.setdefault(meant.specification_id, row)
    every = [*known.values(), *(each for by_name in (named or {}).values() for each in by_name.candidates)]
    return _within_limits(checked, {each.specification_id: each for each in every})


def _meant(cell: Cell, known: Mapping[str, Known], by_name: Named, choices: Mapping[int, int]) -> Known | None:
    """Return the goods that a row stands for, None where nothing says so for certain."""
    chosen = choices.get(cell.number)
    if by_name.contradicts:
        return next((each for each in by_name.candidates if each.specification_id == chosen), None)
    if (found := known.get(cell.code.upper())) is not None:
        return found
    # A code that nothing has contradicts the name beside it: a person says which of the two is wrong.
    certain = by_name.certain if cell.code in ("", cell.name) else None
    return next((each for each in by_name.candidates if each.specification_id == chosen), certain)


def _check(cell: Cell, found: Known | None, first: Mapping[int, Checked], unfound: Verdict, *, adds: bool) -> Checked:
    counted, quantity = read_quantity(cell.quantity)
    if cell.is_unclear:
        counted, quantity = Verdict.TWO_NUMBERS, 0
    there = found.there if found is not None else 0
    becomes = quantity + there if adds else quantity
    if counted == Verdict.GOOD and becomes > MOST_PIECES:
        counted, quantity = Verdict.TOO_MANY, 0
    what = counted
    if (cell.name or cell.code).replace(" ", "").strip(":").lower() in _SUMS:
        return _row(cell, Verdict.SUM)
    if any(text.startswith(_FORMULA) for text in (cell.code, cell.name, cell.quantity)):
        what = Verdict.FORMULA
    elif found is None:
        what = unfound
    elif found.specification_id in first:
        # "Add the pieces there" goes without saying that there are none.
        also = counted if counted in COUNTS - {Verdict.NO_QUANTITY} else None
        above = first[found.specification_id]
        return _row(
            cell, Verdict.DUPLICATE, found, also=also, same_as=above.number, there=there, becomes=above.becomes
        )  # fmt: skip
    elif what == Verdict.GOOD and not found.is_sellable:
        what = Verdict.NOT_FOR_SALE
    elif what == Verdict.GOOD and becomes > found.available:
        left = found.available
        return _row(cell, Verdict.TOO_FEW_LEFT, found, quantity=quantity, left=left, there=there, becomes=there)
    elif what == Verdict.GOOD:
        pk = found.specification_id
        return _row(cell, what, found, quantity=quantity, specification_id=pk, there=there, becomes=becomes)
    also = counted if what not in (counted, Verdict.FORMULA) and counted in COUNTS else None
    return _row(cell, what, found, also=also, there=there, becomes=there)


def _unfound(cell: Cell) -> Verdict:
    if cell.name and cell.name != cell.code:
        return Verdict.UNKNOWN_NAME
    return Verdict.UNKNOWN if cell.code else Verdict.NO_CODE


def _row(cell: Cell, verdict: Verdict, found: Known | None = None, **facts: Any) -> Checked:
    name = cell.name if cell.name != cell.code else ""
    return Checked(cell.number, cell.code, cell.quantity, verdict, name=name, spec=cell.spec, found=found, **facts)


def _within_limits(rows: Sequence[Checked], known: Mapping[int, Known]) -> list[Checked]:
    """Return the rows, those refused that go beyond what the buyer may have of a listing with the rows above them.

    Where a row stands for nothing yet, but its name may mean something, it waits for a choice.
    """
    changed = {row.specification_id for row in rows if row.verdict == Verdict.GOOD}
    asked: Counter[int] = Counter()
    for pk, spec in known.items():
        # What no row changes stays in the request.
        asked[spec.listing_id] += spec.there if pk not in changed else 0
    becomes: dict[int, int] = {}
    within = []
    for row in rows:
        now = row
        if row.found is None:
            waits = row.candidates and row.verdict in (Verdict.UNKNOWN, Verdict.UNKNOWN_NAME)
            now = replace(row, verdict=Verdict.CHOOSE) if waits else row
        elif row.verdict == Verdict.GOOD:
            spec = row.found
            left = max(0, spec.may_have - asked[spec.listing_id]) if spec.may_have is not None else row.becomes
            if row.becomes > left:
                now = replace(row, verdict=Verdict.OVER_LIMIT, specification_id=0, left=left, becomes=row.there)
            asked[spec.listing_id] += now.becomes
            becomes[spec.specification_id] = now.becomes
        elif row.verdict == Verdict.TAKEN:
            becomes[row.found.specification_id] = row.becomes
        elif row.verdict == Verdict.DUPLICATE:
            now = replace(row, becomes=becomes[row.found.specification_id])
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
