"""What was sold from where: by attribution, and by the price it was sold at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Min, Sum
from django.utils.translation import gettext as _

from shop.sales.models import LineFacts, OrderFacts
from shop.sales.states import OrderState
from shop.sales.whose import Whose


@dataclass(frozen=True)
class Sold:
    """What is left of an attribution's sales after cancellations and refunds. Amounts in 分, of goods alone."""

    orders: int
    pieces: int
    fen: int


def sold_from(kind: str, ref: str) -> Sold:
    """Return what was sold with the attribution (`kind`, `ref`): paid orders, without their freight. Two queries."""
    orders = OrderFacts.objects.filter(
        purchase__attributions__kind=kind, purchase__attributions__ref=ref, sold_at__isnull=False
    ).exclude(state=OrderState.CANCELLED)
    # By their ids, few beside all lines: as a subquery PostgreSQL reads every line of the shop before it has counted them.
    found = list(orders.values_list("pk", flat=True))
    sums = LineFacts.objects.filter(order__in=found).aggregate(
        pieces=Sum(F("ordered") - F("cancelled")),
        fen=Sum(F("unit_price_fen") * F("ordered") - F("discount_fen") - F("refunded_fen")),
    )
    return Sold(orders=len(found), pieces=sums["pieces"] or 0, fen=sums["fen"] or 0)


def lowest_paid(listing_id: int, specification_id: int, *, since: datetime) -> int | None:
    """Return the lowest price in 分 that was paid for a piece since a moment, less its discount; None without a sale.

    Pieces that were cancelled altogether were not traded. One query.
    """
    rows = LineFacts.objects.filter(
        listing_id=listing_id, specification_id=specification_id, order__sold_at__gte=since,
        ordered__gt=F("cancelled"),
    )  # fmt: skip
    return rows.aggregate(fen=Min((F("unit_price_fen") * F("ordered") - F("discount_fen")) / F("ordered")))["fen"]


def pieces_bought_at(price_source: str, *, user: Any = None, phone: str = "") -> int:
    """Return the pieces that a buyer holds at a price, by account and as a guest, less what was cancelled. One query.

    Raises PhoneUnproved for who proved no phone.
    """
    whose = Whose.of(user, phone)
    whose.check_proved(_("This flash sale"))
    rows = LineFacts.objects.filter(whose.purchases("order__purchase__"), price_source=price_source)
    return rows.aggregate(n=Sum(F("ordered") - F("cancelled")))["n"] or 0


def pieces_sold_at(price_source: str) -> int:
    """Return the pieces sold at a price and paid, less what was cancelled. One query."""
    rows = LineFacts.objects.filter(price_source=price_source, order__sold_at__isnull=False)
    return rows.aggregate(n=Sum(F("ordered") - F("cancelled")))["n"] or 0


def pieces_gone_by_source(prefix: str) -> dict[str, int]:
    """Return the pieces that have left the shelf by price source, of sources that begin with `prefix`. One query."""
    rows = LineFacts.objects.filter(price_source__startswith=prefix).values_list("price_source")
    return dict(rows.annotate(n=Sum("shipped")))
