"""Pages that are one page to staff: its languages and its aliases."""

from django.db.models import Q
from wagtail.models import Page


def relatives(page: Page) -> list[Page]:
    """Return the translations and aliases of a page, and those of these, without itself. One query for each step."""
    found: dict[int, Page] = {page.pk: page}
    fresh = [page]
    while fresh:
        near = Page.objects.exclude(pk__in=found).filter(
            Q(translation_key__in=[each.translation_key for each in fresh])
            | Q(alias_of__in=[each.pk for each in fresh])
            | Q(pk__in=[each.alias_of_id for each in fresh if each.alias_of_id])
        )
        fresh = list(near.select_related("locale").order_by("path"))
        found |= {each.pk: each for each in fresh}
    return [each for each in found.values() if each.pk != page.pk]
