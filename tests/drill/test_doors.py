"""Two hundred come to four doors for the last fifty pieces, ten rounds; never beyond the certificate; the control."""

from pathlib import Path

from shop.core import projections
from tests.concurrency.doors import race_at_doors
from tests.drill.conftest import Say

ATTEMPTS, PIECES, DROPPED, ROUNDS = 200, 50, 10, 10


def test_four_doors_for_the_last_fifty(real_db: str, tmp_path: Path, say: Say) -> None:
    doors = []
    for number in range(ROUNDS):
        # Every other round it is the certificate that ends first.
        stock, certified = (PIECES, 4 * PIECES) if number % 2 == 0 else (4 * PIECES, PIECES)
        found = race_at_doors(
            real_db, tmp_path / f"on{number}", attempts=ATTEMPTS, pieces=stock, certified=certified, dropped=DROPPED
        )
        assert found.broken == []
        assert (found.pieces, found.on_hand, found.reserved) == (PIECES, stock, PIECES)
        doors.append("+".join(str(pieces) for pieces in found.sold.values()))
    assert [problem for _name, problem in projections.run_all() if problem] == []
    say(f"{ATTEMPTS} at four doors (shop+unit+gift+drop) for {PIECES} pieces, {ROUNDS} rounds: {', '.join(doors)}")


def test_the_doors_without_the_lock(real_db: str, tmp_path: Path, say: Say) -> None:
    found = race_at_doors(
        real_db, tmp_path / "off", attempts=ATTEMPTS, pieces=PIECES, certified=4 * PIECES, dropped=DROPPED, lock=False
    )
    assert found.pieces > PIECES
    say(f"control, lock off: {found.pieces} sold of {PIECES} through four doors")
