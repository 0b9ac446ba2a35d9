"""Approvals race with real processes on a real database; with the lock off the budget is passed."""

from pathlib import Path

from django.db import connection

from procurement.models import PurchaseRequest, RequestDecision
from shop.core import ledger
from tests.concurrency.races import race
from tests.factories import make_listing

from .offices import YEAR, join, make_office, submitted

APPROVALS, FITTING, EACH_FEN, BUDGET_FEN = 40, 25, 40_000, 1_000_000


def _race(real_db: str, folder: Path, *, lock: bool) -> tuple[dict[str, int], int, int]:
    office = make_office(budget_fen=BUDGET_FEN)
    listing = make_listing(price_fen=EACH_FEN, stock=1000)
    ids = [submitted(office, (listing, 1)).pk for _ in range(APPROVALS)]
    # Opened before: the others would wait for who opens it, and not meet.
    ledger.accounts([f"budget:{office.unit.pk}:{YEAR}:spent"])
    connection.close()
    outcomes = race(
        "approve", database_url=real_db, folder=folder, attempts=APPROVALS, lock=lock, requests=ids, meet="account",
        approver=office.approver.pk,
    )  # fmt: skip
    approved = PurchaseRequest.objects.filter(unit=office.unit, state="approved").count()
    return outcomes, approved, ledger.balance(f"budget:{office.unit.pk}:{YEAR}")


def test_forty_approvals_of_400_on_a_budget_of_10_000_are_twenty_five(real_db: str, tmp_path: Path) -> None:
    outcomes, approved, left = _race(real_db, tmp_path / "on", lock=True)
    assert outcomes == {"approved": FITTING, "refused no_budget": APPROVALS - FITTING}
    assert (approved, left) == (FITTING, 0)


def test_with_the_lock_off_more_is_approved_than_there_is(real_db: str, tmp_path: Path) -> None:
    _outcomes, approved, left = _race(real_db, tmp_path / "off", lock=False)
    assert approved > FITTING or left < 0


def _two_approvers(real_db: str, folder: Path, *, attempts: int, lock: bool = True) -> tuple[dict[str, int], int, int]:
    office = make_office(budget_fen=BUDGET_FEN)
    second = join(office.unit.organisation, "approver")
    request = submitted(office, (make_listing(price_fen=EACH_FEN), 1))
    connection.close()
    outcomes = race(
        "approve_one", database_url=real_db, folder=folder, attempts=attempts, lock=lock, meet="request",
        request=request.pk, version=request.version, approvers=[office.approver.pk, second.pk],
    )  # fmt: skip
    decisions = RequestDecision.objects.filter(request=request).count()
    return dict(outcomes), decisions, ledger.balance(f"budget:{office.unit.pk}:{YEAR}")


def test_two_approvers_at_once_make_one_decision(real_db: str, tmp_path: Path) -> None:
    outcomes, decisions, left = _two_approvers(real_db, tmp_path / "two", attempts=12)
    assert outcomes == {"approved": 1, "refused wrong_step": 11}
    assert (decisions, left) == (1, BUDGET_FEN - EACH_FEN)


def test_with_the_lock_off_neither_approver_is_told_of_the_other(real_db: str, tmp_path: Path) -> None:
    outcomes, _decisions, _left = _two_approvers(real_db, tmp_path / "off", attempts=2, lock=False)
    assert outcomes["approved"] >= 1
    assert "refused wrong_step" not in outcomes
