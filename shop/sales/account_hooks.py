"""What sales adds to the account: adoption at login, tiles and rows of 我的."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from shop.accounts.hooks import Shortcut
from shop.sales.operations.adopting import adopt_guest_purchases
from shop.sales.queries.orders import owned_orders, tab_counts
from shop.sales.queries.received import bought_here
from shop.sales.visitors import Visitor, bought_in

ICONS = {"unpaid": "wallet", "to_ship": "package", "shipped": "truck", "to_review": "star", "after_sale": "headset"}


def adopt(request: HttpRequest, user: Any, at: datetime) -> None:
    """Take over what was bought as a guest in this browser with the account's phone; say how the rest is kept."""
    hashes = bought_in(request)
    adopt_guest_purchases(user=user, at=at, token_hashes=hashes)
    if bought_here(hashes):
        messages.info(
            request,
            _(
                "You bought as a guest in this browser, with another phone. A code to that phone takes these orders into "
                "your account: My orders."
            ),
        )


def order_shortcuts(user: Any) -> list[Shortcut]:
    """Return the tiles of one's orders with how many wait. One query."""
    counts = tab_counts(owned_orders(Visitor.of(user)))
    labels = {
        "unpaid": _("To be paid"),
        "to_ship": _("To be shipped"),
        "shipped": _("On the way"),
        "to_review": _("To review"),
        "after_sale": _("After-sales"),
    }
    return [
        Shortcut(label, f"/account/orders/?state={code}", ICONS[code], counts[code], f"orders-{code.replace('_', '-')}")
        for code, label in labels.items()
    ]


def account_rows(user: Any) -> list[Shortcut]:
    """Return the rows of favourites and reminders, of the reviewers' queue for who decides there, of reports."""
    rows = [
        Shortcut(_("Favourites"), "/account/favourites/", "heart", testid="my-favourites"),
        Shortcut(_("Reminders"), "/account/reminders/", "clock", testid="my-reminders"),
    ]
    if user.has_perm("sales.moderate_reviews"):
        rows.append(Shortcut(_("Reviews to look at"), "/review/", "proven", testid="review-queue"))
    if user.has_perm("sales.decide_transfers"):
        rows.append(Shortcut(_("Bank transfers"), "/review/transfers/", "wallet", testid="transfers"))
        rows.append(Shortcut(_("Refunds to pay out"), "/review/payouts/", "rotate-ccw", testid="payouts"))
    if user.has_perm("sales.view_reports"):
        rows.append(Shortcut(_("Sales reports"), "/reports/", "chart", testid="reports"))
    return rows
