"""A test fails while the lot is sent: what went out before is recalled, nothing goes out afterwards."""

from pathlib import Path

from django.db import connection

from catalog.models import Stock
from shop.core import projections
from shop.sales.models import Shipment
from tests.concurrency.races import race
from tests.traceability.growing import GRAMS, make_grown, make_lot, paid_order
from traceability.models import LabTest, ProduceLot
from traceability.queries.verifying import verify_chain
from traceability.states import LotState

PIECES = 2


def _race(real_db: str, folder: Path, *, orders: int, lock: bool = True) -> tuple[dict[str, int], ProduceLot]:
    # No more pieces than were ordered: in the control, the test would wait for the parcels' stock, and they for its lot.
    listing = make_grown(stock=PIECES * orders)
    lot = make_lot(listing, pieces=PIECES * orders)
    ids = [paid_order(listing, PIECES, key=f"o{number}").pk for number in range(orders)]
    connection.close()
    outcomes = race(
        "test_or_send", database_url=real_db, folder=folder, attempts=1 + orders, lock=lock, meet="lot",
        processes=2, lot=lot.pk, orders=ids, pieces=PIECES,
    )  # fmt: skip
    lot.refresh_from_db()
    return dict(outcomes), lot


def test_a_lot_that_fails_while_it_is_sent_is_recalled_or_stays(real_db: str, tmp_path: Path) -> None:
    orders = 9
    outcomes, lot = _race(real_db, tmp_path / "on", orders=orders)
    sent = outcomes.get("sent", 0)
    assert outcomes.pop("failed") == LabTest.objects.count() == 1
    assert outcomes.pop("sent", 0) + outcomes.pop("refused beyond_harvest", 0) == orders
    assert outcomes == {}
    assert lot.state == (LotState.RECALLED if sent else LotState.HELD)
    assert (Shipment.objects.count(), lot.assigned_grams) == (sent, sent * PIECES * GRAMS)
    # Harvest, packing, test, and a shipping for each parcel.
    assert verify_chain(lot.supplier_id) == (3 + sent, None)
    waiting = PIECES * (orders - sent)
    assert list(Stock.objects.filter(pool="main").values_list("on_hand", "reserved")) == [(waiting, waiting)]
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_a_failed_lot_is_sent_and_not_recalled(real_db: str, tmp_path: Path) -> None:
    outcomes, lot = _race(real_db, tmp_path / "off", orders=1, lock=False)
    assert outcomes == {"failed": 1, "sent": 1}
    assert (lot.state, lot.assigned_grams) == (LotState.HELD, PIECES * GRAMS)
