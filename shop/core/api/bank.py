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


class BackOut(Priced):
    bank: str = Field(description=gettext_noop("To a bank account: finance pays it."))
    other: str = Field(description=gettext_noop("The way it was paid."))
    waits: str = Field(description=gettext_noop("Did not leave yet: bank_waits + other_waits"))
    bank_waits: str = Field(description=gettext_noop("To a bank account, not paid by finance yet."))
    other_waits: str = Field(description=gettext_noop("The way it was paid, under way."))
    given_back: str = Field(description=gettext_noop("Left already: bank + other - waits"))


class IfCancelled(Priced):
    """What would become of the money of an order, as part of how the order is told."""

    would_go_back: BackOut = Field(
        description=gettext_noop(
            "What would go back, by way, if what can be cancelled now were: all of it or, once a parcel left, the rest."
        )
    )
    stays_then: str = Field(
        description=gettext_noop("What came for its unpaid purchase and would stay for the other orders then.")
    )
    left_then: str = Field(
        description=gettext_noop("What would still be to be paid for the other orders of its unpaid purchase then.")
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


class _Back(Protocol):
    """What goes back by way (`shop.sales.queries.backs.Back`)."""

    @property
    def bank_fen(self) -> int: ...

    @property
    def other_fen(self) -> int: ...

    @property
    def waits_fen(self) -> int: ...

    @property
    def going_fen(self) -> int: ...

    @property
    def other_going_fen(self) -> int: ...

    @property
    def gone_fen(self) -> int: ...


class _IfCancelled(_Back, Protocol):
    """What would go back, stay, and be left to pay (`shop.sales.queries.backs.Back`)."""

    @property
    def stays_fen(self) -> int: ...

    @property
    def rest_fen(self) -> int: ...


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


def show_back(back: _Back) -> dict[str, str]:
    """Return what goes back, or would, by way."""
    return {
        "bank": yuan(back.bank_fen),
        "other": yuan(back.other_fen),
        "waits": yuan(back.going_fen),
        "bank_waits": yuan(back.waits_fen),
        "other_waits": yuan(back.other_going_fen),
        "given_back": yuan(back.gone_fen),
    }


def show_if_cancelled(back: _IfCancelled) -> dict[str, Any]:
    """Return what would become of an order's money if it were cancelled now."""
    return {
        "would_go_back": show_back(back),
        "stays_then": yuan(back.stays_fen),
        "left_then": yuan(back.rest_fen),
    }
