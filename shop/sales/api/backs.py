"""What goes back of an order, or would, by way."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api.bank import BackOut, IfCancelled, show_back, show_if_cancelled
from shop.sales.models import OrderFacts
from shop.sales.queries.backs import NOTHING, rest_would_go_back


class Backs(IfCancelled):
    """What goes back of an order and its purchase; part of how an order is told."""

    refund_waits: bool = Field(
        description=gettext_noop("Whether money of it or of its purchase still has to be paid back.")
    )
    went_back: BackOut = Field(description=gettext_noop("What goes or went back of it, by way."))
    purchase_went_back: BackOut = Field(
        description=gettext_noop("What goes or went back of its purchase, by way: what no order of it needs.")
    )


def show_backs(order: OrderFacts, can: Mapping[str, bool]) -> dict[str, Any]:
    """Return what goes or went back of an order and its purchase, and what would, as programs read them."""
    went, of_purchase = getattr(order, "went_back", NOTHING), getattr(order, "purchase_went_back", NOTHING)
    would = NOTHING
    if can["cancel"]:
        would = getattr(order, "would_go_back", NOTHING)
    elif can["cancel_rest"]:
        would = rest_would_go_back(order)
    return {
        "refund_waits": went.going_fen + of_purchase.going_fen > 0,
        "went_back": show_back(went),
        "purchase_went_back": show_back(of_purchase),
    } | show_if_cancelled(would)
