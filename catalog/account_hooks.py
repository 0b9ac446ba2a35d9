"""What the catalogue adds to 我的: the reviewers' queue of goods."""

from typing import Any

from django.utils.translation import gettext as _

from catalog.queries.proposal_review import waiting_count
from shop.accounts.hooks import Shortcut
from shop.accounts.queries import reviewed_divisions


def account_rows(user: Any) -> list[Shortcut]:
    """Return the row of goods to review with how many wait, for who decides on them. Two queries at most, none for others."""
    if not user.has_perm("catalog.review_admissions"):
        return []
    return [
        Shortcut(
            _("Goods to review"),
            "/review/listings/",
            "citrus",
            waiting_count(reviewed_divisions(user)),
            "listing-queue",
        )
    ]
