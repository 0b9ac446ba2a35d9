"""Pieces that stayed on sale when their lot was finished, since they are of another harvest, as the changes tell."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from catalog.models import StockChange
from catalog.states import StockChangeKind

# What a supplier takes off by hand, or finds missing, is not there to be sold any more.
_BY_HAND = (StockChangeKind.ADJUSTED, StockChangeKind.STOCKTAKE)


@dataclass(frozen=True, slots=True)
class KeptPieces:
    """What stayed with the lot of a pool (`lot:7`): (net grams, pieces) of it that nobody took off by hand since."""

    listing_id: int
    lot_pool: str
    pieces: tuple[tuple[int, int], ...]
    at: datetime
    note: str


def pieces_kept(
    *, supplier_id: int | None = None, listing_ids: Collection[int] | None = None, before: datetime | None = None
) -> list[KeptPieces]:
    """Return what stayed on sale with finished lots, the first first: of a supplier's products, some, or all.

    `before`: only what was said by then. One query where nothing stayed, else two.
    """
    rows = StockChange.objects.filter(kind=StockChangeKind.KEPT, counted__gt=0)
    if supplier_id is not None:
        rows = rows.filter(stockrecord__specification__listing__supplier=supplier_id)
    if listing_ids is not None:
        rows = rows.filter(stockrecord__specification__listing__in=listing_ids)
    if before is not None:
        rows = rows.filter(at__lte=before)
    own = rows.annotate(
        weighs=F("stockrecord__specification__net_grams"), listing=F("stockrecord__specification__listing_id")
    )
    found: dict[str, KeptPieces] = {}
    kept = list(own.order_by("pk"))
    taken = _taken_by_hand({row.stockrecord_id for row in kept}, kept[0].pk) if kept else []
    for row in kept:
        counted = row.counted or 0
        gone = min(counted, sum(pieces for record, pk, pieces in taken if record == row.stockrecord_id and pk > row.pk))
        own_pieces = ((max(row.weighs or 1, 1), counted - gone),)
        known = found.get(row.reference)
        found[row.reference] = KeptPieces(
            row.listing, row.reference, (known.pieces if known else ()) + own_pieces, known.at if known else row.at,
            row.note,
        )  # fmt: skip
    return list(found.values())


def _taken_by_hand(stockrecord_ids: Collection[int], since: int) -> list[tuple[int, int, int]]:
    """Return (stock record, change, pieces) of what was taken off by hand after a change."""
    rows = StockChange.objects.filter(stockrecord__in=stockrecord_ids, pk__gt=since, kind__in=_BY_HAND, pieces__lt=0)
    return [(record, pk, -pieces) for record, pk, pieces in rows.values_list("stockrecord_id", "pk", "pieces")]


def taken_by_hand(stockrecord_ids: Collection[int], *, after: datetime) -> list[tuple[int, datetime, int]]:
    """Return (stock record, when, pieces) of what was taken off by hand, or found missing, after a moment. One query."""
    rows = StockChange.objects.filter(stockrecord__in=stockrecord_ids, at__gt=after, kind__in=_BY_HAND, pieces__lt=0)
    found = rows.order_by("pk").values_list("stockrecord_id", "at", "pieces")
    return [(record, at, -pieces) for record, at, pieces in found]
