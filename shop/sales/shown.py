"""How a buyer's order reads: its timeline, the next step and whose it is, what may be done now. No queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog.states import Undated
from shop.core import times
from shop.core.masking import mask_name, mask_phone
from shop.core.money import in_yuan
from shop.core.steps import Step, show_steps
from shop.sales import hooks, rules
from shop.sales.accepted_shown import AcceptedShown, show_accepted
from shop.sales.case_shown import CaseShown, next_of_cases, show_case
from shop.sales.claims import claimable
from shop.sales.history_shown import show_history, when
from shop.sales.models import LineFacts, OrderFacts, Shipment
from shop.sales.money_shown import (
    cancel_unpaid_words,
    cancel_words,
    cancels_rest_words,
    money_back_notes,
)
from shop.sales.operations.receipts import receipt_days
from shop.sales.operations.shipping import line_rest
from shop.sales.queries.backs import NOTHING
from shop.sales.queries.carriers import brings_itself, carrier_name
from shop.sales.queries.in_parcels import Pieces, in_parcel, still_to_come
from shop.sales.queries.parts_cancelled import cancelled_words
from shop.sales.queries.promises import promised_now, promised_words
from shop.sales.queries.transfer_waits import TransferWait
from shop.sales.queries.weight_words import Weighed, weighed_of, weight_words
from shop.sales.sent_shown import packing_words, refused_whole, sent_words, wanted_and_sent
from shop.sales.states import OrderState, PurchaseState, Terms
from shop.sales.texts import in_reader_language, thumb_url
from shop.sales.ways_shown import ActShown, acts_by_phone
from traceability.queries.parcels import ParcelCode, codes_of
from traceability.rules.fefo import Dates

BADGES = {
    OrderState.UNPAID: "offer",
    OrderState.TO_SHIP: "limited",
    OrderState.SHIPPED: "proven",
    OrderState.COMPLETED: "neutral",
    OrderState.CANCELLED: "neutral",
}


@dataclass(frozen=True)
class LineShown:
    """One line as its buyer reads it. `sum_fen` is after its discount."""

    pk: int
    listing_id: int
    name: str
    spec: str
    picture: str
    pieces: int
    cancelled: int
    cancelled_fen: int
    cancelled_words: str  # How many of how many are cancelled, and what becomes of their money.
    sent: int  # Of those that are wanted (ordered and not cancelled).
    wanted: int
    unit_price_fen: int
    sum_fen: int
    can_review: bool
    can_claim: bool
    recalled: int  # Pieces that may be claimed on because their lot is recalled.
    cases: tuple[CaseShown, ...] = ()
    weight: str = ""  # What it weighs, and what went back for it.
    is_weighed: bool = False
    weighed: Weighed | None = None
    weighed_back_fen: int = 0
    promised: Dates | None = None  # What was promised of its dates, and in words.
    promise: str = ""
    damage_covered: bool = True
    undated: str = ""  # Why nothing was, of pieces that wait (`Undated`), and in words.
    undated_words: str = ""


@dataclass(frozen=True)
class ParcelShown:
    """One parcel and what is known of its way, the latest first."""

    carrier: str
    is_own: bool
    tracking_no: str
    pieces: int
    goods: tuple[Pieces, ...]
    is_recalled: bool
    trace_code: str  # Empty where no lot was recorded: its page would have nothing to tell.
    track: tuple[Mapping[str, str], ...]


@dataclass
class OrderShown:
    """An order as its buyer reads it."""

    facts: OrderFacts
    number: str
    supplier: str
    supplier_slug: str
    state: str
    label: str
    badge: str
    lines: list[LineShown]
    pieces: int
    can: Mapping[str, bool]
    elsewhere: hooks.Elsewhere | None = None
    cancels_elsewhere: hooks.Elsewhere | None = None
    cancel_waits: str = ""  # That a cancellation waits for somebody's consent, and of what.
    open_recalls: list[LineShown] = field(default_factory=list)  # What is recalled, and nothing was asked for yet.
    cancels: str = ""
    cancels_rest: str = ""
    sent: int = 0  # Pieces that were sent, of those that are wanted (ordered and not cancelled).
    wanted: int = 0
    rest: int = 0
    is_partly_sent: bool = False
    back_notes: list[str] = field(default_factory=list)  # What of its money, or its purchase's, goes back.
    next_step: str = ""
    countdown: datetime | None = None
    steps: list[dict[str, str]] = field(default_factory=list)
    entries: list[dict[str, str]] = field(default_factory=list)
    parcels: list[ParcelShown] = field(default_factory=list)
    to_come: list[Pieces] = field(default_factory=list)
    transfer: TransferWait | None = None
    ship_to: Mapping[str, str] = field(default_factory=dict)
    accepted: list[AcceptedShown] = field(default_factory=list)  # How who got it received each delivery.
    way: str = ""  # How its reader acts on it (`states.Way`); "" as who bought it.
    acts: list[ActShown] = field(default_factory=list)


def show_line(order: OrderFacts, line: Any, at: datetime) -> LineShown:
    """Return a line with what may be done about it. `is_reviewed` and `has_open_case` are annotated."""
    cases = getattr(line, "_prefetched_objects_cache", {}).get("after_sales", ())
    claim = claimable(order, line, cases, at, getattr(line, "recall", None))
    return LineShown(
        pk=line.pk,
        listing_id=line.listing_id,
        name=in_reader_language(line.name_zh, line.name_en),
        spec=in_reader_language(line.spec_zh, line.spec_en),
        picture=thumb_url(line.picture_key),
        pieces=line.ordered,
        cancelled=line.cancelled,
        cancelled_fen=line.cancelled_fen,
        cancelled_words=cancelled_words(order, line),
        sent=line.shipped,
        wanted=line.ordered - line.cancelled,
        unit_price_fen=line.unit_price_fen,
        sum_fen=line.unit_price_fen * line.ordered - line.discount_fen,
        can_review=order.state == OrderState.COMPLETED and line.accepted > 0 and not line.is_reviewed,
        can_claim=not line.has_open_case and bool(claim.pieces),
        recalled=0 if line.has_open_case else claim.recalled,
        cases=tuple(show_case(case, at) for case in cases),
        weight=weight_words(line, is_owed=order.purchase.terms == Terms.POSTPAID),
        weighed=weighed_of(line),
        promised=promised_now(line),
        damage_covered=line.damage_covered,
        **promised_words(line),
        is_weighed=line.is_weighed,
        weighed_back_fen=line.weighed_back_fen,
    )


def show_order(order: OrderFacts, at: datetime, *, way: str = "") -> OrderShown:
    """Return an order for a list, to who acts on it as `way` says. Needs its lines, order, purchase and supplier."""
    lines = list(order.lines.all())
    shown = [show_line(order, line, at) for line in lines]
    nudged_lately = order.nudged_at is not None and order.nudged_at > at - timedelta(hours=rules.NUDGE_HOURS)
    unpaid = order.state == OrderState.UNPAID and order.purchase.state == PurchaseState.UNPAID
    on_the_way = order.state == OrderState.SHIPPED
    step = hooks.Step.PAY if unpaid else hooks.Step.RECEIVE if on_the_way else None
    door = hooks.elsewhere(step, order.purchase, order.order.number) if step else None
    stops = unpaid or order.state == OrderState.TO_SHIP
    cancels = hooks.elsewhere(hooks.Step.CANCEL, order.purchase, order.order.number) if stops else None
    partly = rules.partly_sent(order.state, wanted_and_sent(order))
    may_cancel = stops and cancels is None
    waits = getattr(order, "cancel_waits", "")
    can = {
        "pay": unpaid and door is None,
        "cancel": may_cancel and partly is None,
        "cancel_rest": may_cancel and partly is not None,
        "nudge": order.state == OrderState.TO_SHIP and not nudged_lately and not waits,
        "receive": on_the_way and door is None,
        "review": any(line.can_review for line in shown),
        "buy_again": order.state in (OrderState.SHIPPED, OrderState.COMPLETED, OrderState.CANCELLED),
    }
    label, badge = state_words(order)
    return OrderShown(
        facts=order,
        number=order.order.number,
        supplier=in_reader_language(order.supplier.name_zh, order.supplier.name_en),
        supplier_slug=order.supplier.slug,
        state=order.state,
        label=label,
        badge=badge,
        lines=shown,
        # Of an order that was cancelled whole: with the pieces that it was for, as its sum still stands.
        pieces=sum(line.ordered - line.cancelled for line in lines) or sum(line.ordered for line in lines),
        can=can,
        elsewhere=door,
        cancels_elsewhere=cancels,
        cancel_waits=waits,
        open_recalls=[line for line in shown if line.pk in getattr(order, "open_recalls", ())],
        cancels=_cancels(order, shown, way) if can["cancel"] else "",
        cancels_rest=cancels_rest_words(order, way) if can["cancel_rest"] else "",
        sent=sum(line.shipped for line in lines),
        wanted=sum(line.ordered - line.cancelled for line in lines),
        rest=to_pack(order),
        is_partly_sent=partly is not None,
        back_notes=money_back_notes(order),
        way=way,
        transfer=getattr(order, "transfer_wait", None) if can["pay"] else None,
    )


def _cancels(order: OrderFacts, lines: list[LineShown], way: str) -> str:
    """Say exactly what cancelling this order ends, and what becomes of its money."""
    goods = "、".join(f"{line.name} ×{line.wanted}" for line in lines if line.wanted)
    facts = {
        "supplier": in_reader_language(order.supplier.name_zh, order.supplier.name_en),
        "goods": goods,
        "fen": in_yuan(order.left_fen),
    }
    back = getattr(order, "would_go_back", NOTHING)
    if order.purchase.state == PurchaseState.PAID:
        return cancel_words(back, facts, way)
    return cancel_unpaid_words(back, facts, way)


def show_order_page(order: OrderFacts, at: datetime, *, open_address: bool, way: str = "") -> OrderShown:
    """Return an order with its timeline, parcels and destination.

    `open_address`: to its signed-in owner, and to who proved the phone of who gets it.
    """
    shown = show_order(order, at, way=way)
    shown.acts = acts_by_phone(order)
    shown.steps = _steps(order)
    shown.entries = show_history(order, supplier=shown.supplier, way=way, acts=shown.acts)
    shipments = order.shipments.all()
    codes = codes_of(shipment.pk for shipment in shipments)
    lines = list(order.lines.all())
    shown.parcels = [_parcel(shipment, codes.get(shipment.pk), lines) for shipment in shipments]
    shown.to_come = still_to_come(order)
    shown.next_step, shown.countdown = _next(order, shown, at)
    if shown.can["pay"] and shown.transfer is not None:
        # A bank takes days: the day counts, not the minute.
        shown.next_step, shown.countdown = shown.transfer.words(), None
    shown.accepted = show_accepted(order, to_buyer=True)
    shown.ship_to = _ship_to(order, open_address)
    return shown


def _steps(order: OrderFacts) -> list[dict[str, str]]:
    placed = Step(_("Ordered"), "", "", is_done=True, time=when(order.placed_at))
    if order.state == OrderState.CANCELLED:
        ended = [move.at for move in order.moves.all() if move.to_state == OrderState.CANCELLED]
        cancelled = {"label": _("Cancelled"), "time": when(ended[-1]) if ended else "", "state": "now"}
        return [*show_steps([placed]), cancelled]
    paid_at, state = order.purchase.paid_at, order.state
    sent = state in (OrderState.SHIPPED, OrderState.COMPLETED)
    pay = Step(_("Paid"), _("To be paid"), pgettext("step", "Payment"), paid_at is not None, when(paid_at))
    partly = rules.partly_sent(state, wanted_and_sent(order))
    waits = sent_words(*partly) if partly is not None else _("To be shipped")
    rest = [
        Step(_("Sent"), waits, pgettext("step", "Dispatch"), sent, when(order.shipped_at)),
        Step(
            _("Received"), _("On the way"), pgettext("step", "Receipt"), state == OrderState.COMPLETED,
            when(order.completed_at),
        ),
    ]  # fmt: skip
    if order.purchase.terms != Terms.POSTPAID:
        return show_steps([placed, pay, *rest])
    # Of goods that came first and were refused whole nothing is paid, and nobody paid.
    return show_steps([placed, *rest] if refused_whole(order) else [placed, *rest, pay])


def state_words(order: OrderFacts) -> tuple[str, str]:
    """Return an order's state and its badge: what came first and is not paid yet is not completed for its buyer."""
    if refused_whole(order):
        return (_("All refused, money back") if order.refunded_fen else _("All refused, nothing to pay")), "neutral"
    if order.state == OrderState.CANCELLED and _is_going_back(order):
        return _("Cancelled, refund in progress"), "limited"
    if order.state == OrderState.COMPLETED and order.purchase.state == PurchaseState.UNPAID:
        return _("Received, to be paid"), "limited"
    partly = rules.partly_sent(order.state, wanted_and_sent(order))
    if partly is not None:
        return sent_words(*partly), "limited"
    return order.get_state_display(), BADGES[OrderState(order.state)]


def _is_going_back(order: OrderFacts) -> bool:
    """Tell whether money of a cancelled order did not leave yet: its own, or all of its closed purchase's."""
    if order.purchase.state not in (PurchaseState.UNPAID, PurchaseState.PAID):
        return bool(getattr(order, "purchase_went_back", NOTHING).going_fen)
    return bool(getattr(order, "went_back", NOTHING).going_fen)


def _parcel(shipment: Shipment, code: ParcelCode | None, lines: Sequence[LineFacts]) -> ParcelShown:
    name, is_own = carrier_name(shipment.carrier, shipment.shipped_at), brings_itself(shipment)
    events = [
        {
            "when": when(event.get("at")),
            "title": in_reader_language(event.get("text_zh", ""), event.get("text_en", "")),
            "text": "",
            "state": "done",
        }
        for event in reversed(shipment.track)
    ]
    handed_words = _("On its way, brought by the seller") if is_own else _("Handed to the carrier")
    handed = {"when": when(shipment.shipped_at), "title": handed_words, "text": "", "state": "done"}
    return ParcelShown(
        carrier=name,
        is_own=is_own,
        tracking_no=shipment.tracking_no,
        pieces=sum(line.quantity for line in shipment.lines.all()),
        goods=tuple(in_parcel(shipment, lines)),
        is_recalled=code is not None and code.is_recalled,
        trace_code=code.code if code and code.has_lots else "",
        track=(*events, handed),
    )


def _next(order: OrderFacts, shown: OrderShown, at: datetime) -> tuple[str, datetime | None]:
    """Return what comes next as a sentence that says whose it is, and what runs out until then."""
    if shown.open_recalls:
        return _next_of_recall(shown), None
    if shown.cancel_waits or shown.elsewhere is not None:
        return shown.cancel_waits or shown.elsewhere.why, None
    if shown.can["pay"]:
        return _("Pay, or the reserved stock goes back on sale"), order.purchase.pay_by
    step = next_of_cases([line for line in shown.lines if line.cases], is_packing=order.state == OrderState.TO_SHIP)
    return (step, None) if step else _next_of_order(order, shown, at)


def _next_of_recall(shown: OrderShown) -> str:
    """Return what is to be done about recalled goods, before anything else."""
    if shown.elsewhere is not None:
        return _("Nobody is to eat these goods: none of them is to be accepted, and time does not accept them")
    if names := "、".join(line.name for line in shown.open_recalls if line.can_claim):
        return _("Do not eat it: ask for your money back for %(names)s") % {"names": names}
    return _("Do not eat it: write to us, and you get your money back")


def _next_of_order(order: OrderFacts, shown: OrderShown, at: datetime) -> tuple[str, datetime | None]:
    if order.state == OrderState.TO_SHIP and any(line.undated == Undated.STOPPED for line in shown.lines):
        words = _("%(supplier)s sends other goods, or cancels: what it had for you can't be sent")
        return words % {"supplier": shown.supplier}, None
    if order.state == OrderState.TO_SHIP:
        words = packing_words(order.ship_by, at, is_rest=shown.is_partly_sent)
        return words % {"supplier": shown.supplier, "at": when(order.ship_by), "rest": shown.rest}, None
    if order.state == OrderState.SHIPPED and order.shipped_at is not None:
        by = order.shipped_at + timedelta(days=receipt_days(order.purchase.terms))
        words = _("Open the parcel, then confirm the receipt; on %(day)s it is confirmed by itself")
        return words % {"day": times.day(by)}, None
    if shown.can["review"]:
        return _("Tell the next buyers how it was"), None
    return "", None


def _ship_to(order: OrderFacts, open_address: bool) -> dict[str, str]:
    purchase = order.purchase
    division = purchase.ship_division
    place = in_reader_language(division.full_name_zh or division.name_zh, division.full_name_en or division.name_en)
    if open_address:
        return {"name": purchase.ship_name, "phone": mask_phone(purchase.ship_phone), "place": place,
                "street": purchase.ship_street}  # fmt: skip
    return {"name": mask_name(purchase.ship_name), "phone": mask_phone(purchase.ship_phone), "place": place,
            "street": "****"}  # fmt: skip


def to_pack(order: OrderFacts) -> int:
    """Return how many pieces of an order still wait to be sent."""
    return sum(line_rest(line) for line in order.lines.all())
