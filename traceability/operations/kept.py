"""What stays on sale as of another harvest leaves the shelf when that harvest is not recorded by its day."""

from datetime import datetime

from django.db import transaction

from catalog.operations.holding import take_off_sale
from catalog.states import StockChangeKind
from shop.core import audit, periodic
from traceability.hooks import lot_kept_over
from traceability.models import ProduceLot
from traceability.operations.holding import lock_shelf, settle_holds
from traceability.queries.kept import SETTLED, WithoutHarvest, due_lots, without_harvest
from traceability.queries.stopped import pool_name


@periodic.every("traceability.kept_goods", seconds=300)
def settle_kept(*, at: datetime) -> int:
    """Take what no harvest was recorded for by its day off the shelf, of the shop and of drops; return the lots.

    Each lot is settled once, whatever was found: pieces that come later are never taken for those that stayed. The
    supplier is told. Locks: the pools of each product by id, its lots by id.
    """
    count = 0
    for listing_id, lot_ids in due_lots(at).items():
        with transaction.atomic():
            lock_shelf([listing_id], lot_ids, at=at)
            # Who waited for these locks finds settled what the other settled.
            due = due_lots(at).get(listing_id, [])
            left = {each.lot.pk: each for each in without_harvest(at=at, listing_ids=[listing_id])}
            for lot_id in due:
                _settle(lot_id, left.get(lot_id), at=at)
            settle_holds([listing_id], actor=None, at=at)
            count += len(due)
    return count


def _settle(lot_id: int, left: WithoutHarvest | None, *, at: datetime) -> None:
    pieces = left.rest.pieces if left else 0
    if left is not None:
        rest = left.rest
        take_off_sale(
            listing_id=left.lot.listing_id, free=rest.free, owed=rest.owed, kind=StockChangeKind.FINISHED,
            pool=pool_name(lot_id), actor=None, at=at, none_stays=True,
        )  # fmt: skip
        owed = left.owed_grams
        ProduceLot.objects.filter(pk=lot_id).update(owed_grams=left.lot.owed_grams + owed)
        lot_kept_over(lot_id, pieces, at)
    audit.record(action=SETTLED, object_kind="lot", object_id=lot_id, actor=None, at=at, pieces=pieces)
