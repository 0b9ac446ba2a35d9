"""Reading a supplier's trade: today, its orders, cases, settlement, reviews. Always of one supplier."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, F, Min, Prefetch, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from oscar.apps.catalogue.reviews.models import ProductReview

from shop.core import ledger
from shop.core.paging import Turned, paged
from shop.sales import books, hooks
from shop.sales.cancel_asked import note_cancel_asked
from shop.sales.models import AfterSale, LineDiscount, LineFacts, OrderFacts, ReviewFacts
from shop.sales.queries.funding import own_discounts
from shop.sales.queries.left import left_of
from shop.sales.queries.promises import note_undated
from shop.sales.states import SUPPLIERS_TURN, OrderState

SOON = timedelta(hours=12)
ORDERS_A_PAGE = 20
TABS = ("to_ship", "shipped", "completed", "")
DAYS = 8


@dataclass(frozen=True)
class ToPack:
    """One product that waits to be sent, over all orders."""

    name_zh: str
    name_en: str
    pieces: int


@dataclass(frozen=True)
class Today:
    """What a supplier looks at first. `days` are (day, 分 sold) of the last eight days, today last."""

    to_ship: int
    soon: int
    overdue: int
    on_the_way: int
    next_ship_by: datetime | None
    to_pack: list[ToPack]
    to_pack_grams: int
    open_cases: int
    case: AfterSale | None
    days: list[tuple[date, int]]
    held_fen: int
    payable_fen: int


def today(supplier_id: int, *, at: datetime) -> Today:
    """Return one supplier's today. Seven queries at most."""
    orders = OrderFacts.objects.filter(supplier_id=supplier_id)
    waiting = Q(state=OrderState.TO_SHIP)
    counts = orders.filter(state__in=[OrderState.TO_SHIP, OrderState.SHIPPED]).aggregate(
        to_ship=Count("pk", filter=waiting),
        soon=Count("pk", filter=waiting & Q(ship_by__lte=at + SOON)),
        overdue=Count("pk", filter=waiting & Q(ship_by__lt=at)),
        on_the_way=Count("pk", filter=Q(state=OrderState.SHIPPED)),
        next_ship_by=Min("ship_by", filter=waiting & Q(ship_by__gte=at)),
    )
    packing = _to_pack(supplier_id)
    cases = open_cases(supplier_id)
    balances = ledger.balances(f"supplier:{supplier_id}:")
    return Today(
        **counts,
        to_pack=[ToPack(row["name_zh"], row["name_en"], row["pieces"]) for row in packing],
        to_pack_grams=sum(row["grams"] for row in packing),
        open_cases=len(cases),
        case=cases[0] if cases else None,
        days=sold_by_day(supplier_id, at=at),
        held_fen=balances.get(books.held(supplier_id), 0),
        payable_fen=balances.get(books.payable(supplier_id), 0),
    )


def _to_pack(supplier_id: int) -> list[dict[str, Any]]:
    rest = F("ordered") - F("cancelled") - F("shipped")
    rows = (
        LineFacts.objects.filter(order__supplier_id=supplier_id, order__state=OrderState.TO_SHIP)
        .values("name_zh", "name_en")
        .annotate(pieces=Sum(rest), grams=Sum(rest * F("net_grams")))
        .filter(pieces__gt=0)
        .order_by("-pieces", "name_zh")
    )
    return [dict(row) for row in rows]


def open_cases(supplier_id: int) -> list[AfterSale]:
    """Return the cases that wait for the supplier: an answer, or a return to confirm; the most urgent first. Few queries."""
    return list(
        AfterSale.objects.filter(line__order__supplier_id=supplier_id, state__in=SUPPLIERS_TURN)
        .select_related("line__order__order", "line__order__purchase")
        .prefetch_related("pictures__picture", "line__after_sales__decisions")
        .order_by("due_at", "pk")
    )


def cases(supplier_id: int, page: Turned = 1) -> Page:
    """Return a page of the cases that wait for somebody else or are ended, the latest first."""
    rows = (
        AfterSale.objects.filter(line__order__supplier_id=supplier_id)
        .exclude(state__in=SUPPLIERS_TURN)
        .select_related("line__order__order", "line__order__purchase")
        .prefetch_related("line__after_sales__decisions")
        .order_by("-opened_at", "-pk")
    )
    return paged(rows, page, ORDERS_A_PAGE)


def case_of_supplier(supplier_id: int, case_id: int) -> AfterSale | None:
    """Return one case with its pictures, or None when it is another supplier's."""
    return (
        AfterSale.objects.filter(pk=case_id, line__order__supplier_id=supplier_id)
        .select_related("line__order__order", "line__order__purchase")
        .prefetch_related("pictures__picture", "decisions", "moves", "line__after_sales__decisions")
        .first()
    )


def sold_by_day(supplier_id: int, *, at: datetime) -> list[tuple[date, int]]:
    """Return 分 sold on each of the last eight days, today last. One query.

    Orders paid that day, as they are now: less what was given back since, and what was never charged.
    """
    last = timezone.localtime(at).date()
    first = last - timedelta(days=DAYS - 1)
    start = timezone.make_aware(datetime(first.year, first.month, first.day))  # noqa: DTZ001 reason: made aware here
    rows = (
        OrderFacts.objects.filter(supplier_id=supplier_id, purchase__paid_at__gte=start)
        .exclude(state=OrderState.CANCELLED)
        .annotate(day=TruncDate("purchase__paid_at"))
        .values_list("day")
        .annotate(fen=Sum(left_of()))
    )
    sold = dict(rows)
    return [(day, sold.get(day, 0)) for day in (first + timedelta(days=n) for n in range(DAYS))]


def waiting_counts(supplier_id: int) -> dict[str, int]:
    """Return how many orders wait to be sent and how many cases to be decided, for the console's places. One query."""
    return OrderFacts.objects.filter(supplier_id=supplier_id).aggregate(
        to_ship=Count("pk", filter=Q(state=OrderState.TO_SHIP), distinct=True),
        cases=Count("lines__after_sales", filter=Q(lines__after_sales__state__in=SUPPLIERS_TURN), distinct=True),
    )


def supplier_orders(supplier_id: int, *, tab: str = "to_ship", page: Turned = 1) -> Page:
    """Return a page of orders with lines. Those to send come by their deadline, the others latest first. Five queries.

    Each says whether its unit asked to cancel it (`cancel_asked`).
    """
    orders = OrderFacts.objects.filter(supplier_id=supplier_id).exclude(state=OrderState.UNPAID)
    if tab:
        orders = orders.filter(state=tab)
    orders = orders.order_by("ship_by", "pk") if tab == OrderState.TO_SHIP else orders.order_by("-placed_at", "-pk")
    lines = Prefetch("lines", queryset=LineFacts.objects.order_by("pk"))
    rows = orders.select_related("order", "purchase__ship_division").prefetch_related(lines)
    found = paged(rows, page, ORDERS_A_PAGE)
    found.object_list = list(found.object_list)
    note_cancel_asked(found.object_list)
    note_undated(found.object_list, timezone.now(), to_buyer=False)
    hooks.note_notes(found.object_list)
    return found


def supplier_order(supplier_id: int, number: str) -> OrderFacts | None:
    """Return one order with lines, parcels and moves, or None when it is another supplier's or not paid."""
    found = (
        OrderFacts.objects.filter(supplier_id=supplier_id, order__number=number)
        .exclude(state=OrderState.UNPAID)
        .select_related("order", "purchase__ship_division", "supplier")
        .prefetch_related(
            Prefetch("lines", queryset=LineFacts.objects.order_by("pk")), "shipments__lines", "moves", "refunds"
        )
        .first()
    )
    if found is not None:
        note_cancel_asked([found])
        note_undated([found], timezone.now(), to_buyer=False)
        hooks.note_notes([found])
    return found


@dataclass(frozen=True)
class Settlement:
    """What the ledger says of one supplier: a row per order, and the balances they add up to.

    `given_fen`: the discounts that the supplier paid for itself; `own`: those of the page's orders, line by line.
    """

    page: Page
    held_fen: int
    payable_fen: int
    given_fen: int = 0
    own: list[LineDiscount] = field(default_factory=list)


def settlement(supplier_id: int, page: Turned = 1) -> Settlement:
    """Return a page of orders' bookings in 分. Seven queries.

    Paid, platform's and own discount on what was kept, given back to the buyer; so held, payable.
    """
    rows = ledger.statement(
        {
            "held": books.held(supplier_id),
            "payable": books.payable(supplier_id),
            "given": books.given(supplier_id),
        },
        {
            "paid": ["capture", books.PART],
            "paid_less": [books.PART_BACK],
            "subsidy": ["platform_discount"],
            "subsidy_back": ["refund_discount"],
            "back": ["refund"],
        },
    )
    balances = ledger.balances(f"supplier:{supplier_id}:")
    shown = paged(rows, page, ORDERS_A_PAGE)
    # What went back to the platform is no more of its discount: "given back" is what buyers got, as on their orders.
    # What was paid on account and covers other goods by now is no more paid.
    shown.object_list = [
        row | {"subsidy": row["subsidy"] - row["subsidy_back"], "paid": row["paid"] - row["paid_less"]}
        for row in shown.object_list
    ]
    return Settlement(
        page=shown,
        held_fen=balances.get(books.held(supplier_id), 0),
        payable_fen=balances.get(books.payable(supplier_id), 0),
        given_fen=ledger.balance(books.given(supplier_id)),
        own=own_discounts(supplier_id, [row["reference"] for row in shown.object_list]),
    )


def supplier_reviews(supplier_id: int, page: Turned = 1) -> Page:
    """Return a page of the shown reviews of a supplier's products, those without an answer first. Three queries."""
    rows = (
        ReviewFacts.objects.filter(line__order__supplier_id=supplier_id, review__status=ProductReview.APPROVED)
        .select_related("review", "line__order__order")
        .prefetch_related("pictures__picture")
        .annotate(answered=Count("pk", filter=~Q(reply="")))
        .order_by("answered", "-moderated_at", "-pk")
    )
    return paged(rows, page, ORDERS_A_PAGE)


def review_of_supplier(supplier_id: int, review_id: int) -> ReviewFacts | None:
    """Return a review of the supplier's products, or None."""
    return ReviewFacts.objects.filter(pk=review_id, line__order__supplier_id=supplier_id).first()
