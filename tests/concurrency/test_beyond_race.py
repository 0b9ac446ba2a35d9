"""Pieces of no lot leave the shelf once after their day, whichever worker settles it, and nothing that was bought."""

from pathlib import Path

from django.db import connection

from catalog.models import Stock
from shop.core import projections
from shop.core.models import AuditEntry
from tests.concurrency.races import race
from tests.factories import spec_of
from tests.traceability.growing import make_grown, make_lot
from traceability.queries.beyond import SETTLED

ON_SALE, COVERED = 40, 28


def _race(real_db: str, folder: Path, *, buyers: int = 0, lock: bool = True) -> tuple[dict[str, int], Stock, int]:
    """Return the outcomes of two settlers and some buyers, the shelf, and how often the confirmation was settled."""
    listing = make_grown(stock=ON_SALE)
    make_lot(listing, pieces=COVERED)
    connection.close()
    outcomes = race(
        "settle_kept", database_url=real_db, folder=folder, attempts=2 + buyers, lock=lock, meet="beyond", processes=2,
        settlers=2, specification=spec_of(listing).specification_id,
    )  # fmt: skip
    return dict(outcomes), Stock.objects.get(pool="main"), AuditEntry.objects.filter(action=SETTLED).count()


def test_pieces_of_no_lot_leave_once_and_nothing_that_was_bought(real_db: str, tmp_path: Path) -> None:
    buyers = 6
    outcomes, stock, settled = _race(real_db, tmp_path / "on", buyers=buyers)
    assert outcomes == {"settled 1": 1, "settled 0": 1, "placed": buyers}
    # The lots serve the orders first: the same pieces are of no lot, whoever buys before.
    assert (stock.on_hand, stock.reserved, stock.owed, settled) == (COVERED, buyers, 0, 1)
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_they_leave_twice(real_db: str, tmp_path: Path) -> None:
    outcomes, stock, settled = _race(real_db, tmp_path / "off", lock=False)
    assert outcomes == {"settled 1": 2}
    assert (stock.on_hand, settled) == (ON_SALE - 2 * (ON_SALE - COVERED), 2)
