"""What goes back of an order, or would, by way."""

from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Priced, yuan
from shop.sales.models import OrderFacts
from shop.sales.queries.backs import NOTHING, Back


class BackOut(Priced):
    bank: str = Field(description=gettext_noop("To a bank account: finance pays it."))
    other: str = Field(description=gettext_noop("The way it was paid."))
    waits: str = Field(description=gettext_noop("Did not leave yet."))


def show_backs(order: OrderFacts, *, can_cancel: bool) -> dict[str, Any]:
    """Return what goes or went back of an order, and what would, as programs read them."""
    went, would = getattr(order, "went_back", NOTHING), getattr(order, "would_go_back", NOTHING)
    return {
        "refund_waits": went.going_fen > 0,
        "went_back": _back(went),
        "would_go_back": _back(would if can_cancel else NOTHING),
    }


def _back(back: Back) -> dict[str, str]:
    return {"bank": yuan(back.bank_fen), "other": yuan(back.other_fen), "waits": yuan(back.going_fen)}
