"""Which offers of the platform's are deep, alone or with others: they need an end, a budget and a second person. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from shop.sales.reducing import WHOLE_BP, Gives, Needs

WHOLE_PERCENT = 100
# So many sets are looked at; if none of them settles it, the offer waits. Far fewer are needed.
MOST_LOOKS = 20_000


def part_off(*, gives: Gives, value: int, needs: Needs, threshold: int) -> Fraction:
    """Return the greatest part that an offer may take off the goods that it needs.

    `value` is what it gives (1/100 of a percent, or 分), `threshold` what it needs (分, pieces or kinds). What says
    nothing of the goods' price - an amount off so many pieces - may be all of it.
    """
    if gives == Gives.PERCENT:
        return Fraction(value, WHOLE_BP)
    if gives == Gives.CHEAPEST and needs != Needs.VALUE and threshold > 0:
        return Fraction(1, threshold)
    if gives == Gives.FIXED and needs == Needs.VALUE and threshold > 0:
        return Fraction(value, threshold)
    return Fraction(1)


def most_off(goods_fen: int, percent: int) -> int:
    """Return 分 that offers which nobody approved may take off goods together."""
    return goods_fen * percent // WHOLE_PERCENT


@dataclass(frozen=True, slots=True)
class Joining:
    """What of an offer decides which others may apply to the same goods, and the part that it takes off.

    `named`: the offers that it says it may be used with, empty for all; `coupons`: the vouchers that turn it on, None
    for an offer for everybody; `goods`: the products that it counts or reduces, None for all; `said`: what it gives for
    what; `seen`: the offers that it was approved to be used with, and what they said then.
    """

    pk: int | None
    part: Fraction
    is_exclusive: bool = False
    named: frozenset[int] = frozenset()
    coupons: frozenset[int] | None = None
    goods: frozenset[int] | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    said: str = ""
    seen: frozenset[tuple[int | None, str]] = frozenset()

    def joins(self, other: "Joining") -> bool:
        """Tell whether both may apply to the same goods of one purchase, which has one coupon at most."""
        if self.is_exclusive or other.is_exclusive:
            return False
        if (self.named or other.named) and other.pk not in self.named and self.pk not in other.named:
            return False
        if self.coupons is not None and other.coupons is not None and not self.coupons & other.coupons:
            return False
        if self.goods is not None and other.goods is not None and not self.goods & other.goods:
            return False
        return not (_ends_before(self, other) or _ends_before(other, self))

    def has_seen(self, others: Iterable["Joining"]) -> bool:
        """Tell whether a second person approved it to be used with all of `others` at once, as they still are."""
        return all(other.pk == self.pk or (other.pk, other.said) in self.seen for other in others)


def _ends_before(one: Joining, other: Joining) -> bool:
    return one.ends is not None and other.starts is not None and one.ends < other.starts


def deep_set(one: Joining, others: Collection[Joining], bound: Fraction) -> tuple[Joining, ...]:
    """Return others that take the part `bound` or more off the same goods together with `one`; empty where none do.

    What a second person has seen is no new set: one word, on one of the set, that was given beside all the others.
    Several words on parts of it are none: each was given while some of the others were suspended.
    """
    beside = [each for each in others if each.pk != one.pk and one.joins(each)]
    beside.sort(key=lambda each: (one.has_seen([each]) or each.has_seen([one]), -each.part))
    search = _Sets(bound)
    found = search.unseen((one,), beside)
    return tuple(beside) if search.looks >= MOST_LOOKS else found


class _Sets:
    """Looks for a deep set whose offers may all be used with each other and that nobody has seen as a whole."""

    def __init__(self, bound: Fraction) -> None:
        self.bound = bound
        self.looks = 0

    def unseen(self, chosen: tuple[Joining, ...], among: Sequence[Joining]) -> tuple[Joining, ...]:
        """Return what stands beside the first in such a set, made of `chosen` and some of `among`; () where none is."""
        self.looks += 1
        part = sum((each.part for each in chosen), Fraction(0))
        if len(chosen) > 1 and part >= self.bound and not any(each.has_seen(chosen) for each in chosen):
            return chosen[1:]
        if part + sum((each.part for each in among), Fraction(0)) < self.bound:
            return ()
        if any(each.has_seen((*chosen, *among)) for each in chosen):
            return ()
        for place, each in enumerate(among):
            if self.looks >= MOST_LOOKS:
                return ()
            found = self.unseen((*chosen, each), [other for other in among[place + 1 :] if each.joins(other)])
            if found:
                return found
        return ()
