"""What campaign staff find in /cms/ besides Wagtail's own."""

from typing import Any

from wagtail import hooks

from shop.campaigns import choosers


@hooks.register("register_admin_viewset")
def register_choosers() -> list[Any]:
    """Add the choosers of products, villages and live rooms."""
    return [choosers.listings, choosers.villages, choosers.rooms]
