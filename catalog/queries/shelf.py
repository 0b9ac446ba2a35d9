"""What is on a supplier's shelf: every pool of a stock record, what orders reserved of it, what changed it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import Max, Q, Sum

from catalog.models import Stock, StockChange
from catalog.queries.sale import MAIN_POOL
from catalog.states import GONE_WITH_LOT, StockChangeKind
from shop.core.paging import Turned, paged

CHANGES_A_PAGE = 20
# The pools `lot:<id>` hold what must not be sold because a lot was suspended; `lot:<id>/drop:<id>` those of a drop.
LOT_POOLS = "lot"
HELD_OF = "/"
# They move pieces between pools, or say of some that they stay: as many stand on the shelf as before.
BETWEEN_POOLS = (StockChangeKind.CARVED, StockChangeKind.RETURNED, StockChangeKind.KEPT)


@dataclass(frozen=True, slots=True)
class Pool:
    """Pieces of one pool: `free` can be sold from it, `reserved` wait in orders. `kind` is main, drop or quote."""

    stock_id: int
    name: str
    free: int
    reserved: int
    owed: int = 0

    @property
    def kind(self) -> str:
        """The word before the colon: who sells from it."""
        return self.name.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All pools of a stock record, the shop's first. `version` is the last change of how many pieces there are."""

    pools: tuple[Pool, ...] = ()
    version: int = 0

    @property
    def free(self) -> int:
        """Pieces that the shop can still sell."""
        return sum(pool.free for pool in self.pools if pool.name == MAIN_POOL)

    @property
    def apart(self) -> int:
        """Free pieces that the shop does not sell: set apart for drops, quotes, contracts, or held."""
        return sum(pool.free for pool in self.pools if pool.name != MAIN_POOL)

    @property
    def reserved(self) -> int:
        """Pieces that wait in orders, over all pools."""
        return sum(pool.reserved for pool in self.pools)

    @property
    def owed(self) -> int:
        """Pieces that wait in orders and are not there: they are gone with their lot."""
        return sum(pool.owed for pool in self.pools)

    @property
    def total(self) -> int:
        """Pieces that stand on the shelf: free ones of all pools and those that wait in orders, but for the owed."""
        return self.free + self.apart + self.reserved - self.owed

    @property
    def held(self) -> int:
        """Pieces that are held because a lot was suspended: they stand there, and nobody sells them."""
        return sum(pool.free for pool in self.pools if pool.kind == LOT_POOLS)

    @property
    def held_by_lot(self) -> list[tuple[int, int]]:
        """Pieces that are held, by the lot that was suspended, those that hold some."""
        return [(int(name.partition(":")[2]), free) for name, free in self.by_kind if name.startswith(f"{LOT_POOLS}:")]

    @property
    def for_others(self) -> int:
        """Free pieces that are set apart to be sold elsewhere than in the shop."""
        return self.apart - self.held

    @property
    def by_kind(self) -> list[tuple[str, int]]:
        """Free pieces of the pools that are set apart, by kind, those that have some; of held lots, each lot's own."""
        kinds: dict[str, int] = {}
        for pool in self.pools:
            if pool.name != MAIN_POOL:
                name = pool.name.partition(HELD_OF)[0] if pool.kind == LOT_POOLS else pool.kind
                kinds[name] = kinds.get(name, 0) + pool.free
        return [(kind, free) for kind, free in kinds.items() if free]


def shelves_of(stockrecord_ids: Collection[int]) -> dict[int, Shelf]:
    """Return the shelf of each stock record. Two queries, none for nothing."""
    if not stockrecord_ids:
        return {}
    gathered: dict[int, list[Pool]] = {pk: [] for pk in stockrecord_ids}
    # The version first: a change that comes between makes it older than the pieces, and a count is made again.
    versions = dict(
        StockChange.objects.filter(stockrecord__in=gathered)
        .exclude(kind__in=BETWEEN_POOLS)
        .values_list("stockrecord_id")
        .annotate(last=Max("pk"))
        .order_by()
    )
    for row in Stock.objects.filter(stockrecord__in=gathered).order_by("pk"):
        pool = Pool(row.pk, row.pool, row.on_hand - row.reserved, row.reserved, row.owed)
        gathered[row.stockrecord_id].append(pool)
    return {pk: Shelf(tuple(pools), versions.get(pk, 0)) for pk, pools in gathered.items()}


def pieces_held_by_pool(start: str) -> dict[str, int]:
    """Return the pieces that are held for stopped lots, by the pool they were taken from: those of pools that begin so."""
    rows = Stock.objects.filter(pool__startswith=LOT_POOLS, pool__contains=f"{HELD_OF}{start}")
    return _by_source(rows.values_list("pool", "on_hand"))


def pieces_gone_by_pool(start: str) -> dict[str, int]:
    """Return the pieces that are gone with their lot, by the pool they came from: those of pools that begin so.

    Without what others came in place of, and what is owed to orders still. Two queries.
    """
    of_pools = Q(pool__contains=f"{HELD_OF}{start}") | Q(pool__startswith=start)
    rows = StockChange.objects.filter(of_pools, kind__in=[*GONE_WITH_LOT, StockChangeKind.COVERED])
    owed = Stock.objects.filter(pool__startswith=start, owed__gt=0).values_list("pool", "owed")
    found: dict[str, int] = {}
    for name, pieces in (*rows.values_list("pool", "pieces"), *owed):
        source = name.partition(HELD_OF)[2] or name
        found[source] = found.get(source, 0) - pieces
    return {source: pieces for source, pieces in found.items() if pieces}


def pieces_written_off_by_pool(start: str) -> dict[str, int]:
    """Return the pieces that orders could not have, not there or not sound, by their pool: those of pools that begin so."""
    rows = StockChange.objects.filter(kind=StockChangeKind.ADJUSTED, pool__startswith=start)
    return {pool: -pieces for pool, pieces in rows.values_list("pool").annotate(n=Sum("pieces")).order_by() if pieces}


def pieces_left_with(lot_pool: str) -> tuple[int, int]:
    """Return the pieces that left the shelf when the lot of a pool was finished or expired, and those that stayed.

    One query.
    """
    kinds = [StockChangeKind.FINISHED, StockChangeKind.EXPIRED, StockChangeKind.KEPT]
    rows = StockChange.objects.filter(reference=lot_pool, kind__in=kinds)
    # Those that stayed and were taken off later are counted as what stayed.
    then = rows.exclude(kind=StockChangeKind.FINISHED, counted=0).values_list("pieces", "counted")
    return sum(-pieces for pieces, _kept in then), sum(kept or 0 for _pieces, kept in then)


def _by_source(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, pieces in rows:
        source = name.partition(HELD_OF)[2]
        found[source] = found.get(source, 0) + pieces
    return {source: pieces for source, pieces in found.items() if pieces}


def last_change(stockrecord_id: int) -> int:
    """Return the last change of how many pieces stand on a shelf, 0 for none. One query."""
    rows = StockChange.objects.filter(stockrecord=stockrecord_id).exclude(kind__in=BETWEEN_POOLS)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def changes_since(stockrecord_id: int, version: int) -> list[StockChange]:
    """Return what changed a shelf after `version`, the latest first. One query."""
    rows = StockChange.objects.filter(stockrecord=stockrecord_id, pk__gt=version).exclude(kind__in=BETWEEN_POOLS)
    return list(rows.order_by("-pk")[:20])


def changes_of(stockrecord_id: int, page: Turned = 1) -> Page[Any]:
    """Return a page of all changes of a stock record's pools, the latest first. Two queries."""
    rows = StockChange.objects.filter(stockrecord=stockrecord_id).order_by("-pk")
    return paged(rows, page, CHANGES_A_PAGE)


@dataclass(frozen=True, slots=True)
class Became:
    """What followed from a change of a shelf: pieces that went to waiting orders, that were held, or let go."""

    covered: int = 0
    held: int = 0
    let_go: int = 0


def became(stockrecord_id: int, change_id: int) -> Became:
    """Return what followed from a change, in the transaction that made it. One query."""
    rows = StockChange.objects.filter(stockrecord=stockrecord_id, pk__gt=change_id)
    covered = held = 0
    for kind, pool, pieces in rows.values_list("kind", "pool", "pieces"):
        if kind == StockChangeKind.COVERED:
            covered += max(0, pieces)
        elif kind in BETWEEN_POOLS and pool.startswith(f"{LOT_POOLS}:"):
            held += pieces
    return Became(covered, max(0, held), max(0, -held))
