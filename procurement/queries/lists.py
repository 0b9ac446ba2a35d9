"""Reading shopping lists: what stands in one, and what becomes of each row by today's catalogue."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.queries import SpecForSale, specifications_for_sale
from catalog.queries.naming import NameMatch, specifications_by_name
from catalog.queries.supply import specifications_by_code
from catalog.rules.naming import differ_in_measure, names_same
from procurement.models import ListHeading, PurchaseRequest, RequestLine, ShoppingList
from procurement.queries.units import Seat
from procurement.rules.lists import Checked, Known, Named, check_rows
from procurement.rules.tables import Cell, Columns, Listed, Role, read_rows
from procurement.states import RequestState
from procurement.texts import words
from shop.sales.queries.limits import still_allowed

# Goods that a template names: those that the unit asked for before.
MOST_BEFORE = 200


def list_of(request: PurchaseRequest, pk: int) -> ShoppingList | None:
    """Return a list of a request, None where it has no such one."""
    return ShoppingList.objects.filter(request=request, pk=pk).first()


def last_list(request: PurchaseRequest) -> ShoppingList | None:
    """Return the list that was sent last for a request."""
    return ShoppingList.objects.filter(request=request).order_by("-pk").first()


def own_heads(unit_id: int) -> dict[str, Role | None]:
    """Return what a unit means by its own heads; None for what is not read."""
    rows = ListHeading.objects.filter(unit=unit_id).values_list("head", "role")
    return {head: Role(role) if role else None for head, role in rows}


def chosen_columns(row: ShoppingList) -> Columns | None:
    """Return which column a person said is what, None where nobody did."""
    if not row.columns:
        return None
    return Columns({Role(role): at for role, at in row.columns["at"].items()}, row.columns["head"])


def read_list(row: ShoppingList, own: Mapping[str, Role | None]) -> Listed:
    """Return what is read of a list's sheet."""
    return read_rows(row.sheets[row.sheet]["rows"], own, chosen_columns(row))


def chosen_goods(row: ShoppingList) -> dict[int, int]:
    """Return what a person chose for rows that only have a name: specification id by row."""
    return {int(number): int(pk) for number, pk in row.choices.items()}


def goods_before(seat: Seat) -> list[SpecForSale]:
    """Return what a unit ordered before and can be bought now, by name. Three queries."""
    lines = RequestLine.objects.filter(request__unit=seat.pk, request__state=RequestState.ORDERED)
    ids = lines.order_by("-request__ordered_at", "pk").values_list("specification_id", flat=True)[: MOST_BEFORE * 5]
    found = specifications_for_sale(list(dict.fromkeys(ids))[:MOST_BEFORE]).values()
    return sorted(
        (spec for spec in found if spec.is_sellable), key=lambda spec: (spec.name_zh, spec.price_fen, spec.sku)
    )


def check_list(
    cells: Sequence[Cell],
    *,
    buyer: Any,
    phone: str,
    there: Mapping[int, int] | None = None,
    choices: Mapping[int, int] | None = None,
    adds: bool = False,
    taken: frozenset[int] = frozenset(),
) -> list[Checked]:
    """Return each row of a list with its verdict, by today's catalogue and what its buyer may have.

    `there` is what the request holds already (specification id → pieces); see `check_rows` for the others. Six
    queries, and at most three for each of at most MOST_NAMES names without a code.
    """
    there = there or {}
    known = specifications_by_code(cell.code for cell in cells)
    against = {
        cell.number
        for cell in cells
        if (spec := known.get(cell.code.upper())) and not _agrees(_name_of(cell), cell, spec)
    }
    names = {
        cell.number: (cell.name if _name_of(cell) or not spec else spec.name_zh, cell.spec)
        for cell in cells
        if cell.number in against or (cell.name and cell.code.upper() not in known)
        for spec in (known.get(cell.code.upper()),)
    }
    matches = specifications_by_name(names.values()) if names else {}
    specs = {spec.specification_id: spec for spec in known.values()}
    specs |= {spec.specification_id: spec for match in matches.values() for spec in match.candidates}
    may_have = still_allowed(specs.values(), user=buyer, phone=phone)
    # Of a limited listing the request may hold specifications that the list does not name: they stay.
    others = specifications_for_sale(there.keys() - specs.keys()) if may_have else {}
    for pk, spec in others.items():
        if spec.listing_id in may_have:
            may_have[spec.listing_id] -= there[pk]
    facts = {pk: _known(spec, there.get(pk, 0), may_have.get(spec.listing_id)) for pk, spec in specs.items()}
    by_code = {code: facts[spec.specification_id] for code, spec in known.items()}
    named = {
        cell.number: _named(matches.get(pair, NameMatch()), facts, known.get(cell.code.upper()), cell)
        for cell in cells
        if (pair := names.get(cell.number)) is not None
    }
    return check_rows(cells, by_code, named=named, choices=choices, adds=adds, taken=taken)


def _name_of(cell: Cell) -> str:
    """Return the name that stands beside a row's code, "" where one column is read as both."""
    return cell.name if cell.name != cell.code else ""


def _agrees(name: str, cell: Cell, spec: SpecForSale) -> bool:
    """Tell whether nothing that a row says besides its code is against the code's goods."""
    is_called_so = not name or any(names_same(name, known) for known in (spec.name_zh, spec.name_en) if known)
    return is_called_so and not _differs(name, cell, spec)


def _differs(name: str, cell: Cell, spec: SpecForSale) -> bool:
    """Tell whether a row says another weight or volume: 菜心 5斤 is not 菜心 3斤. It may stand behind the name."""
    known = f"{spec.name_zh} {spec.spec_zh} {spec.name_en} {spec.spec_en}"
    return differ_in_measure(f"{name} {cell.spec}", known)


def _named(match: NameMatch, facts: Mapping[int, Known], of_code: SpecForSale | None, cell: Cell) -> Named:
    """Return what a row's name may mean. Beside a code whose goods it isn't, it may mean those as well."""
    found = tuple(facts[spec.specification_id] for spec in match.candidates)
    if of_code is None:
        return Named(found, facts[match.certain.specification_id] if match.certain else None)
    own = facts[of_code.specification_id]
    others = tuple(each for each in found if each.specification_id != own.specification_id)
    # A name that finds the code's goods, or nothing on sale, is against no code; another weight is.
    if _differs(_name_of(cell), cell, of_code) or (others and len(others) == len(found)):
        return Named((own, *others), contradicts=True)
    return Named()


def _known(spec: SpecForSale, there: int, may_have: int | None) -> Known:
    """Return what a rule asks of a specification, and how it is named in the reader's language."""
    return Known(
        spec.specification_id,
        spec.is_sellable and not spec.is_preorder,
        spec.available,
        there,
        spec.listing_id,
        may_have,
        spec.sku,
        words(spec.name_zh, spec.name_en),
        words(spec.spec_zh, spec.spec_en),
        words(spec.supplier_name_zh, spec.supplier_name_en),
        spec.price_fen,
    )
