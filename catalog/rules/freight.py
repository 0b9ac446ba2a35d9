"""What it costs to send goods, by destination, weight and how they must travel. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a freight template. Weights in grams, amounts in 分."""

    division_prefix: str
    storage_class: str
    served: bool = True
    first_grams: int = 1000
    first_fen: int = 0
    step_grams: int = 1000
    step_fen: int = 0
    days_min: int = 1
    days_max: int = 3


@dataclass(frozen=True, slots=True)
class FreightQuote:
    """What sending costs; `served` false when some of the goods can't go there (`unserved` names how they travel)."""

    fen: int
    served: bool
    days_min: int
    days_max: int
    unserved: tuple[str, ...] = ()
    full_fen: int = 0
    to_free_fen: int | None = None


def rule_for(rules: Iterable[Rule], destination: str, storage_class: str) -> Rule | None:
    """Return the most specific rule for goods of `storage_class` to `destination` (a division code), if any."""
    fitting = [
        rule for rule in rules if rule.storage_class == storage_class and destination.startswith(rule.division_prefix)
    ]
    return max(fitting, key=lambda rule: len(rule.division_prefix), default=None)


def charge(rule: Rule, grams: int) -> int:
    """Return 分 for `grams` under `rule`: the first weight, then each begun step."""
    further = max(0, grams - rule.first_grams)
    return rule.first_fen + ceil(further / rule.step_grams) * rule.step_fen


def quote(
    rules: Iterable[Rule],
    *,
    destination: str,
    grams: Mapping[str, int],
    goods_fen: int,
    free_over_fen: int | None = None,
) -> FreightQuote:
    """Return what one supplier's goods cost to send: `grams` by storage class, `goods_fen` before discounts.

    Each storage class is a parcel of its own. Without any rule, goods go everywhere at no charge.
    """
    rules = list(rules)
    if not rules:
        return FreightQuote(fen=0, served=True, days_min=2, days_max=5)
    total, days_min, days_max, unserved = 0, 0, 0, []
    for storage_class, weight in sorted(grams.items()):
        rule = rule_for(rules, destination, storage_class)
        if rule is None or not rule.served:
            unserved.append(storage_class)
            continue
        total += charge(rule, weight)
        days_min, days_max = max(days_min, rule.days_min), max(days_max, rule.days_max)
    free = free_over_fen is not None and goods_fen >= free_over_fen
    missing = free_over_fen - goods_fen if free_over_fen is not None and not free and total else None
    return FreightQuote(
        fen=0 if free else total,
        served=not unserved,
        days_min=days_min,
        days_max=days_max,
        unserved=tuple(unserved),
        full_fen=total,
        to_free_fen=missing,
    )
