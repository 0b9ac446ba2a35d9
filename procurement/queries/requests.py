"""Reading requests and units' orders: lists, one with its history, what waits for whom."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.queries import specifications_for_sale
from procurement.models import (
    BudgetUnit,
    CancelRequest,
    DeclarationSnapshot,
    PurchaseRequest,
    QuotaDeclaration,
    UnitOrder,
)
from procurement.queries.acceptances import waits_to_be_accepted
from procurement.queries.units import Seat
from procurement.states import STOPPABLE, CancelState, CanteenMode, DeclarationState, RequestState, UnitKind
from shop.core.codes import national_phone
from shop.core.paging import Pages, Turned, paged
from shop.sales.queries.promises import note_undated
from shop.sales.states import OrderState, PurchaseState

REQUESTS_A_PAGE = 20
_CASES = "order__lines__after_sales"
TABS: dict[str, tuple[str, ...]] = {
    "open": (RequestState.DRAFT, RequestState.RETURNED, RequestState.APPROVED),
    "waiting": (RequestState.SUBMITTED, RequestState.CHECKED),
    "ordered": (RequestState.ORDERED,),
    "all": tuple(RequestState.values),
}


def request_page(unit_id: int, tab: str, page: Turned) -> Page:
    """Return a page of a unit's requests. Two queries."""
    rows = PurchaseRequest.objects.filter(unit_id=unit_id, state__in=TABS[tab]).select_related("buyer")
    rows = _with_all_cancelled(rows.annotate(kinds=Count("lines"), pieces=Sum("lines__quantity")))
    return paged(rows.order_by("-created_at", "-pk"), page, REQUESTS_A_PAGE)


def request_of(seats: Sequence[Seat], number: str) -> PurchaseRequest | None:
    """Return a request of one of the person's units with its lines and decisions, or None. Four queries."""
    return _requests(Q(unit__in=[seat.pk for seat in seats]), number)


def _requests(of_units: Q, number: str) -> PurchaseRequest | None:
    rows = PurchaseRequest.objects.filter(of_units, number=number)
    rows = rows.select_related("unit__organisation", "unit__parent__organisation", "ship_division", "buyer", "purchase")
    return _with_all_cancelled(rows).prefetch_related("lines", "decisions__actor", "versions").first()


def request_to_read(seats: Sequence[Seat], number: str) -> tuple[Seat, PurchaseRequest] | None:
    """Return a request, and the seat that it is read from: one's own unit's, or an ordered one of a unit below.

    Who oversees a unit reads what its orders came from and does nothing there: that seat has no role. Eight queries.
    """
    found = request_of(seats, number)
    if found is not None:
        return next(seat for seat in seats if seat.pk == found.unit_id), found
    above = [seat for seat in seats if seat.oversees]
    found = _requests(Q(purchase__isnull=False), number) if above else None
    if found is None:
        return None
    seat = next((seat for seat in above if _is_below(found.unit.path, seat)), None)
    return (replace(seat, roles=set()), found) if seat is not None else None


def _is_below(path: str | None, seat: Seat) -> bool:
    return bool(seat.unit.path and path and path.startswith(seat.unit.path))


def may_read_requests(seats: Sequence[Seat], unit: BudgetUnit) -> bool:
    """Tell whether a person reads the requests of a unit: they act for it, or oversee it."""
    return any(seat.pk == unit.pk or (seat.oversees and _is_below(unit.path, seat)) for seat in seats)


def _with_all_cancelled(rows: QuerySet[PurchaseRequest]) -> QuerySet[PurchaseRequest]:
    """Add whether each request was ordered and every order that came of it is cancelled."""
    orders = UnitOrder.objects.filter(request=OuterRef("pk"))
    stands = orders.exclude(order__state=OrderState.CANCELLED)
    return rows.annotate(all_cancelled=Exists(orders) & ~Exists(stands))


@dataclass(frozen=True)
class Waiting:
    """How many things wait in a unit, for the console's places."""

    requests: int = 0
    acceptances: int = 0
    payments: int = 0


def left_of_goods(found: PurchaseRequest) -> dict[int, int]:
    """Return what is left to be sold by specification id, 0 for what is not sold now; nothing once it is ordered.

    Two queries, however many lines.
    """
    if found.state in (RequestState.ORDERED, RequestState.CANCELLED):
        return {}
    wanted = [line.specification_id for line in found.lines.all()]
    specs = specifications_for_sale(wanted)
    return {pk: specs[pk].available if pk in specs and specs[pk].is_sellable else 0 for pk in wanted}


def waiting(seat: Seat) -> Waiting:
    """Return how many requests wait for this person's role, how many orders are to be accepted, purchases to be paid.

    Two queries.
    """
    states: list[str] = []
    if seat.approves:
        states.append(RequestState.SUBMITTED)
    if seat.pays:
        states.append(RequestState.CHECKED)
    if seat.buys:
        states += [RequestState.RETURNED, RequestState.APPROVED]
    due = Q(state=RequestState.ORDERED, purchase__state=PurchaseState.UNPAID, purchase__pay_by__isnull=False)
    counts = PurchaseRequest.objects.filter(unit_id=seat.pk).aggregate(
        requests=Count("pk", filter=Q(state__in=states)), payments=Count("pk", filter=due)
    )
    shipped = waits_to_be_accepted(UnitOrder.objects.filter(unit_id=seat.pk)).count()
    return Waiting(counts["requests"], shipped, counts["payments"])


def _with_reductions(rows: QuerySet[PurchaseRequest]) -> QuerySet[PurchaseRequest]:
    """Add what of each request's orders is not charged, and what was given back."""
    return rows.annotate(
        waived_fen=Coalesce(Sum("purchase__orders__waived_fen"), 0),
        refunded_fen=Coalesce(Sum("purchase__orders__refunded_fen"), 0),
    )


def reductions_of(request_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return what ordered requests came to, and what was taken off since, by id. One query."""
    rows = PurchaseRequest.objects.filter(pk__in=request_ids, purchase__isnull=False).order_by("pk")
    orders = "purchase__orders__"
    found = rows.values("pk", "purchase__total_fen").annotate(
        waived=Coalesce(Sum(f"{orders}waived_fen"), 0), refunded=Coalesce(Sum(f"{orders}refunded_fen"), 0)
    )
    return {row["pk"]: (row["purchase__total_fen"], row["waived"] + row["refunded"]) for row in found}


def open_requests(unit_id: int) -> list[PurchaseRequest]:
    """Return the requests that somebody has to do something with, and the purchases to be paid. One query."""
    waits = Q(state__in=[*TABS["open"], *TABS["waiting"]])
    due = Q(state=RequestState.ORDERED, purchase__state=PurchaseState.UNPAID, purchase__pay_by__isnull=False)
    rows = PurchaseRequest.objects.filter(waits | due, unit_id=unit_id).select_related("buyer", "purchase")
    return list(_with_reductions(rows).order_by("created_at", "pk")[:200])


def _orders() -> QuerySet[UnitOrder]:
    return UnitOrder.objects.select_related(
        "order__order", "order__supplier", "order__purchase__ship_division", "unit__organisation",
        "counts_for__organisation", "request__buyer",
    ).prefetch_related("order__lines", "cancel_requests")  # fmt: skip


def wishes_to_cancel(unit_id: int) -> list[CancelRequest]:
    """Return the wishes to cancel orders of a unit that wait for an approver, the oldest first. One query."""
    rows = CancelRequest.objects.filter(order__unit=unit_id, state=CancelState.OPEN)
    rows = rows.filter(order__order__state__in=STOPPABLE)
    return list(rows.select_related("order__order__order", "asked_by").order_by("asked_at", "pk"))


def pieces_to_cancel(order_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return by order's id how many pieces a wish to cancel it is of, and how many were sent. One query.

    Only of orders with a wish that waits for an approver.
    """
    rows = UnitOrder.objects.filter(pk__in=order_ids, order__state__in=STOPPABLE)
    rows = rows.filter(Exists(CancelRequest.objects.filter(order=OuterRef("pk"), state=CancelState.OPEN)))
    line = "order__lines__"
    waiting = Sum(F(f"{line}ordered") - F(f"{line}cancelled") - F(f"{line}shipped"))
    found = rows.annotate(waiting=waiting, sent=Sum(f"{line}shipped"))
    return {pk: (int(left), int(sent)) for pk, left, sent in found.values_list("pk", "waiting", "sent")}


def cancelled_of(request: PurchaseRequest) -> list[CancelRequest]:
    """Return the cancellations of a request's orders that were agreed to, the first first. One query, once ordered."""
    if request.purchase_id is None:
        return []
    rows = CancelRequest.objects.filter(order__request=request, state=CancelState.AGREED)
    return list(rows.select_related("order__order__order", "decided_by").order_by("decided_at", "pk"))


def orders_under_way(unit_id: int, most: int = 5) -> list[UnitOrder]:
    """Return the unit's orders that are not accepted yet, those to be accepted first. Three queries."""
    rows = _orders().filter(unit_id=unit_id).prefetch_related("order__shipments")
    open_ = rows.exclude(order__state__in=[OrderState.CANCELLED, OrderState.COMPLETED])
    return list(open_.order_by("order__state", "-order__placed_at", "-pk")[:most])


def unit_order(seats: Sequence[Seat], number: str) -> UnitOrder | None:
    """Return an order of one of the person's units, one that counts for it, or of one below a unit that oversees, or None.

    Eight queries.
    """
    mine = Q(unit__in=[seat.pk for seat in seats]) | Q(counts_for__in=[seat.pk for seat in seats])
    for seat in seats:
        if seat.unit.kind != UnitKind.UNIT:
            mine |= Q(unit__path__startswith=seat.unit.path or "-")
    rows = _orders().filter(mine, order__order__number=number)
    found = rows.prefetch_related(_CASES, "order__shipments__lines", "request__decisions__actor").first()
    if found is not None:
        note_undated([found.order], timezone.now())
    return found


def payment_page(unit_id: int, page: str | int) -> Page:
    """Return a page of the unit's purchases: those to be paid first, by their day; then the latest first. Two queries."""
    rows = PurchaseRequest.objects.filter(unit_id=unit_id, purchase__isnull=False).select_related("purchase")
    first = Case(When(purchase__state=PurchaseState.UNPAID, then=0), default=1)
    due = Case(When(purchase__state=PurchaseState.UNPAID, then="purchase__pay_by"))
    rows = _with_reductions(rows).order_by(first, due, "-ordered_at", "-pk")
    return Pages(rows, REQUESTS_A_PAGE).get_page(page)


def orders_of_request(request_id: int) -> list[UnitOrder]:
    """Return the orders that came of a request, with their lines and the lines' cases. Three queries."""
    return list(_orders().filter(request_id=request_id).prefetch_related(_CASES).order_by("pk"))


def numbers_of_orders(request: PurchaseRequest) -> list[str]:
    """Return the numbers of the orders that came of a request, the first first. One query, once it is ordered."""
    if request.purchase_id is None:
        return []
    rows = UnitOrder.objects.filter(request=request).order_by("pk")
    return list(rows.values_list("order__order__number", flat=True))


def declaration_below(seats: Sequence[Seat], pk: int) -> QuotaDeclaration | None:
    """Return a declaration of a unit right below one of the person's, or None."""
    rows = QuotaDeclaration.objects.filter(pk=pk, unit__parent__in=[seat.pk for seat in seats])
    return rows.select_related(
        "unit__organisation", "policy", "submitted_by", "represented_by__organisation", "in_force"
    ).first()


def declaration_of(unit_id: int, year: int) -> QuotaDeclaration | None:
    """Return a unit's declaration of a year, or None. One query."""
    rows = QuotaDeclaration.objects.filter(unit_id=unit_id, year=year)
    return rows.select_related(
        "unit__organisation", "policy", "submitted_by", "represented_by__organisation", "in_force"
    ).first()


def snapshots_of(declaration: QuotaDeclaration) -> list[DeclarationSnapshot]:
    """Return what was confirmed of a declaration, the latest first. One query."""
    rows = declaration.snapshots.select_related("policy", "represented_by__organisation")
    return list(rows.order_by("-version"))


def taken_over_by(unit_id: int, year: int) -> list[DeclarationSnapshot]:
    """Return what is in force of units whose shared canteen this one declares: it owes their shares, too. One query."""
    return taken_over_by_each([unit_id], year).get(unit_id, [])


def taken_over_by_each(unit_ids: Collection[int], year: int) -> dict[int, list[DeclarationSnapshot]]:
    """Return by unit what is in force of those whose shared canteen it declares, as `taken_over_by`. One query."""
    rows = DeclarationSnapshot.objects.filter(
        pk__in=QuotaDeclaration.objects.filter(year=year, in_force__isnull=False).values("in_force"),
        represented_by__in=unit_ids,
        canteen=CanteenMode.SHARED,
    )
    found: dict[int, list[DeclarationSnapshot]] = defaultdict(list)
    for row in rows.select_related("unit__organisation").order_by("unit_id"):
        if row.passed_on_fen and row.represented_by_id is not None:
            found[row.represented_by_id].append(row)
    return found


def asked_to_represent(unit_id: int, year: int) -> list[QuotaDeclaration]:
    """Return the declarations of units that name this one as declaring for them: those that wait first. One query.

    None that came back or was withdrawn.
    """
    rows = QuotaDeclaration.objects.filter(represented_by=unit_id, year=year, canteen=CanteenMode.SHARED)
    rows = rows.exclude(state__in=(DeclarationState.DRAFT, DeclarationState.RETURNED)).select_related(
        "unit__organisation", "in_force", "policy"
    )
    return sorted(rows.order_by("pk"), key=lambda row: row.accepted_at is not None)


@dataclass(frozen=True)
class Change:
    """What became of one line between two versions. `before` and `now` are pieces; 0 = not there."""

    name_zh: str
    name_en: str
    spec_zh: str
    spec_en: str
    before: int
    now: int
    price_before_fen: int
    price_now_fen: int


def changes(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Return the lines that differ between two versions' lines, by code. No queries."""
    old, new = ({line["sku"]: line for line in lines} for lines in (before, now))
    found = []
    for sku in [*new, *(sku for sku in old if sku not in new)]:
        was, is_ = old.get(sku), new.get(sku)
        shown = is_ or was or {}
        change = Change(
            name_zh=shown["name_zh"],
            name_en=shown["name_en"],
            spec_zh=shown["spec_zh"],
            spec_en=shown["spec_en"],
            before=was["quantity"] if was else 0,
            now=is_["quantity"] if is_ else 0,
            price_before_fen=was["unit_price_fen"] if was else 0,
            price_now_fen=is_["unit_price_fen"] if is_ else 0,
        )
        moved = change.before and change.now and change.price_before_fen != change.price_now_fen
        if change.before != change.now or moved:
            found.append(change)
    return found


@dataclass(frozen=True)
class FactChange:
    """What became of one fact between two versions: "address", "fund", "terms", "year", "note", "freight"."""

    what: str
    before: Mapping[str, Any]
    now: Mapping[str, Any]


FACTS = {
    "address": ("ship_name", "ship_phone", "ship_division_id", "ship_street"),
    "fund": ("fund",),
    "terms": ("terms",),
    "year": ("year",),
    "note": ("note",),
    "freight": ("freight_fen",),
}


def fact_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[FactChange]:
    """Return the facts that differ between two versions, besides their lines. No queries."""
    return [
        FactChange(what, before, now)
        for what, names in FACTS.items()
        if [_plain(name, before) for name in names] != [_plain(name, now) for name in names]
    ]


def _plain(name: str, facts: Mapping[str, Any]) -> Any:
    """Return a fact as it is compared: a phone is the same one with its country's prefix and without."""
    return national_phone(facts.get(name)) if name == "ship_phone" else facts.get(name)
