"""Telling people whose turn it is. Handlers of the outbox: they take ids and bear running twice."""

from datetime import datetime, timedelta

from django.utils import timezone

from catalog.queries import supplier_member_ids
from procurement.models import CancelRequest, GoodsAcceptance, PurchaseRequest, QuotaDeclaration
from procurement.operations.deciding import STEPS
from procurement.operations.permissions import APPROVER, BUYER, FINANCE, OWNER
from procurement.states import CancelState, DeclarationState, RequestState
from procurement.texts import year_of
from shop.accounts.operations.messages import tell
from shop.core import outbox, periodic
from shop.sales.queries.backs import went_back_of
from shop.sales.queries.deliveries import schedule_of
from shop.sales.states import OrderState, PurchaseState, Terms


@outbox.register("procurement.tell_request")
def tell_request(*, request_id: int, state: str, at: datetime) -> None:
    """Tell who decides next, or the buyer what was decided; nothing once the request moved on."""
    request = PurchaseRequest.objects.select_related("unit", "buyer").get(pk=request_id)
    if request.state != state:
        return
    params = {"number": request.number, "total_fen": request.total_fen}
    url = f"/units/requests/{request.number}/"
    key = f"{request.pk}:{request.version}:{state}"
    if state in (RequestState.SUBMITTED, RequestState.CHECKED):
        role = STEPS[RequestState(state)][1]
        people = request.unit.organisation.memberships.filter(role=role).exclude(user_id__in=request.editors)
        for user_id in people.values_list("user_id", flat=True):
            tell(
                user_id=user_id, kind="request_submitted", params={**params, "buyer": request.buyer.name}, url=url,
                key=f"request:{key}:{user_id}", at=at,
            )  # fmt: skip
    elif state == RequestState.APPROVED:
        is_later = request.year > year_of(at)
        tell(
            user_id=request.buyer_id, kind="request_approved_later" if is_later else "request_approved",
            params=params | {"year": request.year}, url=url, key=f"request:{key}", at=at,
        )  # fmt: skip
    elif state == RequestState.RETURNED:
        last = request.decisions.order_by("-pk").first()
        tell(
            user_id=request.buyer_id, kind="request_returned",
            params={**params, "reason": last.reason if last else ""}, url=url, key=f"request:{key}", at=at,
        )  # fmt: skip


@outbox.register("procurement.tell_declaration")
def tell_declaration(*, declaration_id: int, at: datetime) -> None:
    """Tell who declared what the supervising unit decided."""
    declaration = QuotaDeclaration.objects.get(pk=declaration_id)
    if declaration.submitted_by_id is None or declaration.state not in (
        DeclarationState.CONFIRMED,
        DeclarationState.RETURNED,
    ):
        return
    tell(
        user_id=declaration.submitted_by_id,
        kind=f"declaration_{declaration.state}",
        params={"year": declaration.year, "total_fen": declaration.reserved_fen, "reason": declaration.reason},
        url="/units/" if declaration.state == DeclarationState.CONFIRMED else "/units/declaration/",
        key=f"declaration:{declaration.pk}:{declaration.version}:{declaration.state}",
        at=at,
    )


@outbox.register("procurement.ask_representation")
def ask_representation(*, declaration_id: int, at: datetime) -> None:
    """Ask the unit that is to declare for another; nothing once it answered, or the declaration moved on."""
    rows = QuotaDeclaration.objects.select_related("unit__organisation", "represented_by__organisation")
    declaration = rows.get(pk=declaration_id)
    host = declaration.represented_by
    if host is None or declaration.state != DeclarationState.SUBMITTED or declaration.accepted_at is not None:
        return
    names = declaration.unit.organisation
    people = host.organisation.memberships.filter(role__in=[BUYER, APPROVER, FINANCE, OWNER])
    for user_id in people.order_by("user_id").values_list("user_id", flat=True).distinct():
        tell(
            user_id=user_id, kind="representation_asked",
            params={"name_zh": names.name_zh, "name_en": names.name_en, "year": declaration.year},
            url=f"/units/declaration/?year={declaration.year}",
            key=f"representation:{declaration.pk}:{declaration.version}:{user_id}", at=at,
        )  # fmt: skip


# Days from the day a purchase is due: before it, on it, and as it gets later.
RUNGS = (-7, 0, 7, 30, 60)
LATE_NOTICE = timedelta(days=3)


@periodic.every("procurement.remind_payments", seconds=3600)
def remind_payments(*, at: datetime) -> None:
    """Remind a unit's finance of what was received and is to be paid: once on each rung, from a week before the day on.

    A rung that was passed more than three days ago (nothing ran meanwhile) is left to the next.
    """
    for rung in RUNGS:
        reached = at - timedelta(days=rung)
        rows = PurchaseRequest.objects.filter(
            purchase__terms=Terms.POSTPAID,
            purchase__state=PurchaseState.UNPAID,
            purchase__pay_by__lte=reached,
            purchase__pay_by__gt=reached - LATE_NOTICE,
        ).select_related("purchase", "unit")
        for request in rows:
            _remind_finance(request, rung, at)


def _remind_finance(request: PurchaseRequest, rung: int, at: datetime) -> None:
    purchase = request.purchase
    if purchase is None or purchase.pay_by is None:
        return
    due_now = schedule_of(purchase).due_now_fen
    if not due_now:
        # What was accepted is paid; the rest waits for its acceptance.
        return
    params = {"number": request.number, "total_fen": due_now, "day": f"{timezone.localdate(purchase.pay_by)}"}
    finance = request.unit.organisation.memberships.filter(role__in=[FINANCE, OWNER])
    for user_id in finance.order_by("user_id").values_list("user_id", flat=True).distinct():
        tell(
            user_id=user_id, kind="payment_late" if rung > 0 else "payment_due", params=params,
            url=f"/units/payments/{request.number}/", key=f"payment:{request.pk}:{rung}:{user_id}", at=at,
        )  # fmt: skip


@outbox.register("procurement.tell_cancel")
def tell_cancel(*, wish_id: int, at: datetime, is_rest: bool = False, step: str = "") -> None:
    """Tell the approvers of a wish to cancel an order, or who asked and whose order it is what was decided on it.

    `is_rest`: a part was sent before, and only what was not sent is meant. Of a wish that was withdrawn nobody of the unit
    is told. The supplier is told that it was asked, and where nothing comes of it (`step`: the one that is told of);
    of what is cancelled sales tells it.
    """
    wish = CancelRequest.objects.select_related(
        "order__order__order", "order__order__purchase", "order__unit", "asked_by", "decided_by"
    ).get(pk=wish_id)
    number = wish.order.order.order.number
    url, about = f"/units/orders/{number}/", "cancel_rest" if is_rest else "cancel"
    if wish.state == CancelState.WITHDRAWN:
        if step == "withdrawn":
            _tell_supplier(wish, "cancel_withdrawn_supplier", at)
        return
    if wish.state == CancelState.OPEN:
        _tell_supplier(wish, "cancel_asked_supplier", at)
        people = wish.order.unit.organisation.memberships.filter(role=APPROVER).exclude(user_id=wish.asked_by_id)
        params = {"number": number, "buyer": wish.asked_by.name, "reason": wish.reason}
        for user_id in people.values_list("user_id", flat=True):
            tell(
                user_id=user_id, kind=f"{about}_asked", params=params, url=url,
                key=f"cancel_asked:{wish.pk}:{user_id}", at=at,
            )  # fmt: skip
        return
    params = {
        "number": number,
        "approver": wish.decided_by.name if wish.decided_by else "",
        "reason": wish.answer,
    }
    if wish.state != CancelState.AGREED:
        kind = f"{about}_refused"
        tell(user_id=wish.asked_by_id, kind=kind, params=params, url=url, key=f"cancel_decided:{wish.pk}", at=at)
        _tell_supplier(wish, "cancel_refused_supplier", at)
        return
    # Whose order it is reads it here, once: what sales would say of a buyer's own cancellation is left out there.
    back = went_back_of(wish.order_id)
    kind = f"{about}_agreed"
    if back.fen:
        kind += "_back"
    elif back.stays_fen and not is_rest:
        kind += "_kept"
    params |= {"back_fen": back.fen, "stays_fen": back.stays_fen}
    for user_id in sorted({wish.asked_by_id, wish.order.order.purchase.user_id or wish.asked_by_id}):
        key = f"cancel_decided:{wish.pk}" + ("" if user_id == wish.asked_by_id else f":{user_id}")
        tell(user_id=user_id, kind=kind, params=params, url=url, key=key, at=at)


def _tell_supplier(wish: CancelRequest, kind: str, at: datetime) -> None:
    """Tell the supplier of a wish to cancel an order that it has to send; of one that nobody paid yet it knows nothing."""
    order = wish.order.order
    if order.state != OrderState.TO_SHIP:
        return
    number = order.order.number
    for user_id in supplier_member_ids(order.supplier_id):
        tell(
            user_id=user_id, kind=kind, params={"number": number}, url=f"/seller/orders/{number}/",
            key=f"{kind}:{wish.pk}:{user_id}", at=at,
        )  # fmt: skip


@outbox.register("procurement.tell_refused")
def tell_refused(*, acceptance_id: int, at: datetime) -> None:
    """Tell the supplier that a unit refused goods whole, and why."""
    row = GoodsAcceptance.objects.select_related("order__order").get(pk=acceptance_id)
    number = row.order.order.number
    for user_id in supplier_member_ids(row.order.supplier_id):
        tell(
            user_id=user_id, kind="goods_refused", params={"number": number, "reason": row.note},
            url=f"/seller/orders/{number}/", key=f"goods_refused:{row.pk}:{user_id}", at=at,
        )  # fmt: skip
