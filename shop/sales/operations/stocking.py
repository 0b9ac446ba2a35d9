"""A supplier says how many pieces are there: the stock, its card, and who waited for it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.operations.listings import cards_changed
from catalog.operations.stock import set_on_hand
from shop.core import outbox
from shop.core.errors import DomainError


class NoStock(DomainError):
    """The specification has no stock of its own."""

    code = "no_stock"
    status = 404


def set_stock_of(*, spec: Any, on_hand: int, at: datetime) -> None:
    """Set the pieces of a specification (`queries.trade.goods_of_supplier`). Raises NoStock, and what `set_on_hand` does."""
    if spec.stock_id is None:
        raise NoStock(_("There is no stock of this product."))
    with transaction.atomic():
        set_on_hand(stock_id=spec.stock_id, on_hand=on_hand)
        cards_changed([spec.listing_id], at=at)
        outbox.enqueue(task="sales.stock_came_back", args={"listing_ids": [spec.listing_id]}, at=at)
