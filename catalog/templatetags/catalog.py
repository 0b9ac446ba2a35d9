"""Template tags of the catalogue. They only display."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from catalog.queries.lists import FacetValue
from catalog.queries.tree import category_tree
from catalog.rules.units import exact_kilograms

register = template.Library()


@register.filter
def kilograms(grams: int) -> str:
    """Write grams as kg or t, as a certificate does: 1,250 kg, 37.5 kg, 32 t. To the gram: what is said adds up."""
    if grams >= 1_000_000 and grams % 100_000 == 0:
        return f"{grams / 1_000_000:,.1f}".removesuffix(".0") + " t"
    return f"{exact_kilograms(grams)} kg"


@register.simple_tag
def navigation_categories() -> list[dict[str, Any]]:
    """Return the categories of the navigation: name, url. From the cache."""
    return [{"name": node.name, "url": node.url} for node in category_tree().tops if node.in_navigation]


@register.simple_tag
def facet_boxes(values: Iterable[FacetValue], name: str = "") -> SafeString:
    """Draw boxes to tick, each with its count. Without `name`, each box is named after its value and means "1".

    One join of strings: as template loops these boxes were half of a list's cost.
    """
    return mark_safe(
        "".join(
            f'<label class="check"><input type="checkbox" name="{name or escape(each.value)}"'
            f' value="{escape(each.value) if name else 1}"{" checked" if each.on else ""}'
            f' data-testid="facet-{name or escape(each.value.replace("_", "-"))}">'
            f'<span class="grow">{escape(each.label)}</span>'
            f'<span class="amount">{"" if each.count is None else each.count}</span></label>'
            for each in values
        )
    )
