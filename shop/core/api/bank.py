"""Bodies of bank transfers and of what was weighed, that the doors of buyers, units and finance share."""

from typing import Any, Literal, Protocol

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api.values import AsItIs, Body, Id, Moment, Priced, yuan


class BankAccountIn(Body):
    holder: str = Field(max_length=120)
    bank: str = Field(max_length=80, description=gettext_noop("With its branch."))
    number: str = Field(max_length=40)

    def facts(self) -> dict[str, Any]:
        """Return what the operation takes."""
        return {"holder": self.holder, "bank": self.bank, "number": self.number}


class SlipIn(Body):
    picture: AsItIs = Field(
        max_length=1_800_000,
        description=gettext_noop("The bank's slip as base64, JPEG or PNG; at most 1.3 MB."),
        examples=["/9j/4AAQ…"],
    )
    replaces: Id | None = Field(None, description=gettext_noop("The slip in whose place it comes."))


class MoneyCame(Priced):
    amount: str = Field(description=gettext_noop("What of it was booked here."))
    line: str = Field(
        description=gettext_noop("All that came in one amount, also what of it was credited to another purchase.")
    )
    credited_to: str = Field(description=gettext_noop("The purchase that the rest was credited to; empty for none."))
    came_from: str = Field(description=gettext_noop("The purchase that it was sent for, where it is credited here."))
    payer: str
    reference: str = Field(description=gettext_noop("The bank's number of the line; empty for what a provider took."))
    at: Moment


class MoneyWent(Priced):
    amount: str
    paid_at: Moment | None = Field(description=gettext_noop("When it was paid back; null while it is in progress."))
    reference: str = Field(description=gettext_noop("The bank's reference of the payment."))
    asked_at: Moment
    way: Literal["bank", "other"] = Field(
        description=gettext_noop("To a bank account, which finance pays, or the way it was paid.")
    )


class WeighedOut(Priced):
    weighed_grams: int = Field(description=gettext_noop("charged_grams + heavy_grams"))
    charged_grams: int
    heavy_grams: int = Field(description=gettext_noop("Above a piece's weight: costs nothing."))
    taken_grams: int = Field(description=gettext_noop("What was paid for, at the most: charged_grams + light_grams"))
    light_grams: int
    taken: str = Field(description=gettext_noop("charged + back"))
    charged: str
    back: str = Field(description=gettext_noop("Given back, or not charged where the goods come first."))


class _Came(Protocol):
    """What came (`shop.sales.queries.trails.Trail`, `shop.sales.queries.transfers.Transfer`)."""

    came: Any


class _Trail(_Came, Protocol):
    """What came and what goes or went back (`shop.sales.queries.trails.Trail`)."""

    back: Any


def show_came(trail: _Came) -> list[dict[str, Any]]:
    """Return what came, the oldest first."""
    return [
        {"amount": yuan(each.fen), "line": yuan(each.line_fen), "credited_to": each.credited_to}
        | {"came_from": each.came_from, "payer": each.payer, "reference": each.reference, "at": each.at}
        for each in trail.came
    ]


def show_went(trail: _Trail) -> list[dict[str, Any]]:
    """Return what goes or went back, the oldest first."""
    return [
        {"amount": yuan(each.fen), "paid_at": each.paid_at, "reference": each.reference, "asked_at": each.asked_at}
        | {"way": "bank" if each.is_by_hand else "other"}
        for each in trail.back
    ]


def show_weighed(found: Any) -> dict[str, Any] | None:
    """Return what was weighed and what it costs, None for nothing (`shop.sales.queries.weight_words.Weighed`)."""
    if found is None:
        return None
    grams = ("weighed_grams", "charged_grams", "heavy_grams", "taken_grams", "light_grams")
    return {name: getattr(found, name) for name in grams} | {
        "taken": yuan(found.taken_fen),
        "charged": yuan(found.charged_fen),
        "back": yuan(found.back_fen),
    }
