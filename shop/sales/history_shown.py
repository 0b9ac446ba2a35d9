"""What happened to an order, as its buyer reads it. No queries but for what was cancelled of it line by line."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from shop.core import times
from shop.core.money import in_yuan
from shop.sales.case_shown import case_entries
from shop.sales.models import OrderFacts
from shop.sales.money_shown import arrival_entries, purchase_back_words, refund_words
from shop.sales.moves_shown import move_reasons
from shop.sales.queries.carriers import brings_itself, carrier_name
from shop.sales.queries.parts_cancelled import PartCancelled, parts_cancelled
from shop.sales.states import OrderState
from shop.sales.texts import in_reader_language
from shop.sales.ways_shown import ActShown

when = times.moment


def show_history(order: OrderFacts, *, supplier: str, way: str, acts: Sequence[ActShown]) -> list[dict[str, str]]:
    """Return what happened, the latest first: moves, parcels, what was cancelled, refunds. Only what we know."""
    found: list[tuple[datetime, dict[str, str]]] = [
        (order.placed_at, {"title": _("Ordered"), "text": _("Stock is reserved for you.")})
    ]
    words = move_reasons()
    if way:
        words |= {
            "received": (_("Who bought it confirmed the receipt"), ""),
            "buyer_cancelled": (_("Cancelled"), _("Who bought it cancelled.")),
            "buyer_cancelled_rest": (_("The rest is cancelled"), _("Who bought it cancelled.")),
        }
    found += [(act.at, {"title": act.what, "text": act.who}) for act in acts]
    # Before the move that the money caused.
    found += arrival_entries(order, way)
    parts = parts_cancelled(order)
    found += [(part.at, _part_entry(order, part, words, supplier)) for part in parts]
    told = {part.at for part in parts}
    for move in order.moves.all():
        if move.way or (move.at in told and move.to_state == OrderState.SHIPPED):
            continue
        title, text = words.get(move.reason, (OrderState(move.to_state).label, ""))
        found.append((move.at, {"title": str(title), "text": text}))
    for shipment in order.shipments.all():
        name = carrier_name(shipment.carrier, shipment.shipped_at)
        said = _("%(supplier)s brings it") if brings_itself(shipment) else _("Handed to %(carrier)s by %(supplier)s")
        text = said % {"carrier": name, "supplier": supplier}
        found.append((shipment.shipped_at, {"title": f"{name} {shipment.tracking_no}", "text": text}))
    found += case_entries(order)
    for refund in order.refunds.all():
        title = _("Money given back") if refund.finished_at else _("Refund in progress")
        # Of a part that was cancelled nothing moved, and only its money tells why; of a whole order its move does.
        why = "" if order.state == OrderState.CANCELLED else words.get(refund.reason, ("", ""))[1]
        text = " · ".join(filter(None, (refund_words(refund, way), why)))
        found.append((refund.finished_at or refund.requested_at, {"title": title, "text": text}))
    for refund in getattr(order, "purchase_refunds", ()):
        title = _("Money given back") if refund.finished_at else _("Refund in progress")
        found.append((refund.finished_at or refund.requested_at, {"title": title, "text": purchase_back_words(refund)}))
    # Sorted by time alone; what happened at one time stays in this order.
    found.sort(key=lambda each: each[0])
    entries = [{**words_, "when": when(at), "state": "done"} for at, words_ in reversed(found)]
    if order.state not in (OrderState.COMPLETED, OrderState.CANCELLED):
        entries[0]["state"] = "now"
    return entries


def _part_entry(
    order: OrderFacts, part: PartCancelled, words: Mapping[str, tuple[str, str]], supplier: str
) -> dict[str, str]:
    """Return who cancelled which lines of an order, how many pieces, what becomes of their money, and why."""
    names = {line.pk: in_reader_language(line.name_zh, line.name_en) for line in order.lines.all()}
    goods = "、".join(f"{names[pk]} ×{pieces}" for pk, pieces in part.pieces.items() if pk in names)
    money = _("%(fen)s goes back") if part.is_given_back else _("%(fen)s not charged")
    # A buyer's side cancels all that waits; a supplier this line or that.
    by_buyer = words.get(f"{part.reason}_rest")
    title, why = by_buyer or (
        _("%(supplier)s cancelled part of it") % {"supplier": supplier}, words.get(part.reason, ("", ""))[1],
    )  # fmt: skip
    said = (goods, money % {"fen": in_yuan(part.fen)} if part.fen else "", why)
    return {"title": str(title), "text": " · ".join(filter(None, said))}
