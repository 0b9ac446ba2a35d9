"""What was sold from where: by attribution, and by the price it was sold at."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from shop.sales.models import LineFacts, OrderFacts
from shop.sales.states import OrderState
from shop.sales.whose import Whose


@dataclass(frozen=True)
class Sold:
    """What is left of an attribution's orders after cancellations and refunds. Amounts in 分."""

    orders: int
    pieces: int
    fen: int


def sold_from(kind: str, ref: str) -> Sold:
    """Return what was sold with the attribution (`kind`, `ref`). Two queries."""
    orders = OrderFacts.objects.filter(purchase__attributions__kind=kind, purchase__attributions__ref=ref).exclude(
        state=OrderState.CANCELLED
    )
    # By their ids, few beside all lines: as a subquery PostgreSQL reads every line of the shop before it has counted them.
    found = list(orders.values_list("pk", "total_fen", "refunded_fen"))
    lines = LineFacts.objects.filter(order__in=[pk for pk, _total, _refunded in found])
    pieces = lines.aggregate(n=Sum(F("ordered") - F("cancelled")))["n"]
    fen = sum(total - refunded for _pk, total, refunded in found)
    return Sold(orders=len(found), pieces=pieces or 0, fen=fen)


def pieces_bought_at(price_source: str, *, user: Any = None, phone: str = "") -> int:
    """Return the pieces that a buyer holds at a price, by account and as a guest, less what was cancelled. One query.

    Raises PhoneUnproved for who proved no phone.
    """
    whose = Whose.of(user, phone)
    whose.check_proved(_("This flash sale"))
    rows = LineFacts.objects.filter(whose.purchases("order__purchase__"), price_source=price_source)
    return rows.aggregate(n=Sum(F("ordered") - F("cancelled")))["n"] or 0


def pieces_sold_at(price_source: str) -> int:
    """Return the pieces sold at a price, less what was cancelled. One query."""
    return LineFacts.objects.filter(price_source=price_source).aggregate(n=Sum(F("ordered") - F("cancelled")))["n"] or 0


def pieces_gone_by_source(prefix: str) -> dict[str, int]:
    """Return the pieces that have left the shelf by price source, of sources that begin with `prefix`. One query."""
    rows = LineFacts.objects.filter(price_source__startswith=prefix).values_list("price_source")
    return dict(rows.annotate(n=Sum("shipped")))
