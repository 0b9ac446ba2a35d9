"""Who answers whose hooks. The one file to read to know which package takes part where."""

from typing import Any

from wagtail import signals as wagtail

from shop.core import pagecache


def connect() -> None:
    """Connect every hook; called once when the apps are ready."""
    for signal in (wagtail.page_published, wagtail.page_unpublished, wagtail.page_slug_changed):
        signal.connect(_forget_pages, dispatch_uid="pagecache")


def _forget_pages(**facts: Any) -> None:
    """Wagtail's own signals: a page appeared, changed or went."""
    pagecache.bump()
