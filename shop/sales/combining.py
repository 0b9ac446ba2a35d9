"""Which offers apply together, pure: plain numbers in, parts per line out. Amounts in 分.

Offers are taken one after the other. Each looks at the full prices of the goods that are still open to it, and takes no
more than what is left to pay of them. Goods that one offer counted or reduced are open to another only if the two may be
combined. Of all the ways to do so, the one that saves the buyer most is chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shop.core.money import apportion

# So many ways to begin are followed at each step: with up to four offers on the same goods, that is all of them.
WIDTH = 24
WHOLE_BP = 10_000


class Needs(StrEnum):
    """What an offer asks for: so many 分 of goods, so many pieces, so many different products."""

    VALUE = "value"
    PIECES = "pieces"
    KINDS = "kinds"


class Gives(StrEnum):
    """What an offer gives: a part (in 1/100 of a percent), an amount, an amount for each piece, the cheapest piece."""

    PERCENT = "percent"
    FIXED = "fixed"
    PER_PIECE = "per_piece"
    CHEAPEST = "cheapest"


@dataclass(frozen=True, slots=True)
class Goods:
    """One line as offers see it."""

    unit_fen: int
    pieces: int

    @property
    def fen(self) -> int:
        """Its full price."""
        return self.unit_fen * self.pieces


@dataclass(frozen=True, slots=True)
class Terms:
    """One offer. `counted` and `reduced` are the places of the lines that it counts and reduces.

    `times`: how often it may apply; `most_fen`: what it may still take off in all; `most_pieces`: how many pieces it
    reduces, the cheapest first; `together`: ids of offers that it shares goods with, None for none, empty for all.
    """

    pk: int
    needs: Needs
    threshold: int
    gives: Gives
    value: int
    counted: frozenset[int]
    reduced: frozenset[int]
    times: int = 1
    most_fen: int | None = None
    most_pieces: int | None = None
    together: frozenset[int] | None = None

    def shares_with(self, other: "Terms") -> bool:
        """Tell whether both may apply to the same goods."""
        if self.together is None or other.together is None:
            return False
        return not (self.together or other.together) or other.pk in self.together or self.pk in other.together


@dataclass(frozen=True, slots=True)
class Taken:
    """What one offer takes off: 分 for each line, how often it applied."""

    terms: Terms
    parts: tuple[int, ...]
    times: int

    @property
    def fen(self) -> int:
        """All of it."""
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class Combination:
    """Offers taken one after the other; `left` is what is still to pay of each line, `on` who counted or reduced it."""

    left: tuple[int, ...]
    on: tuple[tuple[Terms, ...], ...]
    taken: tuple[Taken, ...] = ()

    @property
    def saved(self) -> int:
        """All that is taken off."""
        return sum(each.fen for each in self.taken)


def nothing_taken(goods: Sequence[Goods]) -> Combination:
    """Return the beginning: every line at its full price."""
    return Combination(tuple(line.fen for line in goods), tuple(() for _line in goods))


def best(offers: Sequence[Terms], goods: Sequence[Goods]) -> Combination:
    """Return the combination of `offers` that saves most; of equal ones that with fewer offers, the earlier ones first."""
    start = nothing_taken(goods)
    useful = [offer for offer in offers if take(offer, start, goods)]
    position = {offer.pk: number for number, offer in enumerate(offers)}

    def rank(state: Combination) -> tuple[int, list[int]]:
        return -state.saved, [position[each.terms.pk] for each in state.taken]

    found, level = start, [start]
    while level:
        reached: dict[tuple[object, ...], Combination] = {}
        for state in level:
            used = {each.terms.pk for each in state.taken}
            for offer in useful:
                after = None if offer.pk in used else take(offer, state, goods)
                if after is not None:
                    end = _end_of(after)
                    reached[end] = min(reached.get(end, after), after, key=rank)
        level = sorted(reached.values(), key=rank)[:WIDTH]
        if level and level[0].saved > found.saved:
            found = level[0]
    return found


def _end_of(state: Combination) -> tuple[object, ...]:
    """Return what two ways to the same end have in common."""
    return state.left, tuple(frozenset(each.pk for each in on) for on in state.on)


def take(offer: Terms, state: Combination, goods: Sequence[Goods]) -> Combination | None:
    """Return what `state` becomes when `offer` is taken next; None when it gives nothing then."""
    open_ = {
        place for place in offer.counted | offer.reduced if all(offer.shares_with(other) for other in state.on[place])
    }
    times = min(offer.times, _times(offer, [goods[place] for place in sorted(offer.counted & open_)]))
    reduced = sorted(offer.reduced & open_)
    if times < 1 or not reduced:
        return None
    parts = _parts(offer, times, reduced, state.left, goods)
    if not any(parts):
        return None
    return Combination(
        left=tuple(left - part for left, part in zip(state.left, parts, strict=True)),
        on=tuple((*on, offer) if place in open_ else on for place, on in enumerate(state.on)),
        taken=(*state.taken, Taken(offer, tuple(parts), times)),
    )


def missing(offer: Terms, goods: Sequence[Goods]) -> int:
    """Return what lacks until `offer` applies to `goods` alone: 分, pieces or products, as it needs; 0 when nothing."""
    return max(0, offer.threshold - _has(offer, [goods[place] for place in sorted(offer.counted)]))


def _has(offer: Terms, counted: Sequence[Goods]) -> int:
    if offer.needs == Needs.VALUE:
        return sum(line.fen for line in counted)
    if offer.needs == Needs.PIECES:
        return sum(line.pieces for line in counted)
    return len(counted)


def _times(offer: Terms, counted: Sequence[Goods]) -> int:
    """Return how often an offer's condition is met. What is a part or a price of each piece covers all at once."""
    has = _has(offer, counted)
    if not counted or has < offer.threshold:
        return 0
    if offer.threshold < 1 or offer.gives in (Gives.PERCENT, Gives.PER_PIECE) or offer.needs == Needs.KINDS:
        return 1
    return has // offer.threshold


def _parts(offer: Terms, times: int, reduced: Sequence[int], left: Sequence[int], goods: Sequence[Goods]) -> list[int]:
    """Return 分 off for each line, none above what is left of it, all together within what the offer may give."""
    pieces = _pieces(offer, times, reduced, goods)
    if offer.gives == Gives.FIXED:
        most = [min(left[place], goods[place].unit_fen * pieces.get(place, 0)) for place in range(len(goods))]
        total = min(offer.value * times, sum(most))
        return _within(offer, apportion(total, most) if total else [0] * len(goods))
    if offer.gives == Gives.PERCENT:
        raw = [goods[place].unit_fen * pieces.get(place, 0) * offer.value for place in range(len(goods))]
        # Rounded once, half up; then split so that the parts add up.
        total = (sum(raw) + WHOLE_BP // 2) // WHOLE_BP
        parts = apportion(total, raw) if total else [0] * len(goods)
    else:
        parts = [
            pieces.get(place, 0)
            * (goods[place].unit_fen if offer.gives == Gives.CHEAPEST else min(offer.value, goods[place].unit_fen))
            for place in range(len(goods))
        ]
    return _within(offer, [min(part, rest) for part, rest in zip(parts, left, strict=True)])


def _within(offer: Terms, parts: list[int]) -> list[int]:
    if offer.most_fen is None or sum(parts) <= offer.most_fen:
        return parts
    return apportion(offer.most_fen, parts) if offer.most_fen > 0 else [0] * len(parts)


def _pieces(offer: Terms, times: int, reduced: Sequence[int], goods: Sequence[Goods]) -> dict[int, int]:
    """Return how many pieces of each line are reduced: the cheapest first where the offer limits them."""
    most = offer.most_pieces
    if offer.gives == Gives.CHEAPEST:
        most = times if most is None else min(times, most)
    if most is None:
        return {place: goods[place].pieces for place in reduced}
    pieces: dict[int, int] = {}
    for place in sorted(reduced, key=lambda place: (goods[place].unit_fen, place)):
        pieces[place] = min(goods[place].pieces, most)
        most -= pieces[place]
    return pieces
