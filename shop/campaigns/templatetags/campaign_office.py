"""What Wagtail's own dialogs say about our pages besides."""

from typing import Any

from django import template
from wagtail.models import Page

from shop.campaigns.queries.relatives import relatives

register = template.Library()


@register.simple_tag
def pages_that_follow(thing: Any) -> list[dict[str, str]]:
    """Return the pages that are as private as this one: its translations and aliases. None for a collection."""
    if not isinstance(thing, Page):
        return []
    found = relatives(thing)
    return [{"title": page.title, "language": page.locale.get_display_name(), "pk": str(page.pk)} for page in found]
