"""A shared canteen: who declares for others says yes to it, and their orders count there."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from procurement import books
from procurement.errors import ChangedSince, WrongStep
from procurement.models import BudgetUnit, DeclarationSnapshot, QuotaDeclaration, UnitOrder
from procurement.operations.lengths import check_length
from procurement.operations.permissions import APPROVER, BUYER, FINANCE, must_be
from procurement.rules.quota import FEEDS, counted_fen
from procurement.states import CanteenMode, DeclarationState, Fund
from shop.core import audit, ledger, outbox
from shop.core.errors import InvalidInput
from shop.core.ledger import Posting
from shop.core.prepared import Prepared
from shop.sales.states import OrderState

_representative = Prepared(
    lambda unit_id, year: (
        DeclarationSnapshot.objects.filter(unit=unit_id, year=year)
        .order_by("-version")
        .values_list("canteen", "represented_by_id")
    )
)
_one = Prepared(lambda pk: BudgetUnit.objects.filter(pk=pk).select_for_update(no_key=True, of=("self",)))


def lock_units(*unit_ids: int | None) -> None:
    """Lock units in the order of their ids until the transaction ends: what they declare and what counts where.

    Units are locked before whatever is theirs: requests, declarations, orders.
    """
    for pk in sorted({pk for pk in unit_ids if pk}):
        _one(pk)


def counts_for(*, unit_id: int, year: int, fund: str) -> int:
    """Return the unit whose quota an order of `unit_id` fills. The caller locked the unit: nothing is confirmed meanwhile.

    The representative's where the canteen is shared, the unit's own otherwise; the union's money is always its own.
    """
    if fund != Fund.CANTEEN:
        return unit_id
    for canteen, represented_by_id in _representative(unit_id, year)[:1]:
        if canteen == CanteenMode.SHARED and represented_by_id:
            return int(represented_by_id)
    return unit_id


def answer_representation(
    *, declaration_id: int, version: int, accept: bool, actor: Any, at: datetime, reason: str = ""
) -> QuotaDeclaration:
    """Say whether one's unit declares for the unit of a submitted declaration, or return it with a reason.

    Raises NotAllowed for others than the named unit's people, ChangedSince, WrongStep when it does not wait or the
    named unit did not declare a canteen of its own, InvalidInput without a reason to decline. Locks: units by id.
    """
    with transaction.atomic():
        seen = QuotaDeclaration.objects.get(pk=declaration_id)
        lock_units(seen.unit_id, seen.represented_by_id)
        rows = QuotaDeclaration.objects.select_for_update(of=("self",))
        declaration = rows.select_related("represented_by__organisation").get(pk=declaration_id)
        if declaration.represented_by is None or declaration.version != version:
            raise ChangedSince(_("The unit changed its declaration meanwhile. Please read it again."))
        must_be(actor, declaration.represented_by, BUYER, APPROVER, FINANCE)
        if declaration.state != DeclarationState.SUBMITTED or declaration.canteen != CanteenMode.SHARED:
            raise WrongStep(_("This declaration was decided already."))
        if accept:
            _check_own(declaration)
            declaration.accepted_by, declaration.accepted_at = actor, at
        else:
            if not reason.strip():
                raise InvalidInput(_("Say why you don't declare for them."), field="reason")
            declaration.accepted_by, declaration.accepted_at = None, None
            declaration.state, declaration.reason = DeclarationState.RETURNED, check_length(reason, "reason")
            declaration.decided_by, declaration.decided_at = actor, at
            outbox.enqueue(
                task="procurement.tell_declaration",
                args={"declaration_id": declaration.pk},
                key=f"tell_declaration:{declaration.pk}:{version}:{declaration.state}",
                at=at,
            )
        declaration.save()
        audit.record(
            action="accept_representation" if accept else "decline_representation", object_kind="declaration",
            object_id=declaration.pk, actor=actor, at=at, version=version,
        )  # fmt: skip
        return declaration


def _check_own(declaration: QuotaDeclaration) -> None:
    own = QuotaDeclaration.objects.filter(
        unit_id=declaration.represented_by_id,
        year=declaration.year,
        canteen__in=FEEDS,
        state__in=(DeclarationState.SUBMITTED, DeclarationState.CONFIRMED),
    ).select_related("in_force")
    mine = own.first()
    if mine is None or (mine.in_force is not None and mine.in_force.canteen not in FEEDS):
        raise WrongStep(_("Declare your own canteen first: only then can you declare for others."))


def move_orders(*, unit_id: int, year: int, to_id: int, key: str, actor: Any, at: datetime) -> int:
    """Have the canteen's orders of a unit and year count for `to_id` from now on; return how many moved.

    Each order's sides go from the one quota to the other, under the order's own number: both stay sums of their orders.
    Locks (the caller locked the unit): the orders' purchases by id, the orders by id, ledger.
    """
    rows = UnitOrder.objects.filter(unit_id=unit_id, year=year, fund=Fund.CANTEEN).exclude(counts_for_id=to_id)
    purchases = rows.select_related("order__purchase").select_for_update(of=("order__purchase",), no_key=True)
    list(purchases.order_by("order__purchase_id"))
    orders = rows.select_related("order__order").select_for_update(of=("order",), no_key=True)
    moved = list(orders.order_by("pk"))
    postings: list[Posting] = []
    for row in moved:
        order = row.order
        fen = counted_fen(
            order.total_fen, order.refunded_fen, order.waived_fen, is_cancelled=order.state == OrderState.CANCELLED
        )
        stands = books.FULFILLED if order.state == OrderState.COMPLETED else books.COMMITTED
        for side, amount in ((stands, fen), (books.REVERSED, order.total_fen - fen)):
            postings += books.quota_passed_on(
                key=f"moved:{key}:{row.pk}:{side}", unit_id=row.counts_for_id, to_id=to_id, year=year, side=side,
                fen=amount, number=order.order.number,
            )  # fmt: skip
    ledger.post(postings, at=at, actor_id=actor.pk)
    UnitOrder.objects.filter(pk__in=[row.pk for row in moved]).update(counts_for_id=to_id)
    if moved:
        audit.record(
            action="move_orders", object_kind="unit", object_id=unit_id, actor=actor, at=at, year=year, to=to_id,
            orders=len(moved),
        )  # fmt: skip
    return len(moved)
