"""A supplier's own lots and bases."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Prefetch, Value, When
from django.utils import timezone

from shop.core.prepared import Prepared
from traceability.models import Plot, ProduceLot, ProductionBase, TraceEvent
from traceability.queries.telling import Told, told
from traceability.states import BizStep, LotState

LOTS_A_PAGE = 20
SHIPPINGS = 12


def lots_of_supplier(supplier_id: int, page: int | str = 1) -> Page[Any]:
    """Return a page of a supplier's lots, the open ones first, the newest first. Two queries."""
    rows = ProduceLot.objects.filter(supplier_id=supplier_id).select_related("listing", "base", "plot")
    rank = Case(When(state=LotState.OPEN, then=Value(0)), default=Value(1))
    return Paginator(rows.order_by(rank, "-harvested_on", "-pk"), LOTS_A_PAGE).get_page(page)


def lot_of_supplier(supplier_id: int, lot_id: int) -> ProduceLot | None:
    """Return one lot of a supplier, or None when it is somebody else's. One query."""
    rows = ProduceLot.objects.filter(pk=lot_id, supplier_id=supplier_id)
    return rows.select_related("listing", "base", "plot", "certificate").first()


_of_listings = Prepared(
    lambda listing_ids: ProduceLot.objects.filter(listing__in=listing_ids, state=LotState.OPEN).order_by("pk")
)


def open_lots(listing_ids: Iterable[int], *, at: datetime) -> list[ProduceLot]:
    """Return the open lots of listings that were harvested by `at`, whether they can be sent or not. One query."""
    wanted = sorted(set(listing_ids))
    day = timezone.localtime(at).date()
    return [lot for lot in _of_listings(wanted) if lot.harvested_on <= day] if wanted else []


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
