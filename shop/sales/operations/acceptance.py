"""Accepting in form: delivery by delivery, line by line, by pieces and by weight. What is short is not paid for."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.core import audit
from shop.core.errors import InvalidInput
from shop.sales import weight_rules
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import LineFacts, OrderFacts, Shipment, ShipmentLine, weight_bounds
from shop.sales.operations.locks import lock_order
from shop.sales.operations.receipts import complete_order
from shop.sales.operations.refunds import reduce_order
from shop.sales.operations.terms import note_delivery_due
from shop.sales.states import OrderState
from shop.sales.weight_rules import WeightBounds
from traceability.rules.weights import in_words


@dataclass(frozen=True, slots=True)
class LineAcceptance:
    """What was decided on one line of a delivery.

    `rejected_fen` 分 are not paid for the pieces that were rejected, `weight_fen` for accepted ones that weigh too
    little; `charged_fen` is what the accepted ones cost. `weighed_grams` is None where nobody weighed them.
    """

    line_id: int
    sent: int
    accepted: int
    weighed_grams: int | None
    rejected_fen: int
    weight_fen: int
    charged_fen: int

    @property
    def short_fen(self) -> int:
        """分 that are given back or not charged."""
        return self.rejected_fen + self.weight_fen

    @property
    def is_short(self) -> bool:
        """Whether less is paid than was sent."""
        return self.accepted < self.sent or self.short_fen > 0


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was decided on one delivery, and whether it was the order's last."""

    lines: tuple[LineAcceptance, ...]
    is_last: bool
    freight_fen: int = 0

    @property
    def short_fen(self) -> int:
        """分 that are given back or not charged: of lines, and the freight of an order of which nothing was accepted."""
        return sum(line.short_fen for line in self.lines) + self.freight_fen


def accept_order(
    *,
    order_id: int,
    accepted: Mapping[int, int],
    actor: Any,
    at: datetime,
    note: str = "",
    weighed: Mapping[int, int] | None = None,
    shipment_ids: Collection[int] | None = None,
) -> Acceptance:
    """Accept a delivery of an order (line id → pieces that arrived well); return what was decided.

    The delivery is `shipment_ids`, or all parcels that nobody decided on yet. A line that `accepted` does not name
    was accepted whole; `weighed` (line id → grams of the accepted pieces) charges what is lighter by its weight. The
    order is completed with its last delivery; where the goods came first, each delivery falls due on its own day.
    Of an order of which nothing at all was accepted nothing is paid: its freight is the supplier's, too.
    Raises TooMuch (field `accepted-<line>`) beyond what was sent, InvalidInput for less than nothing or a line that
    is not in the delivery, or (field `weight-<line>`) a weight that these pieces can't have, WrongState when nothing waits to be accepted. Locks: purchase, order, then ledger.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        shipments = _undecided_shipments(order, shipment_ids)
        lines = {line.pk: line for line in LineFacts.objects.filter(order=order).order_by("pk")}
        sent = _pieces_of(shipments)
        bounds = weight_bounds(timezone.localdate(at)) if weighed else WeightBounds()
        decided = _decide(lines, sent, accepted, weighed or {}, bounds)
        _write(lines, decided, shipments, at)
        is_last = order.state == OrderState.SHIPPED and not _undecided(order).exists()
        freight = 0
        if is_last and all(line.shipped == line.rejected for line in lines.values()):
            # Nothing of it was accepted: goods and freight go back together, in one sum.
            freight = max(0, order.left_fen - sum(each.short_fen for each in decided))
        key = f"accepted:{order.pk}:{shipments[0].pk}"
        _reduce(order, decided, freight, key=key, actor=actor, at=at)
        _note_light(lines, decided)
        if any(each.is_short for each in decided):
            audit.record(
                action="accepted_short", object_kind="order", object_id=order.pk, actor=actor, at=at,
                amount_fen=sum(each.short_fen for each in decided), note=note,
                pieces={str(each.line_id): each.sent - each.accepted for each in decided if each.accepted < each.sent},
            )  # fmt: skip
        if is_last:
            was_short = any(line.rejected for line in lines.values()) or any(each.is_short for each in decided)
            complete_order(
                order, list(lines.values()), actor=actor, at=at, reason="accepted_short" if was_short else "accepted"
            )
        else:
            charged = sum(each.charged_fen for each in decided)
            note_delivery_due(order=order, key=f"delivery:{shipments[0].pk}", actor=actor, at=at, amount_fen=charged)
        return Acceptance(tuple(decided), is_last, freight)


def complete_if_decided(*, order: OrderFacts, actor: Any, at: datetime) -> None:
    """Complete a locked order that is sent whole and of which each delivery was accepted before.

    What was not sent may be cancelled after the first deliveries were accepted: then nobody has anything to accept.
    """
    if order.state == OrderState.SHIPPED and not _undecided(order).exists():
        lines = list(LineFacts.objects.filter(order=order).order_by("pk"))
        was_short = any(line.rejected for line in lines)
        _freight_of_nothing(order, lines, actor=actor, at=at)
        complete_order(order, lines, actor=actor, at=at, reason="accepted_short" if was_short else "accepted")


def _freight_of_nothing(order: OrderFacts, lines: Iterable[LineFacts], *, actor: Any, at: datetime) -> int:
    """Take what is left off an order of which every piece was rejected: freight, in 分. What is charged stays charged."""
    if order.left_fen < 1 or any(line.shipped != line.rejected for line in lines):
        return 0
    freight = order.left_fen
    reduce_order(
        order=order, amount_fen=freight, reason="accepted_nothing", key=f"freight:{order.pk}", actor=actor, at=at
    )
    return freight


def _undecided(order: OrderFacts) -> Any:
    return Shipment.objects.filter(order=order, received_at=None)


def _undecided_shipments(order: OrderFacts, chosen: Collection[int] | None) -> list[Shipment]:
    if order.state not in (OrderState.TO_SHIP, OrderState.SHIPPED):
        raise WrongState(_("This order is not on its way."))
    shipments = list(_undecided(order).order_by("pk"))
    if chosen is not None:
        shipments = [shipment for shipment in shipments if shipment.pk in chosen]
    if not shipments or (chosen is not None and len(shipments) < len(set(chosen))):
        raise WrongState(_("Nothing of this delivery waits to be accepted: look at the order again."))
    return shipments


def _pieces_of(shipments: Collection[Shipment]) -> dict[int, int]:
    rows = ShipmentLine.objects.filter(shipment__in=shipments).values_list("line_id").annotate(pieces=Sum("quantity"))
    return dict(rows.order_by("line_id"))


def _decide(
    lines: Mapping[int, LineFacts],
    sent: Mapping[int, int],
    accepted: Mapping[int, int],
    weighed: Mapping[int, int],
    bounds: WeightBounds,
) -> list[LineAcceptance]:
    if unknown := (accepted.keys() | weighed.keys()) - sent.keys():
        raise InvalidInput(_("This product is not in the order."), code="line_unknown", lines=sorted(unknown))
    found = []
    for line_id, pieces_sent in sent.items():
        line, pieces, grams = lines[line_id], accepted.get(line_id, pieces_sent), weighed.get(line_id)
        if pieces < 0:
            raise InvalidInput(
                _("Enter how many pieces arrived well."), code="pieces_wrong", field=f"accepted-{line_id}"
            )
        if pieces > pieces_sent:
            raise TooMuch(
                _("Only %(sent)d pieces were sent.") % {"sent": pieces_sent},
                field=f"accepted-{line_id}",
                left=pieces_sent,
            )
        kept = line.shipped - line.rejected - line.returned
        if pieces_sent - pieces > kept:
            # What came back as a return is not refused as well.
            raise TooMuch(
                _("Part of it came back as a return already: at most %(left)d pieces can be refused.") % {"left": kept},
                field=f"accepted-{line_id}",
                left=pieces_sent - kept,
            )
        if grams is not None and (grams < 0 or not line.net_grams):
            raise InvalidInput(
                _("Enter the weight in kilograms, like 380.5."), code="weight_wrong", field=f"weight-{line_id}"
            )
        by_pieces = line.refundable_fen(pieces_sent - pieces)
        value, should_weigh = line.sent_value(pieces)
        if grams is not None:
            _check_weight(line_id, grams, bounds.range_of(should_weigh), pieces)
        by_weight = weight_rules.weight_reduction(value, should_weigh, grams) if grams is not None else 0
        by_weight = min(by_weight, line.paid_fen - line.refunded_fen - by_pieces)
        found.append(
            LineAcceptance(
                line_id=line_id,
                sent=pieces_sent,
                accepted=pieces,
                weighed_grams=grams,
                rejected_fen=by_pieces,
                weight_fen=by_weight,
                charged_fen=value - by_weight,
            )
        )
    return found


def _check_weight(line_id: int, grams: int, expected: tuple[int, int], pieces: int) -> None:
    """Raise InvalidInput for a weight that `pieces` can't have; what did not arrive is said by pieces."""
    least, most = expected
    if least <= grams <= most:
        return
    if not pieces:
        words = _("No piece was accepted: leave the weight empty.")
    else:
        words = ngettext(
            "%(n)d piece should weigh %(least)s to %(most)s: check number and unit.",
            "%(n)d pieces should weigh %(least)s to %(most)s: check number and unit.",
            pieces,
        ) % {"n": pieces, "least": in_words(least), "most": in_words(most)}
    raise InvalidInput(words, code="weight_implausible", field=f"weight-{line_id}", least_grams=least, most_grams=most)


def _note_light(lines: Mapping[int, LineFacts], decided: Collection[LineAcceptance]) -> None:
    """Keep apart what is not charged for weight: it is told beside what is not charged for pieces."""
    for each in decided:
        if each.weight_fen:
            LineFacts.objects.filter(pk=each.line_id).update(light_fen=F("light_fen") + each.weight_fen)
            lines[each.line_id].light_fen += each.weight_fen


def _write(
    lines: Mapping[int, LineFacts], decided: Collection[LineAcceptance], shipments: Collection[Shipment], at: datetime
) -> None:
    for each in decided:
        rejected = each.sent - each.accepted
        LineFacts.objects.filter(pk=each.line_id).update(
            accepted=F("accepted") + each.accepted, rejected=F("rejected") + rejected
        )
        lines[each.line_id].accepted += each.accepted
        lines[each.line_id].rejected += rejected
    Shipment.objects.filter(pk__in=[shipment.pk for shipment in shipments]).update(received_at=at)


def _reduce(
    order: OrderFacts, decided: Collection[LineAcceptance], freight: int, *, key: str, actor: Any, at: datetime
) -> None:
    parts = {each.line_id: each.short_fen for each in decided if each.short_fen}
    rejected = {each.line_id: each.sent - each.accepted for each in decided if each.accepted < each.sent}
    if not parts and not rejected:
        return
    reduce_order(
        order=order, amount_fen=sum(parts.values()) + freight,
        reason="accepted_nothing" if freight else "accepted_short", key=key, actor=actor, at=at, lines=parts,
        pieces=rejected,
    )  # fmt: skip
