"""What goes back of an order, or would, by way."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Priced, yuan
from shop.sales.models import OrderFacts
from shop.sales.queries.backs import NOTHING, Back, rest_would_go_back


class BackOut(Priced):
    bank: str = Field(description=gettext_noop("To a bank account: finance pays it."))
    other: str = Field(description=gettext_noop("The way it was paid."))
    waits: str = Field(description=gettext_noop("Did not leave yet."))


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
        "went_back": _back(went),
        "purchase_went_back": _back(of_purchase),
        "would_go_back": _back(would),
    }


def _back(back: Back) -> dict[str, str]:
    return {"bank": yuan(back.bank_fen), "other": yuan(back.other_fen), "waits": yuan(back.going_fen)}
