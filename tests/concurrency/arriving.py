"""New pieces are entered while the failed lot that orders wait for is disposed of."""

from typing import Any

from catalog.queries.trade import goods_of_supplier
from shop.sales.operations.stocking import adjust_stock_of
from tests.factories import AT
from traceability.operations.quality import dispose_of_lot
from traceability.operations.recording import close_lot


def come(job: dict[str, Any], number: int) -> str:
    """The first disposes of the lot, or finishes it, if there is one still; the others bring some pieces each."""
    if number == 0 and job.get("finished"):
        close_lot(supplier_id=job["supplier"], lot_id=job["finished"], actor=None, at=AT, confirm=True, rest="gone")
        return "finished"
    if number == 0 and job["lot"]:
        dispose_of_lot(
            supplier_id=job["supplier"], lot_id=job["lot"], method="就地深埋", occurred_at=AT, actor=None, at=AT,
            confirm=True,
        )  # fmt: skip
        return "disposed"
    spec = goods_of_supplier(job["supplier"], job["specification"])
    adjust_stock_of(spec=spec, pieces=job["pieces"], reason="harvest", actor=None, at=AT)
    return "came"
