"""What orders draw of certified output: when they are placed, and what goes back. A participant of every step."""

from collections.abc import Sequence

from django.utils import timezone

from catalog.operations.output import Draw, draw, give_back
from shop.sales.hooks import Event, OrderEvent


def take_part(events: Sequence[OrderEvent]) -> None:
    """Draw what is placed under certificates; give back what is cancelled, short or returned.

    The day is that of the placing, for both. Raises OutputExceeded, which ends the placing.
    """
    drawn = [each for event in events if event.kind == Event.PLACED for each in _draws(event)]
    if drawn:
        draw(drawn, at=events[0].at)
    back = [each for event in events if event.kind in (Event.REDUCED, Event.CANCELLED) for each in _draws(event)]
    if back:
        give_back(back, at=events[0].at)


def _draws(event: OrderEvent) -> list[Draw]:
    day = timezone.localdate(event.order.placed_at)
    return [
        Draw(
            certificate_id=line.certificate_id,
            day=day,
            grams=line.pieces * line.net_grams,
            key=f"output:{event.key}:{line.line_id}",
            reference=event.order.order.number,
        )
        for line in event.lines
        if line.certificate_id is not None and line.pieces and line.net_grams
    ]
