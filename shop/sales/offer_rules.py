"""Which offers of the platform's are deep, alone or with others: they need an end, a budget and a second person. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from shop.sales.reducing import WHOLE_BP, Gives, Needs

WHOLE_PERCENT = 100


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
    for an offer for everybody; `said`: what it gives for what; `seen`: the offers that it was approved to be used with,
    and what they said then.
    """

    pk: int | None
    part: Fraction
    is_exclusive: bool = False
    named: frozenset[int] = frozenset()
    coupons: frozenset[int] | None = None
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
        return not (_ends_before(self, other) or _ends_before(other, self))

    def has_seen(self, other: "Joining") -> bool:
        """Tell whether a second person approved one of both to be used with the other, as that one still is."""
        return (other.pk, other.said) in self.seen or (self.pk, self.said) in other.seen


def _ends_before(one: Joining, other: Joining) -> bool:
    return one.ends is not None and other.starts is not None and one.ends < other.starts


def deep_set(one: Joining, others: Collection[Joining], bound: Fraction) -> tuple[Joining, ...]:
    """Return others that take the part `bound` or more off the same goods together with `one`; empty where none do.

    What a second person has seen together is no new set: at least one of the others is beside `one` unseen.
    """
    beside = [each for each in others if each.pk != one.pk and one.joins(each)]
    for unseen in (each for each in beside if not one.has_seen(each)):
        rest = sorted((each for each in beside if each.pk != unseen.pk and each.joins(unseen)), key=lambda o: -o.part)
        found = _reaching(bound - one.part - unseen.part, rest)
        if found is not None:
            return (unseen, *found)
    return ()


def _reaching(lacks: Fraction, among: Sequence[Joining]) -> tuple[Joining, ...] | None:
    """Return some of `among`, each of which joins every other, that take `lacks` or more; None where none do."""
    if lacks <= 0:
        return ()
    for place, each in enumerate(among):
        if sum((other.part for other in among[place:]), Fraction(0)) < lacks:
            return None
        found = _reaching(lacks - each.part, [other for other in among[place + 1 :] if each.joins(other)])
        if found is not None:
            return (each, *found)
    return None
