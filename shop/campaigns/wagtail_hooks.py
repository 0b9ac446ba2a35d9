"""What campaign staff find in /cms/ besides Wagtail's own."""

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks

from shop.campaigns import choosers


@hooks.register("register_admin_viewset")
def register_choosers() -> list[Any]:
    """Add the choosers of products, villages and live rooms."""
    return [choosers.listings, choosers.villages, choosers.rooms]


@hooks.register("insert_global_admin_css")
def fit_phones() -> str:
    """Return the link to the styles that keep its lists readable on a phone."""
    return format_html('<link rel="stylesheet" href="{}">', static("back-office/cms.css"))
