"""What Wagtail's own dialogs say about our pages besides."""

from typing import Any

from django import template
from wagtail.models import Page

from shop.accounts.queries import group_name
from shop.campaigns.queries.relatives import relatives

register = template.Library()


@register.simple_tag
def name_groups(form: Any) -> str:
    """Have the groups of Wagtail's form called as they are everywhere else."""
    form.fields["groups"].label_from_instance = group_name
    return ""


@register.simple_tag
def pages_that_follow(thing: Any) -> list[dict[str, str]]:
    """Return the pages that are as private as this one: its translations and aliases. None for a collection."""
    if not isinstance(thing, Page):
        return []
    found = relatives(thing)
    return [{"title": page.title, "language": page.locale.get_display_name(), "pk": str(page.pk)} for page in found]
