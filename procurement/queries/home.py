"""What a unit's home shows, in as few words as tell it apart from any other: what its page is kept under."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from procurement import books
from procurement.models import BudgetUnit, CancelRequest, PurchaseRequest, QuotaDeclaration, UnitOrder
from procurement.operations.quota import KIND
from procurement.queries.policies import policies, regions_around
from procurement.queries.units import Seat
from procurement.states import CancelState, DeclarationState, Fund, RequestState
from shop.core import ledger
from shop.core.prepared import Prepared
from shop.sales.queries.deliveries import schedules_by_id
from shop.sales.queries.payouts import waiting_without_account
from shop.sales.states import OrderState, PurchaseState

_CLOSED = (OrderState.CANCELLED, OrderState.COMPLETED)
_OPEN = tuple(state for state in RequestState.values if state not in (RequestState.ORDERED, RequestState.CANCELLED))
_SIDES = (books.RESERVED, books.COMMITTED, books.FULFILLED, books.REVERSED)


def _first(rows: QuerySet[Any], *names: str) -> Subquery:
    """Return the fields of the first row as one text."""
    parts = [part for name in names for part in (Cast(name, CharField()), Value("|"))]
    return Subquery(rows.annotate(told=Concat(*parts, output_field=CharField())).values("told")[:1])


def _transfers(names: list[str]) -> Subquery:
    """How many transfers moved one of the accounts: each of a unit's credits one of them, and none ever goes.

    Their number, not the last one's id: what is committed later may have been given an earlier id.
    """
    rows = ledger.credits_to(names).order_by().values("credit__asset")
    return Subquery(rows.annotate(n=Count("pk")).values("n")[:1])


_figures = Prepared(
    lambda unit_id, year, names, regions, ref: BudgetUnit.objects.filter(pk=unit_id).values_list(
        _transfers(names),
        Subquery(
            UnitOrder.objects.filter(Q(counts_for=unit_id) | Q(unit=unit_id), year=year)
            .order_by()
            .values("year")
            .annotate(n=Count("pk"))
            .values("n")
        ),
        _first(
            QuotaDeclaration.objects.filter(unit=OuterRef("pk"), year=year),
            *("pk", "version", "state", "reserved_fen", "reason", "in_force__version"),
        ),
        Subquery(
            QuotaDeclaration.objects.filter(
                represented_by=unit_id, year=year, state=DeclarationState.SUBMITTED, accepted_at__isnull=True
            )
            .order_by()
            .values("represented_by")
            .annotate(n=Count("pk"))
            .values("n")
        ),
        Subquery(
            CancelRequest.objects.filter(order__unit=unit_id, state=CancelState.OPEN)
            .order_by()
            .values("state")
            .annotate(n=Count("pk"), last=Max("pk"))
            .values(told=F("n") * 10**9 + F("last"))
        ),
        Subquery(
            waiting_without_account(KIND, ref)
            .order_by()
            .values("state")
            .annotate(n=Count("pk"), last=Max("pk"))
            .values(told=F("n") * 10**9 + F("last"))
        ),
        # Who has which role: their names stand beside what waits for them.
        Subquery(
            BudgetUnit.objects.filter(pk=unit_id)
            .order_by()
            .values("pk")
            .annotate(n=Count("organisation__memberships"), last=Max("organisation__memberships__pk"))
            .values(told=F("n") * 10**9 + F("last"))
        ),
        _first(
            policies(regions, year).reverse(),
            *("pk", "ratio_bp", "declare_by", "fulfil_by", "name_zh", "name_en"),
        ),
    )
)
_orders = Prepared(
    lambda unit_id: (
        UnitOrder.objects.filter(unit=unit_id)
        .exclude(order__state__in=_CLOSED)
        .annotate(
            parcels_waiting=Count("order__shipments", filter=Q(order__shipments__received_at__isnull=True)),
            last_parcel=Max("order__shipments__pk"),
        )
        .order_by("pk")
        .values_list(
            *("pk", "order__state", "order__shipped_at", "order__refunded_fen", "order__waived_fen"),
            *(f"order__purchase__{name}" for name in ("state", "paid_at", "pay_by")),
            *("order__supplier__name_zh", "order__supplier__name_en", "request__buyer__name"),
            # What a part delivery changes: parcels that wait to be accepted.
            *("parcels_waiting", "last_parcel"),
        )
    )
)
_requests = Prepared(
    lambda unit_id: (
        PurchaseRequest.objects.filter(
            Q(state__in=_OPEN)
            | Q(state=RequestState.ORDERED, purchase__state=PurchaseState.UNPAID, purchase__pay_by__isnull=False),
            unit=unit_id,
        )
        .order_by("pk")
        .values_list(
            "pk", "state", "version", "total_fen", "submitted_at", "buyer__name", F("purchase__pay_by"), "purchase_id"
        )
    )
)


def home_facts(seat: Seat, year: int, at: datetime) -> tuple[Any, ...]:
    """Return what tells one state of a unit's home from another. Three queries, few rows; five more where one is paid.

    Every figure of the quota comes from the ledger: the number of its transfers stands for all of them, and for the orders
    that were accepted, reduced or cancelled; what moves without a transfer (sent, paid, asked, declared) is listed.
    """
    unit = seat.unit
    names = [books.quota(unit.pk, year, fund, side) for fund in Fund.values for side in _SIDES]
    orders = _orders(unit.pk)
    requests = _requests(unit.pk)
    due = schedules_by_id([row[7] for row in requests if row[7]])
    late = [row[7] is not None and row[7] < at for row in orders]
    return (
        (unit.pk, seat.name, seat.above, unit.region_code, sorted(seat.roles), year, timezone.localdate(at)),
        (_figures(unit.pk, year, names, regions_around(unit.region_code), str(unit.pk)), orders, late, requests, due),
    )
