"""Goods that stay on sale with no lot behind them: said to be of another harvest when their lot was finished.

That harvest is to be recorded by a day (`HarvestTerm`); what no lot covers then leaves the shelf (`operations.kept`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.queries import said
from catalog.queries.kept import KeptPieces, pieces_kept
from catalog.queries.pools import pieces_of_listings
from shop.core import audit
from shop.core.texts import sentences
from shop.core.times import full_day
from traceability.models import HarvestTerm, ProduceLot
from traceability.queries.stopped import on_sale
from traceability.rules.fefo import Candidate
from traceability.rules.holding import OnShelf, Rest, rest_of_lot
from traceability.states import LotKind, LotState

SETTLED = "kept_settled"


@dataclass(frozen=True, slots=True)
class WithoutHarvest:
    """Pieces that stayed with a finished lot and whose harvest is not recorded. `due_on`: the last day for it, if any.

    `owed_grams`: what those of them weigh that wait in orders.
    """

    lot: ProduceLot
    rest: Rest
    due_on: date | None
    note: str
    owed_grams: int = 0

    @property
    def name(self) -> str:
        """The product's name in the reader's language."""
        return str(said(self.lot.listing, "name"))

    def is_over(self, at: datetime) -> bool:
        """Tell whether its day has passed."""
        return self.due_on is not None and timezone.localdate(at) > self.due_on


def due_on(kept_at: datetime) -> date | None:
    """Return the last day to record the harvest of what stayed on sale at a moment; None where no term was in force."""
    day = timezone.localdate(kept_at)
    term = HarvestTerm.in_force(day)
    return day + timedelta(days=term.days) if term else None


def without_harvest(
    *, at: datetime, supplier_id: int | None = None, listing_ids: Collection[int] | None = None
) -> list[WithoutHarvest]:
    """Return what stays on sale with no harvest recorded, of a supplier's products or of some, the first first.

    One query where nothing ever stayed; else six and one for each moment's term.
    """
    kept = pieces_kept(supplier_id=supplier_id, listing_ids=listing_ids)
    return _without_harvest(kept, at) if kept else []


def _without_harvest(kept: list[KeptPieces], at: datetime) -> list[WithoutHarvest]:
    ids = {int(each.lot_pool.partition(":")[2]): each for each in kept}
    settled = {int(entry.object_id) for entry in audit.entries(object_kind="lot", object_ids=ids, action=SETTLED)}
    lots = ProduceLot.objects.filter(pk__in=ids.keys() - settled).select_related("listing").in_bulk()
    by_listing: dict[int, list[ProduceLot]] = defaultdict(list)
    for pk in ids:
        if pk in lots:
            by_listing[lots[pk].listing_id].append(lots[pk])
    if not by_listing:
        return []
    recorded: dict[int, list[ProduceLot]] = defaultdict(list)
    since = min(ids[pk].at for pk in lots)
    stand = Q(state__in=[LotState.OPEN, LotState.AWAITING]) | Q(created_at__gt=since)
    for lot in ProduceLot.objects.filter(stand, listing__in=by_listing).order_by("pk"):
        recorded[lot.listing_id].append(lot)
    pieces = pieces_of_listings(by_listing)
    found = []
    for listing_id, own in by_listing.items():
        shelf, answered = on_sale(pieces[listing_id]), _Answered(recorded[listing_id])
        for lot in own:
            each = ids[lot.pk]
            grams = answered.less(each.pieces, each.at)
            rest = rest_of_lot(shelf, going(recorded[listing_id], at), grams)
            if rest.pieces:
                net = {row.stock_id: row.net_grams for row in shelf}
                owed = sum(count * net[stock_id] for stock_id, count in rest.owed.items())
                found.append(WithoutHarvest(lot, rest, due_on(each.at), each.note, owed))
                shelf = without(shelf, rest)
    return sorted(found, key=lambda each: (each.due_on is None, each.due_on or date.max, each.lot.pk))


class _Answered:
    """The grams of harvests recorded since, each of which stands for whole pieces of what stayed of one lot only."""

    def __init__(self, lots: Iterable[ProduceLot]) -> None:
        self.left = {lot: lot.harvested_grams - lot.sorted_out_grams for lot in lots if lot.kind == LotKind.HARVEST}

    def less(self, pieces: Iterable[tuple[int, int]], since: datetime) -> int:
        """Return the grams of those (net grams, pieces) that no harvest recorded since a moment stands for.

        What of a harvest is no whole piece stands for none.
        """
        grams = 0
        for net_grams, stayed in pieces:
            count = stayed
            for lot, left in self.left.items():
                if lot.created_at > since:
                    own = min(count, left // net_grams)
                    self.left[lot] -= own * net_grams
                    count -= own
            grams += count * net_grams
        return grams


def going(lots: Iterable[ProduceLot], at: datetime) -> list[Candidate]:
    """Return the lots that pieces can come from, now or once they are packed: their harvest is recorded."""
    day = timezone.localdate(at)
    return [
        Candidate(lot.pk, lot.best_before, lot.harvested_on, lot.left_grams + lot.unpacked_grams)
        for lot in lots
        if lot.state in (LotState.OPEN, LotState.AWAITING) and (lot.best_before is None or lot.best_before >= day)
    ]


def without(shelf: Iterable[OnShelf], rest: Rest) -> list[OnShelf]:
    """Return a shelf as if a lot's rest had left it: its free pieces are gone, those of orders are owed."""
    return [
        replace(
            row,
            free=row.free - rest.free.get(row.stock_id, 0),
            owed=row.owed + rest.owed.get(row.stock_id, 0),
        )
        for row in shelf
    ]


def without_harvest_of_lot(lot: ProduceLot, at: datetime) -> WithoutHarvest | None:
    """Return what stays of a finished lot with no harvest recorded, or None."""
    rows = without_harvest(at=at, listing_ids=[lot.listing_id])
    return next((each for each in rows if each.lot.pk == lot.pk), None)


def taken_off_of(lot_id: int) -> tuple[int, datetime] | None:
    """Return how many pieces left the shelf when no harvest was recorded in time, and when; None where none did."""
    entry = next(iter(audit.entries(object_kind="lot", object_ids=[lot_id], action=SETTLED)), None)
    pieces = entry.data.get("pieces", 0) if entry else 0
    return (pieces, entry.at) if entry and pieces else None


def without_harvest_words(each: WithoutHarvest) -> str:
    """Return what stays on sale, and what becomes of it on which day."""
    stays = ngettext(
        "%(n)d piece stays on sale or in orders as of another harvest than lot %(lot)s, and that is not recorded.",
        "%(n)d pieces stay on sale or in orders as of another harvest than lot %(lot)s, and that is not recorded.",
        each.rest.pieces,
    ) % {"n": each.rest.pieces, "lot": each.lot.code}
    if each.due_on is None:
        return sentences(stays, _("Record it: nothing can be sent of them before."))
    due = _("Record it by %(day)s: what no lot covers then is taken off sale.") % {"day": full_day(each.due_on)}
    return sentences(stays, due)


def due_lots(at: datetime) -> dict[int, list[int]]:
    """Return, by product, the lots of which pieces stayed and whose day has passed unsettled. Few queries."""
    kept = {int(each.lot_pool.partition(":")[2]): each for each in pieces_kept(before=at)}
    settled = {int(entry.object_id) for entry in audit.entries(object_kind="lot", object_ids=kept, action=SETTLED)}
    found: dict[int, list[int]] = defaultdict(list)
    for lot_id in sorted(kept.keys() - settled):
        day = due_on(kept[lot_id].at)
        if day is not None and timezone.localdate(at) > day:
            found[kept[lot_id].listing_id].append(lot_id)
    return found
