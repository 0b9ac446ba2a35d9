"""Sending an order: whole, in parts, or short with the rest given back. Quantities are the truth."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from catalog.operations import stock
from catalog.operations.listings import count_sold
from shop.core import audit, outbox
from shop.core.errors import InvalidInput, KeyUsed
from shop.core.sealed import seal
from shop.sales import hooks
from shop.sales.errors import BuyerNotAsked, RestChanged, TooMuch, WrongState
from shop.sales.models import LineFacts, OrderFacts, Shipment, ShipmentLine
from shop.sales.operations.acceptance import complete_if_decided
from shop.sales.operations.closing import drop_order
from shop.sales.operations.doors import refuse_elsewhere
from shop.sales.operations.events import order_event
from shop.sales.operations.locks import lock_order
from shop.sales.operations.moves import move_order
from shop.sales.operations.refunds import reduce_order
from shop.sales.operations.stock_back import release_pieces
from shop.sales.operations.tracking import check_number, own_number, refuse_number_elsewhere
from shop.sales.operations.weighing import check_weights, give_back_weight, shipment_line
from shop.sales.queries.parts_cancelled import PART_CANCELLED
from shop.sales.queries.sealed import PARCEL, parcel_facts
from shop.sales.queries.under_certificates import BUYER_ASKED, to_ask
from shop.sales.states import OrderState, PurchaseState, order_states
from shop.sales.weight_rules import each_weighs
from traceability.operations.assigning import AssignLine, Chosen, assign_lots
from traceability.rules.weights import in_words


@dataclass(frozen=True)
class Parcel:
    """What goes out together: carrier, number, and pieces by line id.

    `nth` is which parcel of the order it is, from 1, for a carrier without numbers: the same again is the same parcel.
    `weights` are the grams of lines that are charged by weight: one for all pieces together, or one for each;
    `weights_confirmed`: who packed says that they are right though they are unlikely. `buyer_asked`: who packed says that
    the buyer was asked about a certificate revoked since, and wants the goods all the same.
    """

    carrier: str
    tracking_no: str
    pieces: Mapping[int, int]
    weights: Mapping[int, Sequence[int]] = field(default_factory=dict)
    weights_confirmed: bool = False
    nth: int | None = None
    buyer_asked: bool = False


def ship_order(*, order_id: int, parcel: Parcel, actor: Any, at: datetime, lots: Chosen | None = None) -> Shipment:
    """Send one parcel of an order; return it. The same parcel a second time is the first one; with other
    weights it is refused (KeyUsed).

    `lots` names, by line id, the (lot, pieces) that are in it; other lines take the lots that expire first.

    The order is SHIPPED once no piece waits. Raises InvalidInput for a carrier or number that can't be, TooMuch for
    more pieces of a line than wait (field `pieces-<line>`), WrongState when the order is not waiting to be sent.
    Lines charged by weight need theirs (InvalidInput, field `weight-<line>`); what they weigh less goes back at once.
    Raises BuyerNotAsked (field `buyer_asked`) for goods that were sold under a certificate revoked since, unless who packs
    says that the buyer was asked (`parcel.buyer_asked`): the audit trail keeps who said so.
    Raises BeyondHarvest (field `lot-<line>`) when the lots of a product have not so much left.
    Locks: purchase, order, the parcel's number, stock pools by id, lots by id, the supplier's chain of events.
    """
    number = check_number(parcel.carrier, parcel.tracking_no, at)
    wanted = {line_id: pieces for line_id, pieces in parcel.pieces.items() if pieces}
    if not wanted or any(pieces < 0 for pieces in wanted.values()):
        raise InvalidInput(_("Say how many pieces are in the parcel."), code="nothing_to_ship", field="pieces")
    with transaction.atomic():
        order = lock_order(order_id)
        number = number or own_number(order, parcel.nth)
        known = Shipment.objects.filter(order=order, carrier=parcel.carrier, tracking_no=number).first()
        if known is not None:
            if dict(known.lines.values_list("line_id", "quantity")) == wanted:
                _check_same_weights(known, parcel.weights)
                return known
            raise InvalidInput(
                _("This number is on another parcel of the order."), code="number_used", field="tracking_no"
            )
        if order.state != OrderState.TO_SHIP or order.state not in order_states(
            order.purchase.state, order.purchase.terms
        ):
            raise WrongState(_("This order is not waiting to be sent."))
        lines = {line.pk: line for line in LineFacts.objects.filter(order=order)}
        _check_pieces(lines, wanted)
        _note_asked(order, [lines[line_id] for line_id in sorted(wanted)], parcel.buyer_asked, actor, at)
        refuse_number_elsewhere(order, parcel.carrier, number)
        weighed = check_weights(lines, wanted, parcel.weights, at, is_confirmed=parcel.weights_confirmed)
        pools: dict[int, int] = {}
        for line_id, pieces in wanted.items():
            LineFacts.objects.filter(pk=line_id).update(shipped=F("shipped") + pieces)
            lines[line_id].shipped += pieces
            pools[lines[line_id].stock_id] = pools.get(lines[line_id].stock_id, 0) + pieces
        stock.ship(pools, actor=actor, at=at, reference=order.order.number)
        shipment = Shipment.objects.create(order=order, carrier=parcel.carrier, tracking_no=number, shipped_at=at)
        ShipmentLine.objects.bulk_create(
            [shipment_line(shipment, line_id, pieces, weighed.get(line_id)) for line_id, pieces in wanted.items()]
        )
        seal(PARCEL, parcel_facts(pk=shipment.pk), at=at)
        assign_lots(
            shipment_id=shipment.pk, supplier_id=order.supplier_id, chosen=lots, actor=actor, at=at,
            lines=[
                _to_assign(lines[line_id], pieces, weighed.get(line_id, ()))
                for line_id, pieces in sorted(wanted.items())
            ],
        )  # fmt: skip
        give_back_weight(order=order, shipment=shipment, lines=lines, weighed=weighed, actor=actor, at=at)
        _finish(order, lines.values(), "shipped", actor, at)
        outbox.enqueue(
            task="sales.tell_shipped", args={"shipment_id": shipment.pk}, key=f"shipped:{shipment.pk}", at=at
        )
        return shipment


def _note_asked(order: OrderFacts, lines: Sequence[LineFacts], is_asked: bool, actor: Any, at: datetime) -> None:
    """Note that the buyer of goods of revoked certificates was asked; raise BuyerNotAsked where nobody says so."""
    numbers = to_ask(order.pk, lines)
    if not numbers:
        return
    if not is_asked:
        raise BuyerNotAsked(
            _("Sold under a certificate that was revoked since (%(numbers)s): ask the buyer first, or cancel it.")
            % {"numbers": ", ".join(numbers)},
            field="buyer_asked", certificates=numbers,
        )  # fmt: skip
    audit.record(action=BUYER_ASKED, object_kind="order", object_id=order.pk, actor=actor, at=at, certificates=numbers)


def cancel_rest(
    *, order_id: int, actor: Any, at: datetime, line_ids: Collection[int] | None = None, reason: str = "cannot_deliver"
) -> int:
    """Cancel what has not been sent of some lines (of all, without `line_ids`) and give its money back; return 分.

    Nothing left to send is no error: it gives nothing back, so that a second click changes nothing. An order of
    which nothing was and nothing will be sent is cancelled whole, with its freight. The pieces are sold again, or
    leave the shelf where `reason` says that they are not there (`stock_back.NOT_THERE`).
    Raises WrongState when the order is not waiting to be sent.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        lines = list(LineFacts.objects.filter(order=order).order_by("pk"))
        chosen = [line for line in lines if (line_ids is None or line.pk in line_ids) and line_rest(line)]
        if not chosen:
            return 0
        if order.state != OrderState.TO_SHIP:
            raise WrongState(_("This order is not waiting to be sent."))
        before = _less(order)
        kept = [line for line in lines if line.shipped or (line_rest(line) and line not in chosen)]
        if not kept:
            drop_order(order=order, actor=actor, at=at, reason=reason)
            return _less(OrderFacts.objects.get(pk=order_id)) - before
        fen = _give_back(order, chosen, reason, actor, at)
        for line in chosen:
            line.cancelled += line_rest(line)
        _finish(order, lines, "rest_cancelled", actor, at)
        cancelled = sum(line.cancelled for line in lines)
        outbox.enqueue(
            task="sales.tell_short",
            args={"order_id": order.pk, "amount_fen": fen, "cancelled": cancelled, "asked_at": at.isoformat()},
            key=f"short:{order.pk}:{cancelled}",
            at=at,
        )
        return fen


def cancel_unsent(
    *,
    order_id: int,
    actor: Any,
    at: datetime,
    seen: int | None = None,
    reason: str = "buyer_cancelled",
    through: str = "",
    way: str = "",
) -> int:
    """Cancel, for its buyer, what of an order was not sent yet; return 分 that go back or are not charged.

    By the rules of an order of which nothing was sent (`cancel_order`, which this is where no parcel left): the same
    doors, `through` a unit's own. Freight stays with what was sent. `seen` is how many pieces the buyer was asked
    about: with another number waiting nothing is cancelled (RestChanged). Raises WrongState once all is sent or
    cancelled, DoneElsewhere for a unit's order. Locks: as `cancel_order`.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        refuse_elsewhere(hooks.Step.CANCEL, order.purchase, order.order.number, through=through)
        lines = list(LineFacts.objects.filter(order=order).order_by("pk"))
        chosen = [line for line in lines if line_rest(line)]
        pieces = sum(line_rest(line) for line in chosen)
        if not chosen or order.state not in (OrderState.UNPAID, OrderState.TO_SHIP):
            raise WrongState(_("Nothing of this order waits to be sent any more."))
        if seen is not None and seen != pieces:
            raise RestChanged(
                _("Something changed meanwhile: %(n)d pieces wait to be sent now. Please look again.") % {"n": pieces},
                left=pieces,
            )
        if not any(line.shipped for line in lines):
            before = _less(order)
            drop_order(order=order, actor=actor, at=at, reason=reason, way=way, through=through)
            return _less(OrderFacts.objects.get(pk=order_id)) - before
        fen = _give_back(order, chosen, reason, actor, at)
        for line in chosen:
            line.cancelled += line_rest(line)
        _finish(order, lines, f"{reason}_rest", actor, at, way)
        outbox.enqueue(
            task="sales.tell_rest_cancelled",
            args={
                "order_id": order.pk,
                "amount_fen": fen,
                "pieces": pieces,
                "through": through,
                "asked_at": at.isoformat(),
            },
            key=f"rest_cancelled:{order.pk}",
            at=at,
        )
        return fen


def _less(order: OrderFacts) -> int:
    """Return 分 that an order costs less than it did: given back or not charged."""
    return order.refunded_fen + order.waived_fen


def line_rest(line: LineFacts) -> int:
    """Return how many pieces of a line still wait to be sent."""
    return line.ordered - line.cancelled - line.shipped


def _to_assign(line: LineFacts, pieces: int, weights: Sequence[int]) -> AssignLine:
    names = (f"{line.name_zh} {line.spec_zh}".strip(), f"{line.name_en} {line.spec_en}".strip() if line.name_en else "")
    return AssignLine(
        line.pk, line.listing_id, line.specification_id, pieces, line.net_grams, names,
        weights=each_weighs(weights, pieces) if weights else (), promised=line.promised,
    )  # fmt: skip


def _check_same_weights(known: Shipment, weights: Mapping[int, Sequence[int]]) -> None:
    """Raise KeyUsed where a parcel was sent already with other weights: those were charged."""
    for line_id, grams in known.lines.values_list("line_id", "grams"):
        given = sum(weights.get(line_id, ()))
        if given and given != grams:
            raise KeyUsed(
                _("This parcel was sent already with %(weight)s: that stands.")
                % {"weight": in_words(grams) if grams else _("no weight")},
                field=f"weight-{line_id}",
                grams=grams,
            )


def _check_pieces(lines: Mapping[int, LineFacts], wanted: Mapping[int, int]) -> None:
    for line_id, pieces in wanted.items():
        left = line_rest(lines[line_id]) if line_id in lines else 0
        if pieces > left:
            raise TooMuch(
                _("Only %(left)d pieces wait to be sent.") % {"left": left}, field=f"pieces-{line_id}", left=left
            )


def _give_back(order: OrderFacts, chosen: list[LineFacts], reason: str, actor: Any, at: datetime) -> int:
    """Cancel the rest of `chosen` in the database: stock, money, what counts as sold."""
    parts: dict[int, int] = {}
    pools: dict[int, int] = {}
    sold: dict[int, int] = {}
    for line in chosen:
        rest = line_rest(line)
        parts[line.pk] = line.refundable_fen(rest, sent=False)
        pools[line.stock_id] = pools.get(line.stock_id, 0) + rest
        sold[line.listing_id] = sold.get(line.listing_id, 0) - rest
        LineFacts.objects.filter(pk=line.pk).update(cancelled=F("cancelled") + rest)
    count_sold(sold, at=at)
    release_pieces(pools, sold, actor=actor, at=at, reason=reason, reference=order.order.number)
    fen = sum(parts.values())
    key = f"short:{order.pk}:{'-'.join(str(line.pk) for line in chosen)}"
    reduce_order(
        order=order, amount_fen=fen, reason=reason, key=key, actor=actor, at=at,
        lines={line_id: part for line_id, part in parts.items() if part},
        pieces={line.pk: line_rest(line) for line in chosen},
    )  # fmt: skip
    audit.record(
        action=PART_CANCELLED, object_kind="order", object_id=order.pk, actor=actor, at=at, reason=reason,
        amount_fen=fen, is_given_back=order.purchase.state == PurchaseState.PAID,
        pieces={str(line.pk): line_rest(line) for line in chosen},
    )  # fmt: skip
    outbox.enqueue(task="sales.stock_came_back", args={"listing_ids": sorted(sold)}, at=at)
    return fen


def _finish(
    order: OrderFacts, lines: Collection[LineFacts], reason: str, actor: Any, at: datetime, way: str = ""
) -> None:
    """Move the order on once no piece of it waits, and tell who takes part; `reason` says what the last ones became.

    It counts as sent since its last parcel left, whatever was cancelled afterwards.
    """
    if any(line_rest(line) for line in lines) or not any(line.shipped for line in lines):
        return
    left_at = Shipment.objects.filter(order=order).aggregate(last=Max("shipped_at"))["last"]
    move_order(order, OrderState.SHIPPED, reason=reason, actor=actor, at=at, way=way, stamp=left_at)
    hooks.tell(
        order_event(
            hooks.Event.SHIPPED, order, key=order.order.number, at=at, actor=actor, lines=lines,
            pieces={line.pk: line.shipped for line in lines},
        )
    )  # fmt: skip
    complete_if_decided(order=order, actor=actor, at=at)
