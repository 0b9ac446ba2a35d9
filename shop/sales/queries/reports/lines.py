"""The order lines behind a figure: the same filter, line by line, adding up to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Exists, F, OuterRef, Q

from catalog.queries import place
from shop.core.masking import mask_name
from shop.core.models import Division
from shop.core.numbers import read_id
from shop.core.paging import Turned, paged
from shop.sales.models import AfterSale
from shop.sales.periods import Period
from shop.sales.queries.reports.counting import AGREED, GRAMS, PIECES, Figures, figures_of, none_name, sold_lines, sums
from shop.sales.queries.reports.dimensions import DIMENSIONS, NONE, Dimension, Lines, channel_name
from shop.sales.queries.reports.scopes import Scope
from shop.sales.states import AfterSaleState, OrderState
from shop.sales.texts import in_reader_language

LINES_A_PAGE = 50
BATCH = 500
EVER = Period(date(2000, 1, 1), date(2999, 12, 31))
ALL = ""


@dataclass(frozen=True)
class SoldLine:
    """One order line. Amounts in 分; `buyer` is a unit's name, or a masked person. `why` names each cause of what was
    taken off: "cancelled" whole, "unsent" since its rest was cancelled, "lighter" when packed, "not_accepted", "light" at the
    acceptance, "refunded".
    """

    number: str
    placed_at: datetime
    sold_at: datetime
    name: str
    spec: str
    supplier: str
    county: str
    channel: str
    buyer: str
    pieces: int
    grams: int
    agreed_fen: int
    taken_fen: int
    why: tuple[str, ...]
    ordered: int
    cancelled: int

    @property
    def net_fen(self) -> int:
        """What is left."""
        return self.agreed_fen - self.taken_fen


@dataclass
class Behind:
    """The lines behind one figure: of a row (`key`; "" is the whole), `figures` is what they add up to."""

    dimension: Dimension
    key: str
    name: str
    page: Page
    figures: Figures


def behind(
    *,
    dimension: str,
    key: str,
    period: Period,
    scope: Scope,
    province: str = "",
    channel: str = "",
    only_taken: bool = False,
    page: Turned = 1,
) -> Behind:
    """Return a page of the lines behind a figure, the latest first. Four queries. Raises KeyError."""
    by = DIMENSIONS[dimension]
    lines = _chosen(by, key, period, scope, province, channel, only_taken=only_taken)
    whole = lines.aggregate(lines=Count("pk"), **sums())
    shown = paged(_listed(lines), page, LINES_A_PAGE, count=whole["lines"])
    shown.object_list = list(_sold(list(shown.object_list)))
    return Behind(by, key, _name(by, key, lines), shown, figures_of(whole))


def lines_behind(
    *,
    dimension: str,
    key: str,
    period: Period,
    scope: Scope,
    province: str = "",
    channel: str = "",
    only_taken: bool = False,
) -> tuple[int, Iterator[SoldLine]]:
    """Return how many lines there are, and all of them, for a file; two queries for each 500. Raises KeyError."""
    lines = _chosen(DIMENSIONS[dimension], key, period, scope, province, channel, only_taken=only_taken)
    return lines.count(), _in_batches(_listed(lines))


def has_row(*, dimension: str, key: str, scope: Scope) -> bool:
    """Tell whether a table of the reader, of whatever time, may have the row `key`. One query, or two."""
    by = DIMENSIONS[dimension]
    if key in (ALL, NONE) or (by.always is not None and key in by.always()):
        return True
    return by.where(sold_lines(EVER, scope, "", ""), key).exists()


def _chosen(
    by: Dimension, key: str, period: Period, scope: Scope, province: str, channel: str, *, only_taken: bool
) -> Lines:
    lines = sold_lines(period, scope, province, channel)
    if key != ALL:
        lines = by.where(lines, key)
    return lines.filter(refunded_fen__gt=0) if only_taken else lines


def _listed(lines: Lines) -> Lines:
    return (
        lines.select_related("order__order", "order__purchase", "order__supplier")
        .annotate(agreed=AGREED, sold_pieces=PIECES, sold_grams=GRAMS)
        .annotate(sold_at=F("order__sold_at"), placed_at=F("order__placed_at"))
        .annotate(has_case=Exists(AfterSale.objects.filter(line=OuterRef("pk"), state=AfterSaleState.APPROVED)))
        .order_by("-order__placed_at", "-pk")
    )


def _in_batches(lines: Lines) -> Iterator[SoldLine]:
    last: Any = None
    while True:
        # By the last one seen, not by a number of rows: what is sold meanwhile moves nothing.
        batch = list((lines if last is None else lines.filter(_beyond(last)))[:BATCH])
        if not batch:
            return
        yield from _sold(batch)
        last = batch[-1]


def _beyond(last: Any) -> Q:
    return Q(order__placed_at__lt=last.placed_at) | Q(order__placed_at=last.placed_at, pk__lt=last.pk)


def _sold(lines: list[Any]) -> Iterator[SoldLine]:
    counties = Division.objects.select_related("parent").in_bulk({line.county_code for line in lines} - {""})
    for line in lines:
        order, purchase, supplier = line.order, line.order.purchase, line.order.supplier
        yield SoldLine(
            number=order.order.number,
            placed_at=line.placed_at,
            sold_at=line.sold_at,
            name=in_reader_language(line.name_zh, line.name_en),
            spec=in_reader_language(line.spec_zh, line.spec_en),
            supplier=in_reader_language(supplier.name_zh, supplier.name_en),
            county=place(counties[line.county_code]) if line.county_code in counties else "",
            channel=channel_name(purchase.attribution_kind),
            buyer=purchase.attribution_label if purchase.attribution_kind == "unit" else mask_name(purchase.ship_name),
            pieces=line.sold_pieces,
            grams=line.sold_grams,
            agreed_fen=line.agreed,
            taken_fen=line.refunded_fen,
            why=_why(line),
            ordered=line.ordered,
            cancelled=line.cancelled,
        )


def _why(line: Any) -> tuple[str, ...]:
    """Name what happened to the line, whether its money was never charged or given back: an order has one pot of each."""
    if not line.refunded_fen:
        return ()
    if line.order.state == OrderState.CANCELLED:
        return ("cancelled",)
    causes = {
        "unsent": line.cancelled,
        "lighter": line.weighed_back_fen,
        "not_accepted": line.rejected,
        "light": line.light_fen,
        "refunded": line.returned or line.has_case,
    }
    return tuple(cause for cause, happened in causes.items() if happened) or ("refunded",)


def _name(by: Dimension, key: str, lines: Lines) -> str:
    if key == ALL:
        return ""
    if key == NONE:
        return none_name(by)
    if by.label:
        # Only what the reader's own orders call it: whose they are not is not told either.
        label = lines.values_list(by.label, flat=True).last()
        return by.names({key: label}).get(key, label) if label is not None else ""
    if by.key.endswith("_id") and read_id(key) is None:
        return ""
    return by.names({key: ""}).get(key, "")
