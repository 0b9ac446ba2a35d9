"""What is in each parcel of an order, and what of the order is still to come. No queries: the rows are read already."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shop.sales.models import LineFacts, Shipment
from shop.sales.states import OrderState
from shop.sales.texts import in_reader_language


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many pieces of a line's goods."""

    line_id: int
    name: str
    spec: str
    pieces: int


def _pieces(line: LineFacts, count: int) -> Pieces:
    name = in_reader_language(line.name_zh, line.name_en)
    return Pieces(line.pk, name, in_reader_language(line.spec_zh, line.spec_en), count)


def in_parcel(shipment: Shipment, lines: Iterable[LineFacts]) -> list[Pieces]:
    """Return the goods of a parcel, in the order's own order; `lines` are the order's."""
    sent = {row.line_id: row.quantity for row in shipment.lines.all()}
    return [_pieces(line, sent[line.pk]) for line in lines if line.pk in sent]


def still_to_come(order: Any) -> list[Pieces]:
    """Return what still waits to be sent of an order of which a parcel left already; nothing before, or once it ended."""
    lines = list(order.lines.all())
    if order.state != OrderState.TO_SHIP or not any(line.shipped for line in lines):
        return []
    rests = [(line, line.ordered - line.cancelled - line.shipped) for line in lines]
    return [_pieces(line, rest) for line, rest in rests if rest > 0]
