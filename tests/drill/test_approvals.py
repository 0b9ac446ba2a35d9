"""Forty approvals on a budget for twenty-five, ten rounds, and the control."""

from pathlib import Path

from tests.drill.conftest import Say
from tests.procurement.test_races import APPROVALS, BUDGET_FEN, EACH_FEN, FITTING, _race

ROUNDS = 10


def test_forty_approvals_on_a_budget(real_db: str, tmp_path: Path, say: Say) -> None:
    rounds = []
    for number in range(ROUNDS):
        outcomes, approved, left = _race(real_db, tmp_path / f"on{number}", lock=True)
        assert outcomes == {"approved": FITTING, "refused no_budget": APPROVALS - FITTING}
        assert (approved, left) == (FITTING, 0)
        rounds.append(approved)
    say(f"{APPROVALS} approvals of {EACH_FEN // 100} on {BUDGET_FEN // 100} yuan, {ROUNDS} rounds: approved {rounds}")


def test_the_control_without_the_lock_passes_the_budget(real_db: str, tmp_path: Path, say: Say) -> None:
    _outcomes, approved, left = _race(real_db, tmp_path / "off", lock=False)
    assert approved > FITTING or left < 0
    say(f"control, lock off: {approved} approved where {FITTING} fit, {left} fen left")
