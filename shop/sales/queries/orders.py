"""Reading orders as their buyer: lists, one order, its lines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from shop.core.paging import Turned, paged
from shop.sales import hooks
from shop.sales.models import AfterSale, LineFacts, OrderFacts, Purchase, Refund, ReviewFacts
from shop.sales.queries.backs import note_backs
from shop.sales.queries.open_recalls import note_open_recalls
from shop.sales.queries.promises import note_undated
from shop.sales.queries.purchases import owned, way_of
from shop.sales.queries.recalls import note_recalls
from shop.sales.queries.transfer_waits import note_arrivals, note_transfer_waits
from shop.sales.states import ONGOING_CASES, OrderState, PurchaseState, RefundState
from shop.sales.visitors import Visitor

ORDERS_A_PAGE = 10
TABS = ("", "unpaid", "to_ship", "shipped", "to_review", "after_sale")


@dataclass
class OrderList:
    """One page of orders with their lines, and how many wait in each tab."""

    page: Page
    counts: dict[str, int]


def owned_orders(visitor: Visitor) -> QuerySet[OrderFacts]:
    """Return the orders that a visitor may see and act on: its own, and those of the purchases it opened."""
    return OrderFacts.objects.filter(owned(visitor, "purchase__"))


def _unreviewed() -> Exists:
    reviewed = ReviewFacts.objects.filter(line=OuterRef("pk"))
    return Exists(LineFacts.objects.filter(~Exists(reviewed), order=OuterRef("pk"), accepted__gt=0))


def _in_tab(orders: QuerySet[OrderFacts], tab: str) -> QuerySet[OrderFacts]:
    if tab == "to_review":
        return orders.filter(_unreviewed(), state=OrderState.COMPLETED)
    if tab == "after_sale":
        cases = Exists(AfterSale.objects.filter(line__order=OuterRef("pk")))
        return orders.filter(cases | Exists(_own_refunds()) | Exists(_purchase_refunds()))
    return orders.filter(state=tab) if tab else orders


def _own_refunds() -> QuerySet[Refund]:
    return Refund.objects.filter(order=OuterRef("pk"))


def _purchase_refunds() -> QuerySet[Refund]:
    """What goes back of a purchase without being an order's is said with each of its orders."""
    return Refund.objects.filter(
        order=None, payment__payable_kind="purchase", payment__payable_id=OuterRef("purchase_id")
    )


def _lines() -> Prefetch:
    reviewed = ReviewFacts.objects.filter(line=OuterRef("pk"))
    open_case = AfterSale.objects.filter(line=OuterRef("pk"), state__in=ONGOING_CASES)
    rows = LineFacts.objects.order_by("pk").annotate(is_reviewed=Exists(reviewed), has_open_case=Exists(open_case))
    return Prefetch("lines", queryset=rows)


def order_list(visitor: Visitor, *, tab: str = "", page: Turned = 1) -> OrderList:
    """Return one page of a tab, the latest first. Seventeen queries at most, whatever the number of orders."""
    orders = owned_orders(visitor)
    rows = (
        _in_tab(orders, tab if tab in TABS else "")
        .select_related("order", "purchase", "supplier")
        .prefetch_related(_lines())
        .order_by("-placed_at", "-pk")
    )
    found = paged(rows, page, ORDERS_A_PAGE)
    found.object_list = list(found.object_list)
    note_backs(found.object_list)
    note_transfer_waits(found.object_list)
    _note_consents(found.object_list)
    note_undated(found.object_list, timezone.now())
    note_recalls(found.object_list)
    note_open_recalls(found.object_list)
    return OrderList(page=found, counts=tab_counts(orders))


def _note_consents(orders: Sequence[OrderFacts]) -> None:
    """Note on each order what its cancellation waits for (`cancel_waits`), "" for nothing. A query for units' orders."""
    asked = [order for order in orders if order.state in (OrderState.UNPAID, OrderState.TO_SHIP)]
    waiting = hooks.waiting_for_consent(asked)
    for order in orders:
        order.cancel_waits = waiting.get(order.pk, "")  # type: ignore[attr-defined]  # noted on the row for who shows it


def tab_counts(orders: QuerySet[OrderFacts]) -> dict[str, int]:
    """Return how many orders wait in the tabs where something is to be done. One query."""
    open_cases = AfterSale.objects.filter(line__order=OuterRef("pk"), state__in=ONGOING_CASES)
    is_open = Q(Exists(open_cases))
    for refunds in (_own_refunds(), _purchase_refunds()):
        is_open |= Q(Exists(refunds.exclude(state=RefundState.SUCCEEDED)))
    return orders.aggregate(
        unpaid=Count("pk", filter=Q(state=OrderState.UNPAID)),
        to_ship=Count("pk", filter=Q(state=OrderState.TO_SHIP)),
        shipped=Count("pk", filter=Q(state=OrderState.SHIPPED)),
        to_review=Count("pk", filter=Q(state=OrderState.COMPLETED) & Q(_unreviewed())),
        after_sale=Count("pk", filter=is_open),
    )


def order_of(visitor: Visitor, number: str) -> OrderFacts | None:
    """Return the visitor's own order `number` with everything that its page shows, or None. Up to 24 queries."""
    order = with_everything(owned_orders(visitor).filter(order__number=number)).first()
    if order is not None:
        note_backs([order])
        note_transfer_waits([order])
        note_arrivals(order)
        _note_consents([order])
        note_undated([order], timezone.now())
        note_recalls([order])
        note_open_recalls([order])
        hooks.note_notes([order])
    return order


def with_everything(orders: QuerySet[OrderFacts]) -> QuerySet[OrderFacts]:
    """Return the orders with what `shop.sales.shown.show_order_page` reads."""
    return orders.select_related("order", "purchase__ship_division", "supplier").prefetch_related(
        _lines(),
        "moves",
        Prefetch("refunds", queryset=Refund.objects.select_related("payment").order_by("pk")),
        "shipments__lines",
        Prefetch(
            "lines__after_sales",
            queryset=AfterSale.objects.order_by("pk").prefetch_related("pictures__picture", "decisions", "moves"),
        ),
    )


def acted_on(visitor: Visitor, number: str) -> tuple[int, str] | None:
    """Return the id of an order that the visitor may act on, and how it does (`states.Way`), or None. One query."""
    order = owned_orders(visitor).filter(order__number=number).select_related("purchase").first()
    return (order.pk, way_of(visitor, order.purchase)) if order is not None else None


def is_paid(order_id: int) -> bool:
    """Tell whether an order's purchase is paid. One query."""
    return OrderFacts.objects.filter(pk=order_id, purchase__state=PurchaseState.PAID).exists()


def line_of(visitor: Visitor, number: str, line_id: int) -> LineFacts | None:
    """Return a line of the visitor's own order with its order, or None. One query."""
    return (
        LineFacts.objects.filter(pk=line_id, order__in=owned_orders(visitor), order__order__number=number)
        .select_related("order__order", "order__supplier", "order__purchase")
        .first()
    )


def case_of(visitor: Visitor, number: str, case_id: int) -> AfterSale | None:
    """Return a case of the visitor's own order, or None. One query."""
    found = AfterSale.objects.filter(
        pk=case_id, line__order__in=owned_orders(visitor), line__order__order__number=number
    )
    return found.select_related("line__order__purchase").first()


def find_purchase(*, phones: Collection[str], number: str) -> Purchase | None:
    """Return the purchase that has this number, or an order of it, and one of these phones; None otherwise."""
    by_number = Q(number__iexact=number) | Q(orders__order__number__iexact=number)
    known = [phone for phone in phones if phone]
    return Purchase.objects.filter(by_number, contact_phone__in=known).distinct().first()
