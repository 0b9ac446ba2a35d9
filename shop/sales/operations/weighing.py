"""Goods charged by weight: weighed when they are packed, and what they weigh less goes back at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.core import outbox
from shop.core.errors import InvalidInput
from shop.sales.models import LineFacts, OrderFacts, Shipment, ShipmentLine, weight_bounds
from shop.sales.operations.refunds import reduce_order
from shop.sales.weight_rules import WeightBounds, back_for_weight, charged_weight, fault_of_weights
from traceability.rules.weights import in_words

REASON = "weighed"


def check_weights(
    lines: Mapping[int, LineFacts],
    wanted: Mapping[int, int],
    weights: Mapping[int, Sequence[int]],
    at: datetime,
    *,
    is_confirmed: bool = False,
) -> dict[int, tuple[int, ...]]:
    """Return the weights of the weighed lines in a parcel (`wanted`: line id → pieces).

    Raises InvalidInput (field `weight-<line>`) for a weighed line without one, for weights that are not one for all
    or one for each piece, for more or less of what was charged than is believed that day, for what is unlikely unless
    it `is_confirmed`, and for a line that is not weighed.
    """
    is_any_weighed = any(lines[line_id].is_weighed for line_id in wanted)
    bounds = weight_bounds(timezone.localdate(at)) if is_any_weighed else WeightBounds()
    found = {}
    for line_id, pieces in wanted.items():
        line, given = lines[line_id], tuple(weights.get(line_id, ()))
        if not line.is_weighed:
            if given:
                raise InvalidInput(
                    _("This product is not charged by weight."), code="weight_unexpected", field=f"weight-{line_id}"
                )
            continue
        fault = fault_of_weights(given, pieces=pieces, most_grams=line.net_grams, bounds=bounds)
        if fault and not (fault == "unlikely" and is_confirmed):
            together = len(given) == 1
            least, most = bounds.packed_range(line.net_grams * (pieces if together else 1))
            if fault == "unlikely":
                raise _unlikely(line, pieces, given)
            raise InvalidInput(
                _fault_words(fault, pieces, (least, most), len(given), together=together), code=f"weight_{fault}",
                field=f"weight-{line_id}", least_grams=least, most_grams=most,
            )  # fmt: skip
        found[line_id] = given
    return found


def _unlikely(line: LineFacts, pieces: int, given: Sequence[int]) -> InvalidInput:
    """Return the question whether a light weight is that of all pieces: what it means for each, what was charged."""
    each = min(given) // (pieces if len(given) == 1 else 1)
    words = {"each": in_words(each), "most": in_words(line.net_grams), "pieces": pieces}
    return InvalidInput(
        _("That is %(each)s a piece, and up to %(most)s a piece was charged. Is it the weight of all %(pieces)d pieces?")
        % words
        if len(given) == 1 and pieces > 1
        else _("That is %(each)s for a piece of which up to %(most)s was charged. Is it so?") % words,
        code="weight_unlikely", field=f"weight-{line.pk}", each_grams=each, charged_grams=line.net_grams,
    )  # fmt: skip


def _fault_words(fault: str, pieces: int, expected: tuple[int, int], given: int, *, together: bool) -> str:
    """Say what is wrong with a weight, and what was expected of the pieces together or of each."""
    if fault == "missing":
        return _("Charged by weight: enter what it weighs.")
    if fault == "count":
        words = _("%(given)d weights for %(pieces)d pieces: enter one for all together, or one for each.")
        return words % {"pieces": pieces, "given": given}
    least, most = (in_words(grams) for grams in expected)
    text = (
        _("Expected %(least)s to %(most)s in all: check number and unit.")
        if together
        else _("Expected %(least)s to %(most)s a piece: check number and unit.")
    )
    return text % {"least": least, "most": most}


def shipment_line(shipment: Shipment, line_id: int, pieces: int, weights: Sequence[int] | None) -> ShipmentLine:
    """Return what of a line is in a parcel, with its weight where it has one; not saved yet."""
    return ShipmentLine(
        shipment=shipment,
        line_id=line_id,
        quantity=pieces,
        grams=sum(weights) if weights else None,
        piece_grams=list(weights) if weights and len(weights) == pieces and pieces > 1 else [],
    )


def give_back_weight(
    *,
    order: OrderFacts,
    shipment: Shipment,
    lines: Mapping[int, LineFacts],
    weighed: Mapping[int, Sequence[int]],
    actor: Any,
    at: datetime,
) -> int:
    """Note what the weighed lines of a parcel weigh and give back, or don't charge, what they weigh less; return 分.

    In the transaction that ships; `lines` count this parcel as shipped already.
    """
    parts: dict[int, int] = {}
    charged: dict[int, int] = {}
    pieces = dict(shipment.lines.values_list("line_id", "quantity"))
    for line_id, weights in weighed.items():
        line = lines[line_id]
        charged[line_id] = charged_weight(weights, pieces=pieces[line_id], most_grams=line.net_grams)
        light = line.shipped * line.net_grams - line.weighed_grams - charged[line_id]
        before = LineFacts.objects.values_list("weighed_back_fen", flat=True).get(pk=line_id)
        due = back_for_weight(
            paid_fen=line.paid_fen, charged_grams=line.ordered * line.net_grams, light_before=0, light_now=light
        )
        parts[line_id] = max(0, min(due - before, line.paid_fen - line.refunded_fen))
    fen = sum(parts.values())
    if fen:
        reduce_order(
            order=order, amount_fen=fen, reason=REASON, key=f"{REASON}:{shipment.pk}", actor=actor, at=at,
            lines={line_id: part for line_id, part in parts.items() if part},
        )  # fmt: skip
        outbox.enqueue(
            task="sales.tell_weighed", args={"shipment_id": shipment.pk, "amount_fen": fen},
            key=f"weighed:{shipment.pk}", at=at,
        )  # fmt: skip
    for line_id, weights in weighed.items():
        LineFacts.objects.filter(pk=line_id).update(
            weighed_grams=F("weighed_grams") + charged[line_id],
            heavy_grams=F("heavy_grams") + sum(weights) - charged[line_id],
            weighed_back_fen=F("weighed_back_fen") + parts[line_id],
        )
    return fen
