"""Shop, unit, gift and drop sell the last pieces of one stock at once: exactly those, never beyond the certificate."""

from pathlib import Path

from shop.core import projections
from tests.concurrency.doors import race_at_doors

ATTEMPTS, PIECES, DROPPED = 80, 20, 4


def test_four_doors_sell_exactly_the_last_pieces(real_db: str, tmp_path: Path) -> None:
    found = race_at_doors(real_db, tmp_path / "on", attempts=ATTEMPTS, pieces=PIECES, certified=900, dropped=DROPPED)
    assert found.broken == []
    assert (found.pieces, found.on_hand, found.reserved) == (PIECES, PIECES, PIECES)
    assert found.sold["drop"] == DROPPED
    assert [problem for _name, problem in projections.run_all() if problem] == []


def test_four_doors_stop_at_the_certificate(real_db: str, tmp_path: Path) -> None:
    found = race_at_doors(
        real_db, tmp_path / "less", attempts=ATTEMPTS, pieces=60, certified=PIECES, dropped=DROPPED, processes=2
    )
    assert found.broken == []
    assert (found.pieces, found.on_hand, found.reserved) == (PIECES, 60, PIECES)


def test_with_the_lock_off_the_doors_sell_too_much(real_db: str, tmp_path: Path) -> None:
    found = race_at_doors(
        real_db, tmp_path / "off", attempts=ATTEMPTS, pieces=PIECES, certified=900, dropped=DROPPED, lock=False
    )
    assert found.pieces > PIECES
