"""What procurement adds to 我的: the way to one's units and gifts."""

from typing import Any

from django.utils.translation import gettext as _

from procurement.queries.units import seats_of
from shop.accounts.hooks import Shortcut


def account_rows(user: Any) -> list[Shortcut]:
    """Return the rows of the units' console, for who acts for one, and of one's gifts. One query."""
    rows = [Shortcut(_("My gifts"), "/pledges/mine/", "gift", testid="my-gifts")]
    if seats_of(user):
        rows.insert(0, Shortcut(_("Units' console"), "/units/", "bank", testid="my-units"))
    return rows
