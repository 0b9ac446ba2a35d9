"""Which offers apply together, pure: plain numbers in, parts per line out. Amounts in 分.

Offers are taken one after the other. Each looks at the full prices of the goods that are still open to it, and takes no
more than what is left to pay of them (`reducing`). Goods that one offer counted or reduced are open to another only if
the two may be combined. Of all the ways to do so, the one that saves the buyer most is chosen: one more piece in the
basket never makes the others dearer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shop.core.money import apportion
from shop.sales.reducing import WHOLE_BP, Gives, Goods, Needs, Weights, weigh

# So many ways are looked at for offers on the same goods; then the best of them is taken. Far fewer are needed.
MOST_LOOKS = 400

__all__ = ["Approved", "Combination", "Gives", "Goods", "Needs", "Taken", "Terms", "best", "missing", "take"]


@dataclass(frozen=True, slots=True)
class Terms:
    """One offer. `counted` and `reduced` are the places of the lines that it counts and reduces.

    `times`: how often it may apply; `most_fen`: what it may still take off in all; `most_pieces`: how many pieces it
    reduces, those first of which it takes most; `together`: ids of offers that it shares goods with, None for none,
    empty for all; `part`: the greatest part that it may take off, None where nobody has to approve it; `is_bounded`:
    nobody did: it takes its part of what such offers may take off together.
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
    part: Fraction | None = None
    is_bounded: bool = False

    def shares_with(self, other: "Terms") -> bool:
        """Tell whether both may apply to the same goods."""
        if self.together is None or other.together is None:
            return False
        return not (self.together or other.together) or other.pk in self.together or self.pk in other.together


@dataclass(frozen=True, slots=True)
class Approved:
    """From which part off offers on the same goods need one word for all of them, and which have one (`sets` of ids)."""

    bound: Fraction
    sets: tuple[frozenset[int], ...] = ()

    def lets(self, offer: Terms, beside: Sequence[Terms]) -> bool:
        """Tell whether `offer` may apply to goods that those `beside` it apply to.

        Those that nobody approved may: what they take off together is bounded otherwise (`Combination.spare`).
        """
        others = [each for each in beside if each.part is not None]
        if offer.part is None or not others or (offer.is_bounded and all(each.is_bounded for each in others)):
            return True
        if sum((each.part for each in others if each.part is not None), offer.part) < self.bound:
            return True
        ids = {offer.pk, *(each.pk for each in others)}
        return any(ids <= each for each in self.sets)


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
    """Offers taken one after the other; `left` is what is still to pay of each line, `on` who counted or reduced it.

    `spare` is what offers that are bounded together may still take off, None where that is more than they could;
    `approved` says which of the others may apply to the same goods, None where all may.
    """

    left: tuple[int, ...]
    on: tuple[tuple[Terms, ...], ...]
    taken: tuple[Taken, ...] = ()
    spare: int | None = None
    approved: Approved | None = None

    @property
    def saved(self) -> int:
        """All that is taken off."""
        return sum(each.fen for each in self.taken)


def nothing_taken(goods: Sequence[Goods], spare: int | None = None, approved: Approved | None = None) -> Combination:
    """Return the beginning: every line at its full price."""
    return Combination(tuple(line.fen for line in goods), tuple(() for _line in goods), spare=spare, approved=approved)


def best(
    offers: Sequence[Terms], goods: Sequence[Goods], spare: int | None = None, approved: Approved | None = None
) -> Combination:
    """Return the combination of `offers` that saves most; of equal ones that which begins with the earlier ones.

    Offers that have no goods in common don't mind each other: each group of those that have is decided for itself.
    With `spare`, those that are bounded by it together take no more than that, and do mind each other.
    """
    found = nothing_taken(goods, spare, approved)
    for group in _groups([offer for offer in offers if take(offer, found, goods)], spare):
        found = _best_of(group, goods, found)
    return found


def _groups(offers: Sequence[Terms], spare: int | None) -> list[list[Terms]]:
    """Return the offers in groups, in their order; no line is counted or reduced by two of the groups."""

    def mind_each_other(one: Terms, other: Terms) -> bool:
        if spare is not None and one.is_bounded and other.is_bounded:
            return True
        return bool((one.counted | one.reduced) & (other.counted | other.reduced))

    groups: list[set[int]] = []
    for place, offer in enumerate(offers):
        near = [group for group in groups if any(mind_each_other(offer, offers[n]) for n in group)]
        groups = [group for group in groups if group not in near]
        groups.append({place}.union(*near))
    return [[offers[place] for place in sorted(group)] for group in sorted(groups, key=min)]


def _best_of(offers: Sequence[Terms], goods: Sequence[Goods], start: Combination) -> Combination:
    """Return the best that comes of `start` with these offers."""
    search = _Search(offers, goods, start)
    search.look_at(start)
    if search.looks >= MOST_LOOKS:
        # Too many ways: then at least that which takes the greatest first.
        search.begin_again(greatest_first=True)
        search.look_at(start)
    return search.found


class _Search:
    """Looks at the orders in which offers may apply, leaving out ways that can't become better than what was found.

    What an offer takes never grows by what others took before: what all that are left would take now is a bound.
    """

    def __init__(self, offers: Sequence[Terms], goods: Sequence[Goods], found: Combination) -> None:
        self.offers, self.goods, self.found = offers, goods, found
        self.begin_again(greatest_first=False)

    def begin_again(self, *, greatest_first: bool) -> None:
        """Forget which ways were looked at, not what was found."""
        self.greatest_first = greatest_first
        self.looks = 0
        self.seen: set[tuple[object, ...]] = set()

    def look_at(self, state: Combination) -> None:
        """Look at all that comes of `state`. No deeper than there are offers."""
        if state.saved > self.found.saved:
            self.found = state
        # What two ways to the same end have in common.
        end = state.left, tuple(frozenset(each.pk for each in on) for on in state.on), state.spare
        if end in self.seen or self.looks >= MOST_LOOKS:
            return
        self.seen.add(end)
        self.looks += 1
        used = {each.terms.pk for each in state.taken}
        after = [take(offer, state, self.goods) for offer in self.offers if offer.pk not in used]
        nexts = [each for each in after if each is not None]
        if self.greatest_first:
            nexts.sort(key=lambda each: -each.saved)
        most = state.saved + sum(each.saved - state.saved for each in nexts)
        for each in nexts:
            if most <= self.found.saved:
                return
            self.look_at(each)


def take(offer: Terms, state: Combination, goods: Sequence[Goods]) -> Combination | None:
    """Return what `state` becomes when `offer` is taken next; None when it gives nothing then."""
    open_ = {place for place in offer.counted | offer.reduced if _may_join(offer, state, place)}
    counted, reduced = sorted(offer.counted & open_), sorted(offer.reduced & open_)
    times = min(offer.times, _times(offer, [goods[place] for place in counted]))
    if times < 1 or not reduced:
        return None
    found = weigh(offer, times, counted, reduced, state.left, goods)
    spare = state.spare if offer.is_bounded else None
    parts = _parts(offer, times, found, spare)
    if not any(parts):
        return None
    return Combination(
        left=tuple(left - part for left, part in zip(state.left, parts, strict=True)),
        on=tuple((*on, offer) if place in open_ else on for place, on in enumerate(state.on)),
        taken=(*state.taken, Taken(offer, tuple(parts), found.pieces if offer.gives == Gives.CHEAPEST else times)),
        spare=state.spare if spare is None else spare - sum(parts),
        approved=state.approved,
    )


def _may_join(offer: Terms, state: Combination, place: int) -> bool:
    """Tell whether a line is open to `offer` beside those that count or reduce it."""
    on = state.on[place]
    return all(offer.shares_with(other) for other in on) and (state.approved is None or state.approved.lets(offer, on))


def missing(offer: Terms, goods: Sequence[Goods]) -> int:
    """Return what lacks until `offer` applies to `goods` alone: 分, pieces or products, as it needs; 0 when nothing."""
    return max(0, offer.threshold - offer.needs.count([goods[place] for place in sorted(offer.counted)]))


def _times(offer: Terms, counted: Sequence[Goods]) -> int:
    """Return how often an offer's condition is met. What is a part or a price of each piece covers all at once."""
    has = offer.needs.count(counted)
    if not counted or has < offer.threshold:
        return 0
    if offer.threshold < 1 or offer.gives in (Gives.PERCENT, Gives.PER_PIECE) or offer.needs == Needs.KINDS:
        return 1
    return has // offer.threshold


def _parts(offer: Terms, times: int, found: Weights, spare: int | None) -> list[int]:
    """Return 分 off for each line, none above what is left of it, all together within what the offer may give."""
    # Rounded once, half up; then split so that the parts add up. Only a percentage is not whole already.
    total = (sum(found.weights) + WHOLE_BP // 2) // WHOLE_BP
    if offer.gives == Gives.FIXED:
        total = min(total, offer.value * times)
    for most in (offer.most_fen, spare):
        total = total if most is None else min(total, max(0, most))
    return apportion(total, found.weights) if total else [0] * len(found.weights)
