"""What is on sale beyond the lots: pieces of products that are sent by lots, for which no harvest is recorded.

A product is sent by lots once one of its lots was packed. Its supplier is told for as long as they stand there, and asked
at each packing about those that nobody was asked about: they go, or a harvest is recorded by a day that the supplier
names (the audit trail keeps it). Buyers are promised no date for them. After that day `operations.beyond` takes them off
sale. What stayed with a finished lot is named by
`queries.kept`, which knows the day by which it is taken off sale.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.queries import said
from catalog.queries.kept import taken_by_hand
from catalog.queries.pools import ShelfPieces, pieces_of_listings
from shop.core import audit
from shop.core.texts import sentences
from shop.core.times import full_day
from traceability.models import HarvestTerm, ProduceLot
from traceability.queries.kept import going, without, without_harvest
from traceability.queries.stopped import on_sale
from traceability.rules.beyond import Confirmed, grown, outstanding, pieces_by_day
from traceability.rules.fefo import Candidate
from traceability.rules.holding import Counted, OnShelf, promised_short, uncovered
from traceability.states import LotKind, LotState

CONFIRMED = "beyond_confirmed"
SETTLED = "beyond_settled"
OF = "listing"


@dataclass(frozen=True, slots=True)
class BeyondLots(Counted):
    """Pieces of a product that no lot of it covers, packed or not: on sale, and waiting in orders.

    `free` and `owed` are the same by stock id, `rows` the pools that they stand in. `by_day`: how many of those on sale
    are taken off after each confirmed day, the first first, when no harvest is recorded.
    """

    listing: Any
    free: Mapping[int, int]
    owed: Mapping[int, int]
    rows: Sequence[ShelfPieces] = field(repr=False)
    shelf: Sequence[OnShelf] = field(repr=False)
    sound: Sequence[Candidate] = field(repr=False)
    by_day: Sequence[tuple[date, int]] = ()

    @property
    def harvest_by(self) -> date | None:
        """The first day by which a harvest is to be recorded, as was confirmed."""
        return self.by_day[0][0] if self.by_day else None

    @property
    def unconfirmed(self) -> int:
        """How many of those on sale no confirmation speaks of: no day takes them off sale."""
        return self.on_sale - sum(pieces for _day, pieces in self.by_day)

    @property
    def name(self) -> str:
        """The product's name in the reader's language."""
        return str(said(self.listing, "name"))

    @property
    def by_record(self) -> dict[int, int]:
        """How many there are of each specification, by stock record."""
        found: dict[int, int] = defaultdict(int)
        for row in self.rows:
            found[row.record_id] += self.free.get(row.stock_id, 0) + self.owed.get(row.stock_id, 0)
        return dict(found)


def beyond_lots(
    *,
    at: datetime,
    supplier_id: int | None = None,
    listing_ids: Collection[int] | None = None,
    among: Iterable[ProduceLot] | None = None,
) -> list[BeyondLots]:
    """Return what of a supplier's products, or of some, stands beyond their lots, the most pieces first.

    Products none of whose lots is open are no such case: nothing of them was promised, their page says what they wait
    for. One query without such lots, else two, those of `without_harvest`, of `confirmations` and of `expected_of`; one less
    with `among`, the supplier's lots that were read already (`recalled.lots_going`).
    """
    packed = ProduceLot.objects.filter(listing=OuterRef("listing"), state=LotState.OPEN, packed_grams__gt=0)
    rows = ProduceLot.objects.filter(Exists(packed), state__in=[LotState.OPEN, LotState.AWAITING])
    rows = rows.filter(Q(supplier=supplier_id) if listing_ids is None else Q(listing__in=listing_ids))
    lots: dict[int, list[ProduceLot]] = defaultdict(list)
    for lot in rows.select_related("listing").order_by("pk") if among is None else _by_packed(among):
        lots[lot.listing_id].append(lot)
    if not lots:
        return []
    stand = shelves_without_kept(lots, at=at)
    found = []
    for listing_id, own in lots.items():
        pieces, shelf = stand[listing_id]
        sound = going(own, at)
        row = BeyondLots(own[0].listing, uncovered(shelf, sound), promised_short(shelf, sound), pieces, shelf, sound)
        if row.pieces:
            found.append(row)
    return sorted(_with_days(found, at), key=lambda each: (-each.pieces, each.listing.pk))


def _with_days(rows: list[BeyondLots], at: datetime) -> list[BeyondLots]:
    """Return rows with what is taken off sale after which confirmed day. Four queries at most, none without rows."""
    if not rows:
        return []
    confirmed = confirmations([row.listing.pk for row in rows])
    expected = expected_of(confirmed)
    return [
        replace(row, by_day=pieces_by_day(row.shelf, row.sound, confirmed[pk], expected[pk], row.on_sale))
        if (pk := row.listing.pk) in confirmed
        else row
        for row in rows
    ]


def shelves_without_kept(
    listing_ids: Collection[int], *, at: datetime
) -> dict[int, tuple[list[ShelfPieces], list[OnShelf]]]:
    """Return, by product, its pools and what of them can be bought or waits, less what stayed with finished lots."""
    pieces = pieces_of_listings(listing_ids)
    shelves = {pk: on_sale(rows) for pk, rows in pieces.items()}
    for each in without_harvest(at=at, listing_ids=listing_ids):
        shelves[each.lot.listing_id] = without(shelves[each.lot.listing_id], each.rest)
    return {pk: (pieces[pk], shelf) for pk, shelf in shelves.items()}


def _by_packed(lots: Iterable[ProduceLot]) -> list[ProduceLot]:
    """Return the open and awaited lots of products that have an open lot with something packed."""
    going_on = [lot for lot in lots if lot.state in (LotState.OPEN, LotState.AWAITING)]
    packed = {lot.listing_id for lot in going_on if lot.state == LotState.OPEN and lot.packed_grams}
    return [lot for lot in going_on if lot.listing_id in packed]


def confirmations(listing_ids: Collection[int]) -> dict[int, list[Confirmed]]:
    """Return, by product, what was confirmed of pieces beyond its lots and is not settled, the first first.

    One query where nothing was, else two.
    """
    return _unsettled(audit.entries(object_kind=OF, object_ids=listing_ids, action=CONFIRMED))


def due_confirmations(at: datetime) -> dict[int, list[Confirmed]]:
    """Return, by product, what was confirmed and whose day has passed unsettled, the first first. Two queries."""
    today = timezone.localdate(at)
    found = _unsettled(audit.done(object_kind=OF, action=CONFIRMED))
    due = {pk: [each for each in own if each.harvest_by < today] for pk, own in found.items()}
    return {pk: own for pk, own in due.items() if own}


def _unsettled(entries: Sequence[Any]) -> dict[int, list[Confirmed]]:
    ids = [entry.pk for entry in entries]
    over = audit.entries(object_kind=CONFIRMED, object_ids=ids, action=SETTLED) if ids else []
    settled = {int(entry.object_id) for entry in over}
    found: dict[int, list[Confirmed]] = defaultdict(list)
    for entry in entries:
        if entry.pk not in settled:
            pieces = tuple((record, net, count) for record, net, count in entry.data["pieces"])
            day = date.fromisoformat(entry.data["harvest_by"])
            found[int(entry.object_id)].append(Confirmed(entry.pk, entry.at, day, pieces))
    return dict(found)


def expected_of(confirmed: Mapping[int, Sequence[Confirmed]]) -> dict[int, list[dict[int, int]]]:
    """Return, for each confirmation of each product, the pieces that are still expected of it.

    Two queries, none without confirmations.
    """
    every = [each for own in confirmed.values() for each in own]
    if not every:
        return {pk: [] for pk in confirmed}
    since = min(each.at for each in every)
    harvests: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for lot in ProduceLot.objects.filter(
        listing__in=list(confirmed), kind=LotKind.HARVEST, created_at__gt=since
    ).order_by("pk"):
        harvests[lot.listing_id].append((lot.created_at, lot.harvested_grams - lot.sorted_out_grams))
    taken = taken_by_hand({record for each in every for record, _net, _pieces in each.pieces}, after=since)
    return {pk: outstanding(own, harvests=harvests[pk], taken=taken) for pk, own in confirmed.items()}


def unconfirmed(beyond: BeyondLots, *, at: datetime) -> dict[int, int]:
    """Return, by stock record, the pieces beyond the lots that no confirmation speaks of whose day is still to come."""
    today = timezone.localdate(at)
    own = [each for each in confirmations([beyond.listing.pk]).get(beyond.listing.pk, ()) if each.harvest_by >= today]
    return grown(beyond.by_record, expected_of({beyond.listing.pk: own})[beyond.listing.pk])


def last_day_to_record(at: datetime) -> date | None:
    """Return the last day that a supplier may name for recording a harvest; None where no term is in force."""
    day = timezone.localdate(at)
    term = HarvestTerm.in_force(day)
    return day + timedelta(days=term.days) if term else None


def beyond_words(each: BeyondLots) -> str:
    """Return how many pieces no lot covers, and what to do about them."""
    stand = ngettext(
        "%(name)s: %(n)d piece on your shelf is of no lot (on sale: %(sale)d, in orders: %(orders)d).",
        "%(name)s: %(n)d pieces on your shelf are of no lot (on sale: %(sale)d, in orders: %(orders)d).",
        each.pieces,
    ) % {"name": each.name, "n": each.pieces, "sale": each.on_sale, "orders": each.in_orders}
    told = [stand, _("Nothing of them can be sent: take off what is gone, or record the harvest they are of.")]
    for by, pieces in each.by_day:
        words = ngettext(
            "You said that %(day)s is the last day to record the harvest of %(n)d of them on sale: then it is taken off.",
            "You said that %(day)s is the last day to record the harvest of %(n)d of them on sale: then they are taken off.",
            pieces,
        )
        told.append(words % {"day": full_day(by), "n": pieces})
    if each.by_day and each.unconfirmed:
        words = ngettext(
            "Of %(n)d on sale you did not say so: no day takes it off.",
            "Of %(n)d on sale you did not say so: no day takes them off.",
            each.unconfirmed,
        )
        told.append(words % {"n": each.unconfirmed})
    return sentences(*told)
