"""Who answers whose hooks. The one file to read to know which package takes part where.

Imported once the apps are ready, so it may import what it connects.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from wagtail import signals as wagtail

from catalog import hooks
from shop.accounts import hooks as accounts
from shop.accounts.models import User
from shop.core import pagecache
from shop.sales.operations import adopting, baskets, privacy
from shop.sales.queries.reviews import reviews_of


def connect() -> None:
    """Connect every hook; called once when the apps are ready."""
    hooks.connect_reviews(reviews_of)
    accounts.connect(accounts.on_login, baskets.merge_on_login)
    accounts.connect(accounts.on_login, _adopt_purchases)
    accounts.connect(accounts.export_of, privacy.export_purchases)
    accounts.connect(accounts.erase_from, privacy.erase_buyer)
    for signal in (wagtail.page_published, wagtail.page_unpublished, wagtail.page_slug_changed):
        signal.connect(_forget_pages, dispatch_uid="pagecache")


def _adopt_purchases(request: HttpRequest, user: User, at: datetime) -> None:
    """A proved phone brings the purchases that were made with it as a guest."""
    adopting.adopt_guest_purchases(user=user, at=at)


def _forget_pages(**facts: Any) -> None:
    """Wagtail's own signals: a page appeared, changed or went."""
    pagecache.bump()
