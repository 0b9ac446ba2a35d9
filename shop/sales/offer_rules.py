"""Which offers of the platform's are deep, alone or with others: they need an end, a budget and a second person. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from shop.sales.reducing import WHOLE_BP, Gives, Needs

WHOLE_PERCENT = 100
# So many sets are looked at; if none of them settles it, the offer waits. Far fewer are needed.
MOST_LOOKS = 20_000
# What has no start, or no end.
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


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
    for an offer for everybody; `goods`: the products that it counts or reduces, None for all; `terms`: all that it says
    (as an approval keeps it); `seen`: the offers that it was approved to be used with, and what they said then.
    """

    pk: int | None
    part: Fraction
    is_exclusive: bool = False
    named: frozenset[int] = frozenset()
    coupons: frozenset[int] | None = None
    goods: frozenset[int] | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

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
        """Tell whether a second person approved it to be used with all of `others` at once, as they are or deeper."""
        return all(
            other.pk == self.pk or (other.pk in self.seen and covers(self.seen[other.pk], other.terms))
            for other in others
        )


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


def says_the_same(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Tell whether two versions of an offer's terms are the same but for names: those take nothing off."""
    return _nameless(was) == _nameless(now)


def _nameless(terms: Mapping[str, Any]) -> dict[str, Any]:
    bare = {name: value for name, value in terms["offer"].items() if name != "name"}
    ranges = {
        pk: {word: value for word, value in held.items() if word != "name"}
        for pk, held in terms.get("ranges", {}).items()
    }
    return {"offer": bare, "ranges": ranges}


def covers(approved: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Tell whether who approved an offer's terms need not see those of now: they take off no more, and for no longer.

    Both are what an approval keeps. What ranges hold is compared where both say it.
    """
    if approved.get("offer") != now.get("offer") and not _takes_no_more(approved["offer"], now["offer"]):
        return False
    ranges = approved.get("ranges", {})
    return all(_is_within(ranges[pk], held) for pk, held in now.get("ranges", {}).items() if pk in ranges)


def _takes_no_more(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Compare what two versions of an offer say; their names take nothing off."""
    (need, least, needs_of), (needed, at_least, needed_of) = was["needs"], now["needs"]
    (kind, value, gives_on, pieces), (gives, given, given_on, at_most) = was["gives"], now["gives"]
    return (
        # With a coupon fewer have it than all do.
        now["type"] in (was["type"], "Voucher")
        and (was["exclusive"], now["exclusive"]) != (True, False)
        and (need, needs_of, kind, gives_on) == (needed, needed_of, gives, given_on)
        and at_least >= least
        and given <= value
        and all(
            _is_no_more(was[name], now[name])
            for name in ("most_fen", "most_uses", "most_uses_each", "most_uses_basket")
        )
        and _is_no_more(pieces, at_most)
        and _moment(was["starts"], FIRST) <= _moment(now["starts"], FIRST)
        and _moment(now["ends"], LAST) <= _moment(was["ends"], LAST)
    )


def _is_no_more(was: int | None, now: int | None) -> bool:
    """Compare two bounds; None is none."""
    return was is None or (now is not None and now <= was)


def _moment(said: str, never: datetime) -> datetime:
    """Return a moment of an offer's terms to the second, as a form keeps it; `never` for none."""
    return (datetime.fromisoformat(said) if said else never).replace(microsecond=0)


def _is_within(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Tell whether a range names no goods that it did not name."""
    is_in = was["all"] or (
        not now["all"] and all(set(now[kind]) <= set(was[kind]) for kind in ("products", "categories", "classes"))
    )
    return is_in and all(set(was[kind]) <= set(now[kind]) for kind in ("excluded", "without"))
