"""The checks ask the same number of questions whatever there is to check."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_listing
from tests.sales.selling import paid, receive, ship
from tests.tampering import faults
from traceability.queries.verifying import altered_rows, verify_all

pytestmark = pytest.mark.django_db


def _questions() -> tuple[int, int]:
    with CaptureQueriesContext(connection) as ledger:
        assert faults() == []
    with CaptureQueriesContext(connection) as chains:
        for supplier_id, _count, broken in verify_all():
            assert (broken, altered_rows(supplier_id)) == (None, [])
    return len(ledger), len(chains)


def test_checks_ask_no_more_of_many_rows_than_of_few() -> None:
    listing = make_listing(stock=90)
    for number in range(2):
        receive(ship(paid((listing, 1), key=f"few{number}"), number=f"SF12345678901{number:02d}"))
    few = _questions()
    for number in range(6):
        receive(ship(paid((listing, 1), key=f"many{number}"), number=f"SF22345678901{number:02d}"))
    assert _questions() == few
