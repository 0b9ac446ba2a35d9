"""Which tests are required of goods, by the rules of a day."""

from datetime import date

from django.db.models import Q

from catalog.queries.tree import with_those_above
from traceability.models import TestRequirement


def in_force(day: date) -> Q:
    """Return the condition of rules that are in force on a day."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))


def required_tests(category_id: int, day: date) -> list[str]:
    """Return the tests that goods of a category, or of one above it, need on `day`, by name. Three queries."""
    rows = TestRequirement.objects.filter(in_force(day), category__in=with_those_above(category_id)).order_by("item")
    return list(rows.values_list("item", flat=True).distinct())


def requirements() -> list[TestRequirement]:
    """Return every rule, those in force or to come first. One query."""
    return list(TestRequirement.objects.select_related("category").order_by("-valid_from", "item"))
