"""A supplier's own lots and bases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import Case, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from shop.core.paging import Turned, paged
from shop.core.prepared import Prepared
from traceability.models import HAS_LEFT, Plot, ProduceLot, ProductionBase, TraceEvent
from traceability.queries.telling import Told, told
from traceability.rules.quality import Tested, missing_tests
from traceability.states import DISPOSITIONS, SUSPENDED, BizStep, LotState

LOTS_A_PAGE = 20
SHIPPINGS = 12
LOTS_TO_MIX = 40


def lots_of_supplier(supplier_id: int, page: Turned = 1) -> Page[Any]:
    """Return a page of a supplier's lots, those that something can be done with first, the newest first. Two queries."""
    rows = ProduceLot.objects.filter(supplier_id=supplier_id).select_related("listing", "base", "plot")
    first = [LotState.HELD, LotState.AWAITING, LotState.OPEN]
    rank = Case(When(state__in=first, then=Value(0)), default=Value(1))
    return paged(rows.annotate(rank=rank).order_by("rank", "-harvested_on", "-pk"), page, LOTS_A_PAGE)


def lot_of_supplier(supplier_id: int, lot_id: int) -> ProduceLot | None:
    """Return one lot of a supplier, or None when it is somebody else's. Three queries."""
    rows = ProduceLot.objects.filter(pk=lot_id, supplier_id=supplier_id)
    return rows.select_related("listing", "base", "plot").prefetch_related("certificates", "sources__source").first()


def lot_facts(lot_id: int) -> ProduceLot:
    """Return a lot, whoever's it is: for messages to its supplier. One query."""
    return ProduceLot.objects.get(pk=lot_id)


def latest_lot(listing_id: int) -> ProduceLot:
    """Return the lot of a product that was recorded last: for messages to its supplier. One query."""
    return ProduceLot.objects.filter(listing=listing_id).latest("pk")


def lot_codes(lot_ids: Iterable[int]) -> dict[int, str]:
    """Return the codes of lots, by id. One query, none for none."""
    wanted = set(lot_ids)
    return dict(ProduceLot.objects.filter(pk__in=wanted).values_list("pk", "code")) if wanted else {}


def _to_mix(supplier_id: int, at: datetime) -> QuerySet[ProduceLot]:
    day = timezone.localtime(at).date()
    return ProduceLot.objects.filter(
        HAS_LEFT,
        Q(best_before__isnull=True) | Q(best_before__gte=day),
        supplier_id=supplier_id,
        state=LotState.OPEN,
    )


def lots_to_mix(supplier_id: int, listing_id: int, *, at: datetime) -> list[ProduceLot]:
    """Return the lots of a product of which something can be mixed now, the first to expire first. One query."""
    rows = _to_mix(supplier_id, at).filter(listing=listing_id)
    order = (F("best_before").asc(nulls_last=True), "harvested_on", "pk")
    return list(rows.select_related("listing", "base").order_by(*order)[:LOTS_TO_MIX])


def products_to_mix(supplier_id: int, *, at: datetime) -> list[int]:
    """Return the products (ids) of which lots can be mixed now. One query."""
    rows = _to_mix(supplier_id, at).order_by("listing_id")
    return list(rows.values_list("listing_id", flat=True).distinct())


def open_tests(lot: ProduceLot, told: list[Told]) -> list[str]:
    """Return the tests that a lot still needs before it may be packed."""
    tests = [
        Tested(str(each.test.get("item", "")), "", bool(each.test.get("passed")), each.at)
        for each in told
        if each.step == BizStep.TEST
    ]
    return missing_tests(lot.required_tests, tests)


def can_be_sent(lot: ProduceLot, at: datetime) -> bool:
    """Tell whether goods of a lot may go out: its state allows it (no test failed or missing) and it has not expired."""
    day = timezone.localtime(at).date()
    return DISPOSITIONS[lot.state].can_send and (lot.best_before is None or lot.best_before >= day)


def is_expired(lot: ProduceLot, at: datetime) -> bool:
    """Tell whether an open lot's last day is over: nothing of it is sent any more."""
    return lot.state == LotState.OPEN and not can_be_sent(lot, at)


def stops_goods(lot: ProduceLot, at: datetime) -> bool:
    """Tell whether goods of a lot may have to be held, or taken off the shelf: `stopped.is_stopped`, of a row."""
    return lot.state in SUSPENDED or lot.owed_grams > 0 or (is_expired(lot, at) and lot.left_grams > 0)


def can_certify(lot: ProduceLot, at: datetime) -> bool:
    """Tell whether the 合格证 of a lot are printed now."""
    return DISPOSITIONS[lot.state].can_certify and not is_expired(lot, at)


_of_listings = Prepared(
    lambda listing_ids: ProduceLot.objects.filter(listing__in=listing_ids, state=LotState.OPEN).order_by("pk")
)


def open_lots(listing_ids: Iterable[int], *, at: datetime) -> list[ProduceLot]:
    """Return the open lots of listings that were harvested by `at`, whether they can be sent or not. One query."""
    wanted = sorted(set(listing_ids))
    day = timezone.localtime(at).date()
    return [lot for lot in _of_listings(wanted) if lot.harvested_on <= day] if wanted else []


def _open_and_latest(listing_ids: list[int]) -> QuerySet[ProduceLot]:
    latest = ProduceLot.objects.filter(listing=OuterRef("listing")).order_by("-pk").values("pk")[:1]
    going = Q(state__in=[LotState.OPEN, *SUSPENDED]) | Q(owed_grams__gt=0)
    return ProduceLot.objects.filter(going | Q(pk=Subquery(latest)), listing__in=listing_ids).order_by("pk")


_standing = Prepared(_open_and_latest)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a product's lots can send now: those with something packed; whether any has something to be packed still.

    `is_stopped`: whether one of them stops goods on the shelf (`stops_goods`).
    """

    supplier_id: int
    packed: tuple[ProduceLot, ...]
    to_pack: bool
    is_stopped: bool


def lots_standing(listing_ids: Iterable[int], *, at: datetime) -> dict[int, Standing]:
    """Return what the lots of listings can send, of those that have, or had, any. One query, none without listings.

    Read are lots that are open or stop goods, and the latest of each listing whatever became of it.
    """
    wanted = sorted(set(listing_ids))
    day = timezone.localtime(at).date()
    by_listing: dict[int, list[ProduceLot]] = {}
    for lot in _standing(wanted) if wanted else ():
        by_listing.setdefault(lot.listing_id, []).append(lot)
    found = {}
    for listing_id, lots in by_listing.items():
        going = [lot for lot in lots if lot.best_before is None or lot.best_before >= day]
        packed = [lot for lot in going if can_be_sent(lot, at) and lot.left_grams > 0 and lot.harvested_on <= day]
        to_pack = any(lot.state in (LotState.OPEN, LotState.AWAITING) and lot.unpacked_grams > 0 for lot in going)
        is_stopped = any(stops_goods(lot, at) for lot in lots)
        found[listing_id] = Standing(lots[0].supplier_id, tuple(packed), to_pack, is_stopped)
    return found


def history(lot: ProduceLot) -> list[Told]:
    """Return what happened to a lot, of its shippings the latest dozen. Two queries."""
    events = TraceEvent.objects.filter(lot=lot)
    shipped = list(events.filter(step=BizStep.SHIPPING).order_by("-seq")[:SHIPPINGS])
    rows = sorted([*events.exclude(step=BizStep.SHIPPING), *shipped], key=lambda event: (event.occurred_at, event.seq))
    return [told(event) for event in rows]


def bases_of(supplier_id: int) -> list[ProductionBase]:
    """Return a supplier's bases with their plots (`.plots.all()`). Two queries."""
    rows = ProductionBase.objects.filter(supplier_id=supplier_id).order_by("pk")
    return list(rows.prefetch_related(Prefetch("plots", Plot.objects.order_by("pk"))))
