"""What goes back of an order, or would, by way."""

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Priced, yuan
from shop.sales.queries.backs import Back


class BackOut(Priced):
    bank: str = Field(description=gettext_noop("To a bank account: finance pays it."))
    other: str = Field(description=gettext_noop("The way it was paid."))
    waits: str = Field(description=gettext_noop("Did not leave yet."))


def show_back(back: Back) -> dict[str, str]:
    """Return it as programs read it."""
    return {"bank": yuan(back.bank_fen), "other": yuan(back.other_fen), "waits": yuan(back.going_fen)}
