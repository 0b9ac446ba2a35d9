"""What orders wait while no sound lot is there, in the reader's language."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.core.texts import sentences
from traceability.hooks import Waiting, waiting_of
from traceability.models import ParcelLot, ProduceLot

NAMED_AT_MOST = 5


def waiting_once_gone(lot: ProduceLot, at: datetime) -> Waiting:
    """Return what would wait without a sound lot if a lot were finished now; nothing where no more waits than now."""
    after = waiting_of(lot.listing_id, at, {lot.pk})
    return after if after.exceeds(waiting_of(lot.listing_id, at)) else Waiting()


def waiting_words(waiting: Waiting) -> str:
    """Return how many orders wait without goods, paid and not, and what becomes of them; "" for none."""
    return sentences(_paid_words(waiting), _unpaid_words(waiting))


def _unpaid_words(waiting: Waiting) -> str:
    if not waiting.unpaid_pieces:
        return ""
    return ngettext(
        "%(orders)d order that is not paid yet holds %(pieces)d pieces that no sound lot has.",
        "%(orders)d orders that are not paid yet hold %(pieces)d pieces that no sound lot has.",
        waiting.unpaid_orders,
    ) % {"orders": waiting.unpaid_orders, "pieces": waiting.unpaid_pieces}


def _paid_words(waiting: Waiting) -> str:
    if not waiting.pieces:
        return ""
    counted = ngettext(
        "%(orders)d paid order waits for %(pieces)d pieces, and no sound lot has them.",
        "%(orders)d paid orders wait for %(pieces)d pieces, and no sound lot has them.",
        waiting.orders,
    ) % {"orders": waiting.orders, "pieces": waiting.pieces}
    named = ", ".join(waiting.numbers[:NAMED_AT_MOST]) + (" …" if len(waiting.numbers) > NAMED_AT_MOST else "")
    counted = _("%(counted)s Orders: %(numbers)s.") % {"counted": counted, "numbers": named} if named else counted
    rest = _("They stay open: send them from a new lot, or cancel them, and the buyers get their money back.")
    return sentences(counted, rest)


@dataclass(frozen=True, slots=True)
class Concerned:
    """What is concerned when lots are stopped: parcels that are out, orders that wait, pieces that leave the sale."""

    lots: tuple[str, ...]
    parcels: int
    sent_pieces: int
    waiting: Waiting
    on_sale: int

    @property
    def is_any(self) -> bool:
        """Whether anything is."""
        return bool(self.parcels or self.waiting.is_any or self.on_sale)

    @property
    def facts(self) -> dict[str, Any]:
        """The figures, as every door says them."""
        own = {"parcels": self.parcels, "sent_pieces": self.sent_pieces, "on_sale": self.on_sale}
        return {"lots": list(self.lots)} | own | self.waiting.facts


def parcels_with(lot_ids: Collection[int]) -> tuple[int, int]:
    """Return how many parcels went out with goods of lots, and how many pieces. One query."""
    rows = ParcelLot.objects.filter(lot__in=lot_ids)
    found = rows.aggregate(parcels=Count("parcel", distinct=True), pieces=Sum("pieces", default=0))
    return found["parcels"], found["pieces"]


def concerned_words(concerned: Concerned) -> str:
    """Return what a failed test that stops lots sets off."""
    stopped = _("Nothing more of lot %(lots)s is sent.") % {"lots": ", ".join(concerned.lots)}
    sent = leaves = ""
    if concerned.parcels:
        words = ngettext(
            "%(parcels)d parcel with %(pieces)d pieces has gone out already: the lot is recalled, and there is no way"
            " back.",
            "%(parcels)d parcels with %(pieces)d pieces have gone out already: the lot is recalled, and there is no way"
            " back.",
            concerned.parcels,
        )
        sent = words % {"parcels": concerned.parcels, "pieces": concerned.sent_pieces}
    if concerned.on_sale:
        words = ngettext(
            "%(n)d piece is not for sale any more.", "%(n)d pieces are not for sale any more.", concerned.on_sale
        )
        leaves = words % {"n": concerned.on_sale}
    return sentences(stopped, sent, waiting_words(concerned.waiting), leaves)
