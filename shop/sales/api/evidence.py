"""The photos of an after-sales case: private, so they come in the answer and have no address."""

import base64
from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Answer
from shop.core.private_files import private_storage
from shop.sales.models import AfterSalePicture


class EvidencePhotoOut(Answer):
    side: str = Field(examples=["buyer"])
    type: str = Field(examples=["image/webp"])
    content: str = Field(description=gettext_noop("The picture as base64."))


class CasePhotos(Answer):
    items: list[EvidencePhotoOut]


def photos_of(case_id: int) -> dict[str, Any]:
    """Return the photos of a case, for who was found to be concerned."""
    rows = AfterSalePicture.objects.filter(case=case_id, picture__is_private=True).select_related("picture")
    return {
        "items": [
            {"side": row.side, "type": "image/webp", "content": _content(row.picture.key, max(row.picture.widths))}
            for row in rows.order_by("pk")
        ]
    }


def _content(key: str, width: int) -> str:
    with private_storage().open(f"{key}-{width}.webp") as stream:
        return base64.b64encode(stream.read()).decode()
