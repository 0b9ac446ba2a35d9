"""The trail of a purchase's money and the slips of its transfers, as the API shows them."""

import base64
from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Answer, Body, Moment, Priced, yuan
from shop.core.private_files import private_storage
from shop.sales.models import TransferSlip
from shop.sales.queries.trails import Trail


class MoneyCame(Priced):
    amount: str
    payer: str
    reference: str = Field(description=gettext_noop("The bank's number of the line; empty for what a provider took."))
    at: Moment


class MoneyWent(Priced):
    amount: str
    paid_at: Moment | None = Field(description=gettext_noop("When it was paid back; null while it is in progress."))
    reference: str = Field(description=gettext_noop("The bank's reference of the payment."))
    asked_at: Moment


class SlipIn(Body):
    picture: str = Field(
        max_length=1_800_000,
        description=gettext_noop("The bank's slip as base64, JPEG or PNG; at most 1.3 MB."),
        examples=["/9j/4AAQ…"],
    )


class SlipOut(Answer):
    type: str = Field(examples=["image/webp"])
    content: str = Field(description=gettext_noop("The picture as base64."))
    added_at: Moment


class Slips(Answer):
    items: list[SlipOut]


def show_came(trail: Trail) -> list[dict[str, Any]]:
    """Return what came, the oldest first."""
    return [
        {"amount": yuan(each.fen), "payer": each.payer, "reference": each.reference, "at": each.at}
        for each in trail.came
    ]


def show_went(trail: Trail) -> list[dict[str, Any]]:
    """Return what goes or went back, the oldest first."""
    return [
        {"amount": yuan(each.fen), "paid_at": each.paid_at, "reference": each.reference, "asked_at": each.asked_at}
        for each in trail.back
    ]


def show_slips(payment_id: int) -> dict[str, Any]:
    """Return the slips of a transfer, for who was found to be concerned."""
    rows = TransferSlip.objects.filter(payment=payment_id).select_related("picture").order_by("pk")
    return {
        "items": [
            {"type": "image/webp", "content": _content(row.picture.key, row.picture.widths), "added_at": row.added_at}
            for row in rows
        ]
    }


def _content(key: str, widths: list[int]) -> str:
    with private_storage().open(f"{key}-{max(widths or [240])}.webp") as stream:
        return base64.b64encode(stream.read()).decode()
