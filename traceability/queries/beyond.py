"""What is on sale beyond the lots: pieces of products that are sent by lots, for which no harvest is recorded.

A product is sent by lots once one of its lots was packed. Its supplier is told for as long as they stand there, and asked
when the first lot is packed; buyers are promised no date for them. What stayed with a finished lot is named by
`queries.kept`, which knows the day by which it is taken off sale.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.queries import said
from catalog.queries.pools import pieces_of_listings
from shop.core.texts import sentences
from traceability.models import ProduceLot
from traceability.queries.kept import going, without_harvest
from traceability.queries.stopped import on_sale
from traceability.rules.holding import promised_short, uncovered
from traceability.states import LotState


@dataclass(frozen=True, slots=True)
class BeyondLots:
    """Pieces of a product that no lot of it covers, packed or not: on sale, and waiting in orders."""

    listing: Any
    on_sale: int
    in_orders: int

    @property
    def pieces(self) -> int:
        """How many there are."""
        return self.on_sale + self.in_orders

    @property
    def name(self) -> str:
        """The product's name in the reader's language."""
        return str(said(self.listing, "name"))


def beyond_lots(
    *,
    at: datetime,
    supplier_id: int | None = None,
    listing_ids: Collection[int] | None = None,
    among: Iterable[ProduceLot] | None = None,
) -> list[BeyondLots]:
    """Return what of a supplier's products, or of some, stands beyond their lots, the most pieces first.

    Products none of whose lots is open are no such case: nothing of them was promised, their page says what they wait
    for. One query without such lots, else two and those of `without_harvest`; one less with `among`, the supplier's
    lots that were read already (`recalled.lots_going`).
    """
    packed = ProduceLot.objects.filter(listing=OuterRef("listing"), state=LotState.OPEN, packed_grams__gt=0)
    rows = ProduceLot.objects.filter(Exists(packed), state__in=[LotState.OPEN, LotState.AWAITING])
    rows = rows.filter(Q(supplier=supplier_id) if listing_ids is None else Q(listing__in=listing_ids))
    lots: dict[int, list[ProduceLot]] = defaultdict(list)
    for lot in rows.select_related("listing").order_by("pk") if among is None else _by_packed(among):
        lots[lot.listing_id].append(lot)
    if not lots:
        return []
    kept: dict[int, tuple[int, int]] = {}
    for each in without_harvest(at=at, listing_ids=lots):
        sale, orders = kept.get(each.lot.listing_id, (0, 0))
        kept[each.lot.listing_id] = sale + each.rest.on_sale, orders + each.rest.in_orders
    pieces = pieces_of_listings(lots)
    found = []
    for listing_id, own in lots.items():
        shelf, sound = on_sale(pieces[listing_id]), going(own, at)
        sale, orders = kept.get(listing_id, (0, 0))
        row = BeyondLots(
            own[0].listing,
            max(0, sum(uncovered(shelf, sound).values()) - sale),
            max(0, sum(promised_short(shelf, sound).values()) - orders),
        )
        if row.pieces:
            found.append(row)
    return sorted(found, key=lambda each: (-each.pieces, each.listing.pk))


def _by_packed(lots: Iterable[ProduceLot]) -> list[ProduceLot]:
    """Return the open and awaited lots of products that have an open lot with something packed."""
    going_on = [lot for lot in lots if lot.state in (LotState.OPEN, LotState.AWAITING)]
    packed = {lot.listing_id for lot in going_on if lot.state == LotState.OPEN and lot.packed_grams}
    return [lot for lot in going_on if lot.listing_id in packed]


def beyond_words(each: BeyondLots) -> str:
    """Return how many pieces no lot covers, and what to do about them."""
    stand = ngettext(
        "%(name)s: %(n)d piece on your shelf is of no lot (on sale: %(sale)d, in orders: %(orders)d).",
        "%(name)s: %(n)d pieces on your shelf are of no lot (on sale: %(sale)d, in orders: %(orders)d).",
        each.pieces,
    ) % {"name": each.name, "n": each.pieces, "sale": each.on_sale, "orders": each.in_orders}
    return sentences(stand, _("Nothing of them can be sent: take off what is gone, or record the harvest they are of."))
