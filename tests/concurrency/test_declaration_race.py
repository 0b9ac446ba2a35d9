"""Declarations are amended and decided by several people at once: nobody's words are lost, no share is booked twice."""

from pathlib import Path

from django.db import connection

from procurement.models import DeclarationSnapshot, QuotaDeclaration
from shop.core import ledger, projections
from tests.concurrency.declaring import standing
from tests.concurrency.races import race
from tests.procurement.offices import YEAR, declaration_of, declared, join, make_office

Outcomes = dict[str, int]


def _race(name: str, real_db: str, folder: Path, *, attempts: int, lock: bool = True) -> tuple[Outcomes, int, int]:
    """Return the outcomes, the declaration, and its unit; a confirmed one, amended where it is to be decided."""
    above = make_office(kind="supervising")
    office = make_office(above.unit)
    row = declared(office, 500_000, by=above.approver)
    if name != "amend":
        row = declaration_of(office, 800_000, change_reason="人数增加")
    buyers = [office.buyer.pk, join(office.unit.organisation, "buyer").pk]
    connection.close()
    outcomes = race(
        name, database_url=real_db, folder=folder, attempts=attempts, lock=lock,
        meet="amendment" if name == "amend" else "verdict", size=attempts, processes=2, declaration=row.pk,
        version=row.version, unit=office.unit.pk, buyers=buyers, above=above.approver.pk,
    )  # fmt: skip
    return dict(outcomes), row.pk, office.unit.pk


def _reserved(unit_id: int) -> int:
    return ledger.balance(f"quota:{unit_id}:{YEAR}:canteen:reserved")


def _agree() -> bool:
    return [found for _name, found in projections.run_all() if found] == []


def test_of_several_who_amend_one_version_one_is_taken(real_db: str, tmp_path: Path) -> None:
    outcomes, pk, unit = _race("amend", real_db, tmp_path / "on", attempts=6)
    assert outcomes == {"amended": 1, "refused wrong_step": 5}
    assert (standing(pk), _reserved(unit), _agree()) == (("submitted", 2, 1), 150_000, True)


def test_with_the_lock_off_an_amendment_is_overwritten_unseen(real_db: str, tmp_path: Path) -> None:
    outcomes, pk, _unit = _race("amend", real_db, tmp_path / "off", attempts=2, lock=False)
    assert outcomes == {"amended": 2}
    assert QuotaDeclaration.objects.get(pk=pk).version == 2


def test_of_confirming_and_returning_at_once_one_is_done(real_db: str, tmp_path: Path) -> None:
    outcomes, pk, unit = _race("decide", real_db, tmp_path / "on", attempts=6)
    done = {"confirmed", "returned"} & outcomes.keys()
    assert outcomes == {min(done): 1, "refused wrong_step": 5}
    state, version, in_force = standing(pk)
    expected = ("confirmed", 2, 240_000) if done == {"confirmed"} else ("returned", 1, 150_000)
    assert (state, in_force, _reserved(unit)) == expected
    assert (version, DeclarationSnapshot.objects.filter(declaration=pk).count(), _agree()) == (2, in_force, True)


def test_with_the_lock_off_a_returned_declaration_is_in_force(real_db: str, tmp_path: Path) -> None:
    outcomes, _pk, unit = _race("decide", real_db, tmp_path / "off", attempts=2, lock=False)
    assert outcomes == {"confirmed": 1, "returned": 1}
    # The share is booked of what was returned, or of what was confirmed before in place of what was confirmed.
    assert _reserved(unit) == 240_000


def test_an_amendment_never_slips_under_what_is_being_confirmed(real_db: str, tmp_path: Path) -> None:
    outcomes, pk, unit = _race("confirm_or_amend", real_db, tmp_path / "on", attempts=6)
    assert outcomes.pop("confirmed") == 1
    amended = outcomes.pop("amended", 0)
    assert (amended <= 1, sum(outcomes.values()) + amended) == (True, 5)
    state, version, in_force = standing(pk)
    assert (state, version) == (("submitted", 3) if amended else ("confirmed", 2))
    assert (in_force, _reserved(unit), _agree()) == (2, 240_000, True)


def test_of_withdrawing_and_confirming_at_once_one_is_done(real_db: str, tmp_path: Path) -> None:
    outcomes, pk, unit = _race("withdraw_or_decide", real_db, tmp_path / "on", attempts=6)
    done = {"confirmed", "withdrawn"} & outcomes.keys()
    assert outcomes == {min(done): 1, "refused wrong_step": 5}
    state, version, in_force = standing(pk)
    expected = ("confirmed", 2, 240_000) if done == {"confirmed"} else ("draft", 1, 150_000)
    assert (state, in_force, _reserved(unit)) == expected
    assert (version, DeclarationSnapshot.objects.filter(declaration=pk).count(), _agree()) == (2, in_force, True)


def test_with_the_lock_off_a_withdrawn_declaration_is_in_force(real_db: str, tmp_path: Path) -> None:
    outcomes, _pk, unit = _race("withdraw_or_decide", real_db, tmp_path / "off", attempts=2, lock=False)
    assert outcomes == {"confirmed": 1, "withdrawn": 1}
    # Its unit was told that nothing was decided, and its share is booked.
    assert _reserved(unit) == 240_000
