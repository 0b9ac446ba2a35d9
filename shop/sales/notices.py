"""Telling people about their trade: the outbox handlers. Each may run twice; a message has a key."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Sum

from catalog.operations.reminders import take_due
from catalog.queries import supplier_member_ids
from catalog.queries.follows import followers_of_listing
from catalog.queries.trade import awaited_listing_ids, listing_facts
from shop.accounts.operations.messages import tell
from shop.core import audit, outbox, periodic
from shop.sales import (  # noqa: F401  reason: registers words and tasks
    hooks,
    lot_message_kinds,
    message_kinds,
    refund_messages,
    transfer_notices,
)
from shop.sales.models import (
    CaseMove,
    LineFacts,
    OrderFacts,
    Purchase,
    ReviewFacts,
    Shipment,
    ShipmentLine,
)
from shop.sales.operations.stock_back import NOT_THERE
from shop.sales.queries.backs import Back, went_back_at, went_back_of
from shop.sales.queries.carriers import carrier_names
from shop.sales.queries.deliveries import schedule_of
from shop.sales.queries.due import due_of
from shop.sales.queries.tracking import CORRECTED
from shop.sales.queries.weight_words import parcel_weights
from shop.sales.rules import is_refused_whole, still_held
from shop.sales.states import AfterSaleState, CaseSide, OrderState, PurchaseState, Terms


def _order(order_id: int) -> OrderFacts:
    return OrderFacts.objects.select_related("order", "purchase", "supplier").get(pk=order_id)


def _tell_buyer(order: OrderFacts, kind: str, params: Mapping[str, Any], *, key: str, at: datetime) -> None:
    if order.purchase.user_id:
        number = order.order.number
        tell(
            user_id=order.purchase.user_id,
            kind=kind,
            params={"number": number, **params},
            url=f"/account/orders/{number}/",
            key=key,
            at=at,
        )


def _back_kind(order: OrderFacts, kind: str) -> str:
    """Return the message about money that goes back by hand: of a unit's order its finance is asked for the account."""
    return kind if order.purchase.user_id in hooks.asked_for_money(order.purchase) else f"{kind}_unit"


def _tell_supplier(
    order: OrderFacts, kind: str, params: Mapping[str, Any], *, key: str, at: datetime, url: str = ""
) -> None:
    number = order.order.number
    for user_id in supplier_member_ids(order.supplier_id):
        tell(
            user_id=user_id,
            kind=kind,
            params={"number": number, **params},
            url=url or f"/seller/orders/{number}/",
            key=f"{key}:{user_id}",
            at=at,
        )


@outbox.register("sales.tell_paid")
def tell_paid(*, purchase_id: int, at: datetime) -> None:
    """Tell the buyer that the money arrived."""
    purchase = Purchase.objects.get(pk=purchase_id)
    due = due_of(purchase)
    # Of what was rejected whole nothing was paid: there is nothing to tell.
    if purchase.user_id and (due.received_fen or not purchase.total_fen):
        # Where the goods came first nothing is prepared any more. Of others what became of them since then is told apart.
        is_first = purchase.terms != Terms.POSTPAID
        orders = purchase.orders.exclude(state=OrderState.CANCELLED).count() or purchase.orders.count()
        tell(
            user_id=purchase.user_id,
            kind="purchase_paid" if is_first else "purchase_paid_after",
            params={"total_fen": due.due_fen, **({"orders": orders} if is_first else {"number": purchase.number})},
            url="/account/orders/",
            key=f"purchase_paid:{purchase.pk}",
            at=at,
        )


@outbox.register("sales.tell_to_ship")
def tell_to_ship(*, purchase_id: int, at: datetime) -> None:
    """Tell each supplier of a purchase that there is something to ship."""
    orders = OrderFacts.objects.filter(purchase=purchase_id).select_related("order", "purchase", "supplier")
    for order in orders.exclude(state=OrderState.CANCELLED).prefetch_related("lines"):
        params = {
            "pieces": sum(line.ordered for line in order.lines.all()),
            "ship_by_at": order.ship_by.isoformat() if order.ship_by else "",
        }
        _tell_supplier(order, "order_to_ship", params, key=f"order_to_ship:{order.pk}", at=at)


@outbox.register("sales.tell_cancelled")
def tell_cancelled(*, order_id: int, reason: str, at: datetime, was_unpaid: bool = False, through: str = "") -> None:
    """Tell the buyer that an order was cancelled, and its supplier where it was at work on it.

    What was cancelled `through` another door (a unit's, with its approver's consent) is told to the buyer from there.
    """
    order = _order(order_id)
    if not through:
        _tell_buyer_cancelled(order, was_unpaid, at)
    if was_unpaid:
        return
    # What was not there or not sound left the stock; all else is sold again.
    kind = "order_cancelled_gone" if reason in NOT_THERE else "order_cancelled_supplier"
    _tell_supplier(order, kind, {}, key=f"order_cancelled_supplier:{order.pk}", at=at)


def _tell_buyer_cancelled(order: OrderFacts, was_unpaid: bool, at: datetime) -> None:
    back = went_back_of(order.pk)
    # Of an order that is delivered first nothing was paid that could go back.
    kind = "order_cancelled_unpaid" if was_unpaid else "order_cancelled_goods_first"
    if back.bank_fen:
        kind = _back_kind(order, "order_cancelled_both" if back.other_fen else "order_cancelled_back")
    elif back.other_fen:
        kind = "order_cancelled"
    elif back.stays_fen:
        kind = "order_cancelled_kept"
    elif was_unpaid and back.comes_fen:
        kind = "order_cancelled_under_way"
    params = {
        "amount_fen": back.fen,
        "bank_fen": back.bank_fen,
        "other_fen": back.other_fen,
        "stays_fen": back.stays_fen,
    }
    _tell_buyer(order, kind, params, key=f"order_cancelled:{order.pk}", at=at)


@outbox.register("sales.tell_short")
def tell_short(*, order_id: int, amount_fen: int, at: datetime, cancelled: int = 0, asked_at: str = "") -> None:
    """Tell the buyer that part of the order can't be sent and is paid back.

    `cancelled` is how many of its pieces are by now: each time is told once, whatever the amounts are.
    """
    order = _order(order_id)
    key = f"order_short:{order.pk}:{cancelled}"
    back = _back_of_act(order.pk, asked_at)
    kind = "order_short" if order.purchase.state == PurchaseState.PAID else "order_short_owed"
    if back.bank_fen:
        kind = _back_kind(order, "order_short_both" if back.other_fen else "order_short_back")
    params = {"amount_fen": amount_fen, "bank_fen": back.bank_fen, "other_fen": back.other_fen}
    _tell_buyer(order, kind, params, key=key, at=at)


def _back_of_act(order_id: int, asked_at: str) -> Back:
    """Return what goes back by what was done at one moment: an earlier act may have gone another way.

    Of an entry that was written before it said the moment: all that went back of the order.
    """
    return went_back_at(order_id, datetime.fromisoformat(asked_at)) if asked_at else went_back_of(order_id)


@outbox.register("sales.tell_rest_cancelled")
def tell_rest_cancelled(
    *, order_id: int, amount_fen: int, pieces: int, at: datetime, through: str = "", asked_at: str = ""
) -> None:
    """Tell the buyer and the supplier that what was not sent yet is cancelled, and what becomes of its money.

    What was cancelled `through` another door is told to the buyer from there.
    """
    order = _order(order_id)
    kind = "order_rest_cancelled" if order.purchase.state == PurchaseState.PAID else "order_rest_cancelled_owed"
    back = _back_of_act(order.pk, asked_at)
    if back.bank_fen:
        kind = _back_kind(order, "order_rest_cancelled_both" if back.other_fen else "order_rest_cancelled_back")
    params = {"amount_fen": amount_fen, "pieces": pieces, "bank_fen": back.bank_fen, "other_fen": back.other_fen}
    if not through:
        _tell_buyer(order, kind, params, key=f"order_rest_cancelled:{order.pk}", at=at)
    _tell_supplier(
        order, "order_rest_cancelled_supplier", params, key=f"order_rest_cancelled_supplier:{order.pk}", at=at
    )


@outbox.register("sales.tell_weighed")
def tell_weighed(*, shipment_id: int, amount_fen: int, at: datetime) -> None:
    """Tell the buyer what goes back, or is not charged, because it weighed less."""
    shipment = Shipment.objects.get(pk=shipment_id)
    order = _order(shipment.order_id)
    goods = parcel_weights(shipment.lines.select_related("line").order_by("pk"))
    kind = "order_weighed" if order.purchase.state == PurchaseState.PAID else "order_weighed_owed"
    _tell_buyer(order, kind, {"amount_fen": amount_fen, **goods}, key=f"order_weighed:{shipment_id}", at=at)


@outbox.register("sales.tell_shipped")
def tell_shipped(*, shipment_id: int, at: datetime) -> None:
    """Tell the buyer that a parcel is on its way, and how much of the order was sent with it where the rest waits."""
    shipment = Shipment.objects.get(pk=shipment_id)
    order = _order(shipment.order_id)
    carrier_zh, carrier_en = carrier_names(shipment.carrier, shipment.shipped_at)
    params = {
        "supplier_zh": order.supplier.name_zh,
        "supplier_en": order.supplier.name_en,
        "carrier_zh": carrier_zh,
        "carrier_en": carrier_en,
        "tracking_no": shipment.tracking_no,
    }
    lines = LineFacts.objects.filter(order=order).values_list("ordered", "cancelled")
    wanted = sum(ordered - cancelled for ordered, cancelled in lines)
    in_parcels = ShipmentLine.objects.filter(shipment__order=order, shipment__lte=shipment.pk)
    sent = in_parcels.aggregate(pieces=Sum("quantity", default=0))["pieces"]
    kind = "order_shipped" if sent >= wanted else "order_partly_shipped"
    params |= {"sent": sent, "pieces": wanted}
    _tell_buyer(order, kind, params, key=f"order_shipped:{shipment.pk}", at=at)


@outbox.register("sales.tell_tracking_corrected")
def tell_tracking_corrected(*, shipment_id: int, entry_id: int, at: datetime) -> None:
    """Tell the buyer under which number the parcel really travels. Of several at once the last is told, once."""
    shipment = Shipment.objects.get(pk=shipment_id)
    if audit.entries(object_kind="shipment", object_ids=[shipment_id], action=CORRECTED)[-1].pk != entry_id:
        # Put right once more before this was told: the later one says where it is.
        return
    order = _order(shipment.order_id)
    carrier_zh, carrier_en = carrier_names(shipment.carrier, shipment.shipped_at)
    params = {
        "supplier_zh": order.supplier.name_zh,
        "supplier_en": order.supplier.name_en,
        "carrier_zh": carrier_zh,
        "carrier_en": carrier_en,
        "tracking_no": shipment.tracking_no,
    }
    _tell_buyer(order, "order_tracking_corrected", params, key=f"tracking_corrected:{entry_id}", at=at)


@outbox.register("sales.tell_nudged")
def tell_nudged(*, order_id: int, at: datetime) -> None:
    """Tell the supplier that the buyer waits."""
    order = _order(order_id)
    stamp = order.nudged_at.isoformat() if order.nudged_at else ""
    _tell_supplier(order, "order_nudged", {}, key=f"order_nudged:{order.pk}:{stamp}", at=at)


@outbox.register("sales.tell_received")
def tell_received(*, order_id: int, at: datetime) -> None:
    """Tell the supplier that the goods arrived, and what is to be settled, or is still owed.

    Nothing of an order that was refused whole, which its supplier was told with the reason.
    """
    order = _order(order_id)
    if is_refused_whole(order.state, order.lines.values_list("shipped", "rejected")):
        return
    key = f"order_received:{order.pk}"
    fen = still_held(order.money())
    if not fen:
        kind = "order_received_nothing"
    elif order.purchase.state == PurchaseState.PAID:
        kind = "order_received"
    else:
        # Where the goods came first nothing is there yet to be settled: it is owed, with a day by which it falls due.
        owed = schedule_of(order.purchase).of_order(order.pk)
        fen = owed.due_now_fen + owed.waits_fen
        kind = "order_received_owed" if fen else "order_received_paid"
    params = {"amount_fen": fen}
    _tell_supplier(order, kind, params, key=key, at=at, url="/seller/settlement/")


# What the buyer and the supplier are told when a case comes to a state; see `message_kinds`. "" tells nobody.
CASE_KINDS: dict[str, tuple[str, str]] = {
    AfterSaleState.OPEN: ("", "case_opened"),
    AfterSaleState.OFFERED: ("case_offered", ""),
    AfterSaleState.REFUSED: ("case_refused", ""),
    AfterSaleState.ARBITRATION: ("case_asked", "case_asked_supplier"),
    AfterSaleState.TO_RETURN: ("case_to_return", "case_to_return_supplier"),
    AfterSaleState.RETURNING: ("", "case_returning"),
    AfterSaleState.APPROVED: ("case_approved", "case_approved_supplier"),
    AfterSaleState.DISMISSED: ("case_dismissed", "case_dismissed_supplier"),
    AfterSaleState.LAPSED: ("case_lapsed", "case_lapsed_supplier"),
    AfterSaleState.WITHDRAWN: ("", "case_withdrawn"),
}


@outbox.register("sales.tell_case")
def tell_case(
    *, move_id: int, at: datetime, due_at: str | None = None, amount_fen: int | None = None, answer: str | None = None
) -> None:
    """Tell both sides where a case came to; each only what the other, the platform or time did.

    `due_at`, `amount_fen` and `answer` are the case's as it moved: it may have gone on before anybody is told.
    """
    move = CaseMove.objects.select_related("case__line").get(pk=move_id)
    case, order = move.case, _order(move.case.line.order_id)
    decision = case.decisions.filter(decided_at__lte=move.at).last() if move.side == CaseSide.PLATFORM else None
    if due_at is None:
        due_at = case.due_at.isoformat() if case.due_at else ""
    params = {
        "name_zh": case.line.name_zh,
        "name_en": case.line.name_en,
        "amount_fen": move.amount_fen or amount_fen or case.amount_fen,
        "answer": case.answer if answer is None else answer,
        "why": decision.reason if decision else "",
        "due_at": due_at,
    }
    buyers, suppliers = CASE_KINDS[move.to_state]
    if move.to_state == AfterSaleState.APPROVED:
        back = went_back_at(order.pk, move.at)
        params |= {"bank_fen": back.bank_fen, "other_fen": back.other_fen}
        if back.bank_fen:
            # Finance needs an account for it.
            buyers = _back_kind(order, f"{buyers}_both" if back.other_fen else f"{buyers}_back")
    if decision is not None:
        # The platform's words go along with what it decided.
        buyers, suppliers = f"{buyers}_judged", f"{suppliers}_judged"
    key = f"case:{move.pk}"
    if buyers and not (move.side == CaseSide.BUYER and move.to_state == AfterSaleState.APPROVED):
        _tell_buyer(order, buyers, params, key=key, at=at)
    if suppliers and not (move.side == CaseSide.SUPPLIER and move.to_state != AfterSaleState.ARBITRATION):
        _tell_supplier(order, suppliers, params, key=f"{key}:s", at=at, url=f"/seller/after-sales/{case.pk}/")


@outbox.register("sales.tell_review_decided")
def tell_review_decided(*, review_id: int, at: datetime) -> None:
    """Tell the writer whether the review is shown."""
    facts = ReviewFacts.objects.select_related("line__order__purchase").get(pk=review_id)
    user_id = facts.line.order.purchase.user_id
    if not user_id:
        return
    listing = listing_facts(facts.listing_id)
    params = {"name_zh": facts.line.name_zh, "name_en": facts.line.name_en, "reason": facts.refusal}
    if facts.refusal:
        kind, url = "review_refused", "/account/orders/?state=completed"
    else:
        kind, url = "review_approved", f"/shop/p/{listing.slug}/" if listing else "/account/orders/"
    tell(user_id=user_id, kind=kind, params=params, url=url, key=f"review_decided:{review_id}", at=at)


@outbox.register("sales.stock_came_back")
def stock_came_back(*, listing_ids: list[int], at: datetime) -> None:
    """Tell whoever waits for these listings, if they can be bought now."""
    for due in take_due(listing_ids=listing_ids, at=at):
        tell(
            user_id=due.user_id,
            kind=due.kind,
            params={"name_zh": due.name_zh, "name_en": due.name_en},
            url=f"/shop/p/{due.slug}/",
            key=f"reminder:{due.reminder_id}",
            at=at,
        )


@outbox.register("sales.tell_followers")
def tell_followers(*, listing_id: int, at: datetime) -> None:
    """Tell whoever follows the village of a listing that it is on sale, once each."""
    found = followers_of_listing(listing_id)
    if found is None or found[0].village is None:
        return
    listing, user_ids = found
    names = {"name_zh": listing.name_zh, "name_en": listing.name_en}
    names |= {"village_zh": found[0].village.name_zh, "village_en": found[0].village.name_en}
    for user_id in user_ids:
        key = f"village_news:{listing_id}:{user_id}"
        tell(user_id=user_id, kind="village_news", params=names, url=f"/shop/p/{listing.slug}/", key=key, at=at)


@periodic.every("sales.remind", seconds=60)
def remind(*, at: datetime) -> None:
    """Tell whoever waits for what came back without an order: restocked by its supplier, or its harvest begun."""
    ids = awaited_listing_ids()
    if ids:
        stock_came_back(listing_ids=ids, at=at)
