"""The slips of transfers, as the API shows them."""

import base64
from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Answer, Moment
from shop.core.private_files import private_storage
from shop.sales.models import TransferSlip


class SlipOut(Answer):
    type: str = Field(examples=["image/webp"])
    content: str = Field(description=gettext_noop("The picture as base64."))
    added_at: Moment


class Slips(Answer):
    items: list[SlipOut]


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
