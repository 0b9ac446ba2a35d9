"""What an order comes to, as an expression over its columns: the same as `rules.left_fen` says of one order."""

from django.db.models import F
from django.db.models.expressions import CombinedExpression


def left_of(order: str = "") -> CombinedExpression:
    """Return 分 left of an order's total after what was given back and what was not charged; `order` leads to its facts."""
    return F(f"{order}total_fen") - F(f"{order}refunded_fen") - F(f"{order}waived_fen")
