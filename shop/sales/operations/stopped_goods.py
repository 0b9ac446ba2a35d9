"""A lot was stopped: its supplier is told, and which orders wait for its goods."""

from datetime import datetime

from catalog.queries import supplier_member_ids
from shop.accounts.operations.messages import tell
from shop.core import outbox
from shop.sales import message_kinds  # noqa: F401  reason: registers the words of these messages
from shop.sales.queries.without_goods import waiting_without_lot
from traceability.queries.lots import lot_facts


def hear(lot_id: int, at: datetime) -> None:
    """Have the supplier's members told, once the transaction that stopped a lot stands."""
    outbox.enqueue(task="sales.tell_lot_stopped", args={"lot_id": lot_id}, at=at)


@outbox.register("sales.tell_lot_stopped")
def tell_lot_stopped(*, lot_id: int, at: datetime) -> None:
    """Tell a supplier's members that a lot of theirs was stopped, and what waits for its goods."""
    lot = lot_facts(lot_id)
    waiting = waiting_without_lot(lot.listing_id, at)
    params = {
        "code": lot.code,
        "name_zh": lot.product_zh,
        "name_en": lot.product_en or lot.product_zh,
        "orders": waiting.orders,
        "pieces": waiting.pieces,
    }
    for user_id in supplier_member_ids(lot.supplier_id):
        tell(
            user_id=user_id,
            kind="lot_stopped_orders" if waiting.orders else "lot_stopped",
            params=params,
            url=f"/seller/lots/{lot_id}/",
            key=f"lot_stopped:{lot_id}:{at.isoformat()}:{user_id}",
            at=at,
        )
