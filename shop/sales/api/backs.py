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
    waits: str = Field(description=gettext_noop("Did not leave yet: bank_waits + other_waits"))
    bank_waits: str = Field(description=gettext_noop("To a bank account, not paid by finance yet."))
    other_waits: str = Field(description=gettext_noop("The way it was paid, under way."))
    given_back: str = Field(description=gettext_noop("Left already: bank + other - waits"))


class Backs(Priced):
    """What goes back of an order and its purchase; part of how an order is told."""

    refund_waits: bool = Field(
        description=gettext_noop("Whether money of it or of its purchase still has to be paid back.")
    )
    went_back: BackOut = Field(description=gettext_noop("What goes or went back of it, by way."))
    purchase_went_back: BackOut = Field(
        description=gettext_noop("What goes or went back of its purchase, by way: what no order of it needs.")
    )
    would_go_back: BackOut = Field(
        description=gettext_noop(
            "What would go back, by way, if what can be cancelled now were: all of it or, once a parcel left, the rest."
        )
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
        "went_back": _back(went),
        "purchase_went_back": _back(of_purchase),
        "would_go_back": _back(would),
    }


def _back(back: Back) -> dict[str, str]:
    return {
        "bank": yuan(back.bank_fen),
        "other": yuan(back.other_fen),
        "waits": yuan(back.going_fen),
        "bank_waits": yuan(back.waits_fen),
        "other_waits": yuan(back.other_going_fen),
        "given_back": yuan(back.gone_fen),
    }
