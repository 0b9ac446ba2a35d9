"""A supplier changes its stock: by what came and went, or by a count. The card follows, and who waited for it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.operations import stocktaking
from catalog.operations.listings import cards_changed
from catalog.queries.shelf import Became, became, last_change
from shop.core import outbox
from shop.core.errors import DomainError
from traceability.operations.holding import lock_shelf, settle_came, settle_holds


class NoStock(DomainError):
    """The specification has no stock of its own."""

    code = "no_stock"
    status = 404


def adjust_stock_of(
    *, spec: Any, pieces: int, reason: str, actor: Any, at: datetime, note: str = "", key: str = ""
) -> Became:
    """Add pieces of a specification (`queries.trade.goods_of_supplier`), or take free ones off; `key` makes it once.

    Returns what became of them. Raises NoStock, and what `stocktaking.adjust_stock` does.
    """
    _check(spec)
    with transaction.atomic():
        lock_shelf([spec.listing_id], at=at)
        before = last_change(spec.stockrecord_id)
        change = stocktaking.adjust_stock(
            stockrecord_id=spec.stockrecord_id, pieces=pieces, reason=reason, actor=actor, at=at, note=note, key=key
        )
        # Goods that no lot covers yet are not sold before those that wait in orders have theirs.
        came = max(0, pieces) if change.pk > before else 0
        settle_came(spec.listing_id, spec.stockrecord_id, came, actor=actor, at=at)
        _changed(spec, at)
        return became(spec.stockrecord_id, change.pk)


def count_stock_of(
    *, spec: Any, counted: int, version: int, actor: Any, at: datetime, note: str = "", key: str = ""
) -> Became:
    """Write a count of the whole shelf of a specification, made on `version` of it.

    Returns what became of what was found. Raises NoStock, and what `stocktaking.take_stock` does.
    """
    _check(spec)
    with transaction.atomic():
        lock_shelf([spec.listing_id], at=at)
        change = stocktaking.take_stock(
            stockrecord_id=spec.stockrecord_id, counted=counted, version=version, actor=actor, at=at, note=note, key=key
        )
        # What was found takes the place of what is owed first, and history says so.
        settle_holds([spec.listing_id], actor=actor, at=at)
        _changed(spec, at)
        return became(spec.stockrecord_id, change.pk)


def _check(spec: Any) -> None:
    if spec.stock_id is None:
        raise NoStock(_("There is no stock of this product."))


def _changed(spec: Any, at: datetime) -> None:
    cards_changed([spec.listing_id], at=at)
    outbox.enqueue(task="sales.stock_came_back", args={"listing_ids": [spec.listing_id]}, at=at)
