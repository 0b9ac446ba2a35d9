"""Template tags of the catalogue. They only display."""

from typing import Any

from django import template

from catalog.queries.tree import category_tree

register = template.Library()


@register.simple_tag
def navigation_categories() -> list[dict[str, Any]]:
    """Return the categories of the navigation: name, url. From the cache."""
    return [{"name": node.name, "url": node.url} for node in category_tree().tops if node.in_navigation]
