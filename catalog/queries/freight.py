"""Reading freight templates as pure rules."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from catalog.models import FreightRule
from catalog.rules.freight import Rule
from shop.core.prepared import Prepared


@dataclass(frozen=True)
class Freight:
    """A template's rules and the amount in 分 from which sending is free."""

    rules: tuple[Rule, ...] = ()
    free_over_fen: int | None = None


@dataclass
class _Draft:
    free_over_fen: int | None = None
    rules: list[Rule] = field(default_factory=list)


_rules_of = Prepared(
    lambda template_ids: FreightRule.objects.filter(template__in=template_ids).values_list(
        "template_id",
        "template__free_over_fen",
        "division_prefix",
        "storage_class",
        "served",
        "first_grams",
        "first_fen",
        "step_grams",
        "step_fen",
        "days_min",
        "days_max",
    )
)


def freight_of(template_ids: Iterable[int | None]) -> dict[int | None, Freight]:
    """Return the freight of each template, in one query; None and unknown ids send free everywhere."""
    wanted = {pk for pk in template_ids if pk}
    found: dict[int | None, Freight] = defaultdict(Freight)
    if not wanted:
        return found
    drafts: dict[int, _Draft] = defaultdict(_Draft)
    for row in _rules_of(sorted(wanted)):
        template_id, free_over = row[:2]
        drafts[template_id].free_over_fen = free_over
        drafts[template_id].rules.append(Rule(*row[2:]))
    for template_id, draft in drafts.items():
        found[template_id] = Freight(rules=tuple(draft.rules), free_over_fen=draft.free_over_fen)
    return found
