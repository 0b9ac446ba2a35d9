"""A lot was stopped, or expired: its supplier is told, and which orders wait for its goods."""

from datetime import datetime
from typing import Any

from catalog.queries import supplier_member_ids
from shop.accounts.operations.messages import tell
from shop.core import outbox
from shop.sales import lot_message_kinds  # noqa: F401  reason: registers the words of these messages
from shop.sales.queries.without_goods import lines_without_goods, waiting_without_lot
from traceability.queries.beyond import beyond_lots
from traceability.queries.lots import latest_lot, lot_facts

NUMBERS_AT_MOST = 5


def hear(lot_id: int, at: datetime) -> None:
    """Have the supplier's members told, once the transaction that stopped a lot stands."""
    outbox.enqueue(task="sales.tell_lot_stopped", args={"lot_id": lot_id}, at=at)


def hear_expired(lot_id: int, pieces: int, at: datetime) -> None:
    """Have the supplier's members told, once the transaction stands that took an expired lot's pieces off the shelf."""
    outbox.enqueue(task="sales.tell_lot_expired", args={"lot_id": lot_id, "pieces": pieces}, at=at)


def hear_kept_over(lot_id: int, pieces: int, at: datetime) -> None:
    """Have the supplier's members told, once the transaction stands that took what no harvest was recorded for off sale."""
    outbox.enqueue(task="sales.tell_lot_kept_over", args={"lot_id": lot_id, "pieces": pieces}, at=at)


def hear_beyond_over(listing_id: int, pieces: int, at: datetime) -> None:
    """Have the supplier's members told, once the transaction stands that took pieces of no lot off sale."""
    outbox.enqueue(task="sales.tell_beyond_over", args={"listing_id": listing_id, "pieces": pieces}, at=at)


@outbox.register("sales.tell_lot_stopped")
def tell_lot_stopped(*, lot_id: int, at: datetime) -> None:
    """Tell a supplier's members that a lot of theirs was stopped, and what waits for its goods."""
    lot = lot_facts(lot_id)
    waiting = waiting_without_lot(lot.listing_id, at)
    kind = "lot_stopped_orders" if waiting.orders else "lot_stopped"
    _tell(lot, kind, "lot_stopped", {"orders": waiting.orders, "pieces": waiting.pieces}, at)


@outbox.register("sales.tell_lot_expired")
def tell_lot_expired(*, lot_id: int, pieces: int, at: datetime) -> None:
    """Tell a supplier's members that a lot of theirs expired, what left the shelf, and which orders lack goods."""
    _tell_gone(lot_id, pieces, "lot_expired", at)


@outbox.register("sales.tell_lot_kept_over")
def tell_lot_kept_over(*, lot_id: int, pieces: int, at: datetime) -> None:
    """Tell a supplier's members that no harvest was recorded in time, what left the shelf, and which orders lack goods."""
    _tell_gone(lot_id, pieces, "lot_kept_over", at)


@outbox.register("sales.tell_beyond_over")
def tell_beyond_over(*, listing_id: int, pieces: int, at: datetime) -> None:
    """Tell a supplier's members that no harvest was recorded by the confirmed day: what left the shelf, what waits."""
    lot = latest_lot(listing_id)
    waits = sum(each.in_orders for each in beyond_lots(at=at, listing_ids=[listing_id]))
    kind = "beyond_over_orders" if waits else "beyond_over"
    _tell(lot, kind, "beyond_over", {"gone": pieces, "pieces": waits}, at, url="/seller/lots/")


def _tell_gone(lot_id: int, pieces: int, kind: str, at: datetime) -> None:
    """Tell that pieces left the shelf with a lot, in the words of a kind; in those of `<kind>_orders` where orders wait."""
    lot = lot_facts(lot_id)
    lines = lines_without_goods(lot.supplier_id, at=at, listing_ids=[lot.listing_id])
    numbers = list(dict.fromkeys(line.number for line in lines))
    named = " · ".join(numbers[:NUMBERS_AT_MOST]) + (" …" if len(numbers) > NUMBERS_AT_MOST else "")
    params = {"gone": pieces, "numbers": named, "pieces": sum(line.pieces for line in lines)}
    _tell(lot, f"{kind}_orders" if lines else kind, kind, params, at)


def _tell(lot: Any, kind: str, key: str, params: dict[str, Any], at: datetime, *, url: str = "") -> None:
    """Tell every member of a lot's supplier, once for each moment. `url`: where it leads, if not to the lot."""
    named = {"code": lot.code, "name_zh": lot.product_zh, "name_en": lot.product_en or lot.product_zh}
    for user_id in supplier_member_ids(lot.supplier_id):
        tell(
            user_id=user_id,
            kind=kind,
            params={**named, **params},
            url=url or f"/seller/lots/{lot.pk}/",
            key=f"{key}:{lot.pk}:{at.isoformat()}:{user_id}",
            at=at,
        )
