"""Accepting goods at the door: per line, with photos where something is short."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.operations.pictures import store_pictures
from procurement.models import AcceptancePhoto, GoodsAcceptance, UnitOrder
from procurement.operations.permissions import APPROVER, BUYER, must_be
from shop.core.errors import InvalidInput
from shop.sales.operations.receipts import accept_order

MOST_PHOTOS = 6


def accept_goods(
    *,
    order_id: int,
    accepted: Mapping[int, int],
    actor: Any,
    at: datetime,
    note: str = "",
    photos: Sequence[IO[bytes]] = (),
) -> GoodsAcceptance:
    """Accept an order of a unit (line id → pieces that arrived well); what is short is not charged, or given back.

    Raises TooMuch (field `accepted-<line>`) beyond what was sent, InvalidInput for a photo that is none or more than
    six of them, WrongState when the order is not on its way, NotAllowed for others than the unit's buyers.
    """
    if len(photos) > MOST_PHOTOS:
        raise InvalidInput(_("At most %(most)d photos.") % {"most": MOST_PHOTOS}, field="photos")
    with transaction.atomic():
        row = UnitOrder.objects.select_related("unit__organisation").get(pk=order_id)
        must_be(actor, row.unit, BUYER, APPROVER)
        short_fen = accept_order(order_id=order_id, accepted=accepted, actor=actor, at=at, note=note)
        acceptance = GoodsAcceptance.objects.create(
            order_id=order_id, unit=row.unit, short_fen=short_fen, note=note.strip()[:200], actor_id=actor.pk, at=at
        )
        pictures = store_pictures(uploads=photos, alt_zh=_("Photo of the acceptance"), actor=actor, at=at)
        AcceptancePhoto.objects.bulk_create(
            [AcceptancePhoto(acceptance=acceptance, picture=picture) for picture in pictures]
        )
        return acceptance
