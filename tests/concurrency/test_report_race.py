"""One report's number is recorded for lots of several suppliers at one moment: one of them has it, the others are told."""

from pathlib import Path

from django.db import connection

from tests.concurrency.races import race
from tests.traceability.growing import make_grown, make_lot
from traceability.models import LabTest
from traceability.queries.verifying import altered_rows, verify_chain


def _race(real_db: str, folder: Path, *, suppliers: int, lock: bool = True) -> tuple[dict[str, int], list[int]]:
    """Return outcomes, and whose lots have the report now."""
    lots = [make_lot(make_grown(slug=f"goods-{number}")) for number in range(suppliers)]
    connection.close()
    outcomes = race(
        "report", database_url=real_db, folder=folder, attempts=suppliers, lock=lock, meet="report", processes=2,
        lots=[lot.pk for lot in lots],
    )  # fmt: skip
    for lot in lots:
        assert (verify_chain(lot.supplier_id)[1], altered_rows(lot.supplier_id)) == (None, [])
    return dict(outcomes), list(LabTest.objects.values_list("lot__supplier", flat=True))


def test_one_suppliers_lot_gets_the_report(real_db: str, tmp_path: Path) -> None:
    outcomes, having = _race(real_db, tmp_path / "on", suppliers=6)
    assert (outcomes, len(having)) == ({"recorded": 1, "refused report_of_another": 5}, 1)


def test_with_the_lock_off_two_suppliers_get_it(real_db: str, tmp_path: Path) -> None:
    outcomes, having = _race(real_db, tmp_path / "off", suppliers=2, lock=False)
    # Both saw that nobody had it.
    assert (outcomes, len(set(having))) == ({"recorded": 2}, 2)
