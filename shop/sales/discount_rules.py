"""What goes back of a line's discount when the line's goods or money go back. Pure; amounts in 分."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shop.sales.rules import pieces_paid


@dataclass(frozen=True, slots=True)
class Cost:
    """What a supplier's offer costs it, in 分, and what it takes off orders that are not paid (yet)."""

    cost_fen: int = 0
    waiting_fen: int = 0


def discount_back(unit_price_fen: int, ordered: int, discount_fen: int, refunded_fen: int, pieces_gone: int) -> int:
    """Return 分 of a line's discount that went back with the `refunded_fen` that its buyer got back of it.

    The discount belongs to the goods, never to the freight: piece by piece it goes with what the piece cost, so that
    what was kept is worth its price again, and all of it is back once all of the line's money is. What is no whole
    piece takes its part of the next one's along. Where pieces cost nothing no amount tells which of them went:
    `pieces_gone` does. Never less for more money or more pieces: the parts of any sequence add up.
    """

    def paid(pieces: int) -> int:
        return pieces_paid(unit_price_fen, pieces, ordered, discount_fen)

    def off(pieces: int) -> int:
        return -(-discount_fen * pieces // ordered)

    most = _first(ordered, lambda pieces: paid(pieces + 1) > refunded_fen)
    base = paid(most)
    if refunded_fen > base:
        return off(most) + (off(most + 1) - off(most)) * (refunded_fen - base) // (paid(most + 1) - base)
    least = _first(most, lambda pieces: paid(pieces) >= base)
    return off(max(least, min(most, pieces_gone)))


def _first(end: int, holds: Callable[[int], bool]) -> int:
    """Return the first number below `end` for which `holds`, which holds for all after it; `end` where it never does."""
    low, high = 0, end
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def shares(amounts: Sequence[int], part: int) -> list[int]:
    """Return how `part` of the sum of `amounts` is spread over them, exactly, and never less for a greater part.

    Each gets its proportion rounded down; the rest goes one by one to where the least was given (D'Hondt), which a
    plain largest remainder would take away again when the part grows.
    """
    whole = sum(amounts)
    if not whole:
        return [0] * len(amounts)
    found = [amount * part // whole for amount in amounts]
    for _n in range(part - sum(found)):
        place = max(range(len(amounts)), key=lambda each: (Fraction(amounts[each], found[each] + 1), -each))
        found[place] += 1
    return found
