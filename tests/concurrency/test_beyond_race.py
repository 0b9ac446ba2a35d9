"""Pieces of no lot leave the shelf once after their day, whichever worker settles it, and nothing that was bought."""

from pathlib import Path
from typing import Any

from catalog.models import Stock
from shop.core import projections
from tests.concurrency.settled import settled_at_once
from tests.traceability.growing import make_grown, make_lot
from traceability.queries.beyond import SETTLED

ON_SALE, COVERED = 40, 28


def _race(real_db: str, folder: Path, *, buyers: int = 0, lock: bool = True) -> tuple[dict[str, int], Stock, int]:
    """Return the outcomes of two settlers and some buyers, the shelf, and how often the confirmation was settled."""
    listing = make_grown(stock=ON_SALE)
    make_lot(listing, pieces=COVERED)
    given: Any = {"database_url": real_db, "folder": folder, "buyers": buyers, "lock": lock}
    return settled_at_once(listing, action=SETTLED, meet="beyond", **given)


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
