"""What stays on sale without a harvest is taken off once, whichever worker settles it, and nothing that was bought."""

from pathlib import Path
from typing import Any

from catalog.models import Listing, Stock
from shop.core import projections
from tests.concurrency.settled import settled_at_once
from tests.traceability.growing import make_grown, make_lot
from tests.traceability.test_finished_lots import finish
from traceability.queries.kept import SETTLED

ON_SALE, KEPT = 40, 12


def _race(real_db: str, folder: Path, *, buyers: int = 0, lock: bool = True) -> tuple[dict[str, int], Stock, int]:
    """Return the outcomes of two settlers and some buyers, the shelf, and how often the lot was settled."""
    listing: Listing = make_grown(stock=ON_SALE)
    finish(make_lot(listing, pieces=KEPT), rest="other", reason="另一次采的")
    given: Any = {"database_url": real_db, "folder": folder, "buyers": buyers, "lock": lock}
    return settled_at_once(listing, action=SETTLED, meet="kept", **given)


def test_what_stays_is_taken_off_once_and_nothing_that_was_bought(real_db: str, tmp_path: Path) -> None:
    buyers = 6
    outcomes, stock, settled = _race(real_db, tmp_path / "on", buyers=buyers)
    # Who waited for the locks finds settled what the other settled.
    assert outcomes == {"settled 1": 1, "settled 0": 1, "placed": buyers}
    assert (stock.on_hand, stock.reserved, stock.owed, settled) == (ON_SALE - KEPT, buyers, 0, 1)
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_it_is_taken_off_twice(real_db: str, tmp_path: Path) -> None:
    outcomes, stock, settled = _race(real_db, tmp_path / "off", lock=False)
    assert outcomes == {"settled 1": 2}
    assert (stock.on_hand, settled) == (ON_SALE - 2 * KEPT, 2)
