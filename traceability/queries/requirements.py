"""Which tests are required of goods, by the rules of a day."""

from datetime import date

from django.db.models import F, Q

from catalog.queries.tree import with_those_above
from traceability.models import KeepingLimit, TestRequirement
from traceability.rules.dates import KeepingTerm


def in_force(day: date) -> Q:
    """Return the condition of rules that are in force on a day."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))


def required_tests(category_id: int, day: date) -> list[str]:
    """Return the tests that goods of a category, or of one above it, need on `day`, by name. Three queries."""
    rows = TestRequirement.objects.filter(in_force(day), category__in=with_those_above(category_id)).order_by("item")
    return list(rows.values_list("item", flat=True).distinct())


def keeping_term(category_id: int, day: date) -> KeepingTerm:
    """Return how long goods of a category may be stored and keep on `day`: what is said of it, else of the nearest above.

    Four queries at most.
    """
    above = list(with_those_above(category_id))
    rows = KeepingLimit.objects.filter(in_force(day)).filter(Q(category__in=above) | Q(category__isnull=True))
    depth = F("category__depth").desc(nulls_last=True)
    row = rows.order_by(depth, "-valid_from", "-pk").first()
    if row is None:
        return KeepingTerm()
    return KeepingTerm(row.stored_days, row.keeps_days, is_general=row.category_id is None)


def requirements() -> list[TestRequirement]:
    """Return every rule, those in force or to come first. One query."""
    return list(TestRequirement.objects.select_related("category").order_by("-valid_from", "item"))
