"""How much one offer may take off each line: which pieces it reduces. Pure; amounts in 分.

An offer that reduces some pieces only reduces those of which the buyer has most. "The cheapest of three is free" means
groups of three, made as suits the buyer: with the dearest first, each third piece is free. A free piece needs so many
pieces in its group, itself among them, none of them cheaper than it. So the number of free pieces that cost `p` or more
can't exceed how many groups the pieces of at least that price fill; within these bounds for every price, whichever take
most off are chosen, and taking them one by one in the order of what they take is exact (the bounds lie in each other).
A further piece only widens the choice: it never takes less off.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Goods:
    """One line as offers see it. `product`: lines of one product are one kind; None is a product of its own."""

    unit_fen: int
    pieces: int
    product: int | None = None

    @property
    def fen(self) -> int:
        """Its full price."""
        return self.unit_fen * self.pieces


class Needs(StrEnum):
    """What an offer asks for: so many 分 of goods, so many pieces, so many different products."""

    VALUE = "value"
    PIECES = "pieces"
    KINDS = "kinds"

    def count(self, lines: Sequence[Goods]) -> int:
        """Return how much of it these lines have."""
        if self == Needs.VALUE:
            return sum(line.fen for line in lines)
        if self == Needs.PIECES:
            return sum(line.pieces for line in lines)
        products = [line.product for line in lines if line.product is not None]
        return len(set(products)) + len(lines) - len(products)


class Gives(StrEnum):
    """What an offer gives: a part (in 1/100 of a percent), an amount, an amount for each piece, the cheapest piece."""

    PERCENT = "percent"
    FIXED = "fixed"
    PER_PIECE = "per_piece"
    CHEAPEST = "cheapest"


class Reduces(Protocol):
    """What is asked of an offer's terms here (`combining.Terms`)."""

    @property
    def needs(self) -> Needs: ...
    @property
    def threshold(self) -> int: ...
    @property
    def gives(self) -> Gives: ...
    @property
    def value(self) -> int: ...
    @property
    def most_pieces(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Weights:
    """The most that an offer takes off each line, in 1/10000 分, and of how many pieces."""

    weights: list[int]
    pieces: int


def weigh(
    offer: Reduces,
    times: int,
    counted: Sequence[int],
    reduced: Sequence[int],
    left: Sequence[int],
    goods: Sequence[Goods],
) -> Weights:
    """Return what `offer` may take off the lines at the places `reduced`, none above what is `left` of it."""
    weights, pieces = [0] * len(goods), 0
    room = _Room(offer, times, counted, reduced, goods)
    chunks = []
    for place in reduced:
        each = _of_a_piece(offer, goods[place].unit_fen)
        whole = min(goods[place].pieces, left[place] * WHOLE_BP // each) if each else 0
        rest = min(each, left[place] * WHOLE_BP - whole * each) if whole < goods[place].pieces else 0
        chunks += [(each, place, whole), (rest, place, 1)]
    # Those first of which most is taken; of equal ones the dearer piece's, which has the least room.
    for each, place, most in sorted(chunks, key=lambda chunk: (-chunk[0], -goods[chunk[1]].unit_fen, chunk[1])):
        if each and most:
            found = room.take(goods[place].unit_fen, most)
            weights[place] += each * found
            pieces += found
    return Weights(weights, pieces)


def _of_a_piece(offer: Reduces, unit_fen: int) -> int:
    if offer.gives == Gives.PERCENT:
        return unit_fen * min(offer.value, WHOLE_BP)
    return WHOLE_BP * (min(offer.value, unit_fen) if offer.gives == Gives.PER_PIECE else unit_fen)


class _Room:
    """How many pieces of at least each price may still be reduced."""

    def __init__(
        self, offer: Reduces, times: int, counted: Sequence[int], reduced: Sequence[int], goods: Sequence[Goods]
    ) -> None:
        # None where all may.
        self.prices: list[int] | None = None
        most = offer.most_pieces
        if offer.gives != Gives.CHEAPEST:
            if most is not None:
                self.prices, self.left = [0], [most]
            return
        most = times if most is None else min(times, most)
        self.prices = sorted({goods[place].unit_fen for place in reduced})
        self.left = [most] * len(self.prices)
        if offer.threshold < 1:
            return
        # What is counted but not reduced fills any group; of the rest, only what is not cheaper than the free piece.
        others = set(counted) - set(reduced)
        for number, price in enumerate(self.prices):
            fills = [goods[place] for place in counted if place in others or goods[place].unit_fen >= price]
            self.left[number] = min(most, offer.needs.count(fills) // offer.threshold)

    def take(self, unit_fen: int, most: int) -> int:
        """Return how many of `most` pieces at this price may be reduced; they are counted as reduced."""
        if self.prices is None:
            return most
        # What counts for a price counts for every lower one too.
        upto = bisect_left(self.prices, unit_fen) + 1 if len(self.prices) > 1 else 1
        found = min(most, *self.left[:upto])
        for number in range(upto):
            self.left[number] -= found
        return found
