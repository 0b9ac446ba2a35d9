"""Who takes part when an order moves: quota, pledges, live sessions. Wired in `shop/config/wiring.py`.

Participants are called in the transaction of the operation, with all its events at once: one purchase of three
orders is one call. What counts of an order is what was placed, less what was reduced and what was cancelled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop.sales.models import OrderFacts


class Event(StrEnum):
    """What happened to an order."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    ACCEPTED = "accepted"
    REDUCED = "reduced"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class LineEvent:
    """One line's part of an event: pieces, and what they are worth in 分 (0 where the event is not about money)."""

    line_id: int
    listing_id: int
    specification_id: int
    pieces: int
    fen: int = 0


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """What happened to one order. `order` has its Oscar order and its purchase loaded.

    `fen`: PLACED the order's total; ACCEPTED what is left to pay or paid; REDUCED what is given back or not charged;
    CANCELLED what no REDUCED told (the total of an order that was never to be worked on, else 0). `key` is unique per effect.
    """

    kind: Event
    order: "OrderFacts"
    key: str
    at: datetime
    fen: int = 0
    lines: tuple[LineEvent, ...] = ()
    actor_id: int | None = None
    reason: str = ""


Participant = Callable[[Sequence[OrderEvent]], None]
participants: list[Participant] = []


def connect(participant: Participant) -> None:
    """Have `participant` called with the events of every operation, in its transaction."""
    if participant not in participants:
        participants.append(participant)


def tell(*events: OrderEvent) -> None:
    """Call the participants; what one raises ends the operation."""
    if events:
        for participant in participants:
            participant(events)
