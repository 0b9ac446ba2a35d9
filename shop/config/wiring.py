"""Who answers whose hooks. The one file to read to know which package takes part where."""

from typing import Any

from wagtail import signals as wagtail

from catalog import hooks
from shop.core import pagecache
from shop.sales.queries.reviews import reviews_of


def connect() -> None:
    """Connect every hook; called once when the apps are ready."""
    hooks.connect_reviews(reviews_of)
    for signal in (wagtail.page_published, wagtail.page_unpublished, wagtail.page_slug_changed):
        signal.connect(_forget_pages, dispatch_uid="pagecache")


def _forget_pages(**facts: Any) -> None:
    """Wagtail's own signals: a page appeared, changed or went."""
    pagecache.bump()
