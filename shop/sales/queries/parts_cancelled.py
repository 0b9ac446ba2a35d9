"""What was cancelled of orders: pieces of a line, and each step that cancelled some while the rest went on."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from shop.core import audit
from shop.core.money import in_yuan
from shop.sales.models import LineFacts, OrderFacts

PART_CANCELLED = "part_cancelled"


@dataclass(frozen=True, slots=True)
class PartCancelled:
    """One such step. `pieces` are by line id; `fen` 分 go back, or are not charged; `reason` is a code of moves."""

    at: datetime
    reason: str
    pieces: dict[int, int]
    fen: int
    is_given_back: bool


def parts_cancelled(order: OrderFacts) -> list[PartCancelled]:
    """Return what was cancelled of an order, the first first. One query, none where nothing was. Needs its lines."""
    if not any(line.cancelled for line in order.lines.all()):
        return []
    return [
        PartCancelled(
            entry.at,
            entry.data["reason"],
            {int(pk): pieces for pk, pieces in entry.data["pieces"].items()},
            entry.data["amount_fen"],
            entry.data["is_given_back"],
        )
        for entry in audit.entries(object_kind="order", object_ids=[order.pk], action=PART_CANCELLED)
    ]


def cancelled_words(order: OrderFacts, line: LineFacts) -> str:
    """Say how many pieces of a line are cancelled, of how many, and what becomes of their money; "" for none."""
    if not line.cancelled:
        return ""
    facts = {"n": line.cancelled, "ordered": line.ordered, "fen": in_yuan(line.cancelled_fen)}
    if line.cancelled < line.ordered:
        words = _("Cancelled: %(n)d of %(ordered)d ordered") % facts
    else:
        words = _("Cancelled whole: %(ordered)d ordered") % facts
    if not line.cancelled_fen:
        return words
    # An order gives back where it was paid; where the goods come first, or nobody paid, less is charged.
    is_given_back = order.refunded_fen > 0 and not order.waived_fen
    money = _("%(fen)s goes back") if is_given_back else _("%(fen)s not charged")
    return f"{words} · {money % facts}"
