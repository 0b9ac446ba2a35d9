"""Making the events that participants get, from orders and lines."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shop.sales import hooks, rules
from shop.sales.models import LineFacts, OrderFacts


def order_event(
    kind: hooks.Event,
    order: OrderFacts,
    *,
    key: str,
    at: datetime,
    actor: Any,
    fen: int = 0,
    lines: Iterable[LineFacts] = (),
    pieces: Mapping[int, int] | None = None,
    reason: str = "",
) -> hooks.OrderEvent:
    """Return an event of one order; `pieces` (line id → pieces) leaves out the lines that it does not name."""
    counted = [(line, line.ordered if pieces is None else pieces.get(line.pk, 0)) for line in lines]
    return hooks.OrderEvent(
        kind=kind,
        order=order,
        key=f"{kind}:{key}",
        at=at,
        fen=fen,
        lines=tuple(_line_event(line, count) for line, count in counted if count),
        actor_id=getattr(actor, "pk", None),
        reason=reason,
    )


def _line_event(line: LineFacts, pieces: int) -> hooks.LineEvent:
    return hooks.LineEvent(
        line_id=line.pk,
        listing_id=line.listing_id,
        specification_id=line.specification_id,
        pieces=pieces,
        fen=rules.line_refundable(line.unit_price_fen, pieces, line.ordered, line.discount_fen, 0),
        net_grams=line.net_grams,
        certificate_id=line.certificate_id,
    )
