from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from shop.core import ledger
from shop.core.ledger import Overdrawn, Posting
from shop.core.models import Account, AuditEntry, Transfer

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
GUARDED = frozenset({"quota:a", "quota:b"})


def posting(key: str, debit: str, credit: str, amount: int) -> Posting:
    return Posting(key=key, debit=debit, credit=credit, amount=amount, kind="test", reference="t", guarded=GUARDED)


@pytest.mark.django_db
def test_a_posting_moves_its_amount_once() -> None:
    first = ledger.post([posting("k", "source", "quota:a", 700)], at=AT)
    again = ledger.post([posting("k", "source", "quota:a", 700)], at=AT)
    assert [transfer.amount for transfer in first] == [700]
    assert again == []
    assert ledger.balance("quota:a") == 700
    assert Account.objects.get(name="quota:a").balance == 700
    assert Account.objects.get(name="source").balance == 0
    assert ledger.balance("source") == -700


@pytest.mark.django_db
def test_a_guarded_account_is_never_overdrawn_and_nothing_of_the_attempt_stays() -> None:
    ledger.post([posting("in", "source", "quota:a", 100)], at=AT)
    with pytest.raises(Overdrawn):
        ledger.post([posting("one", "quota:a", "sink", 60), posting("two", "quota:a", "sink", 60)], at=AT)
    assert Transfer.objects.count() == 1
    assert Account.objects.get(name="quota:a").balance == 100


@pytest.mark.django_db
def test_a_reversal_happens_once() -> None:
    ledger.post([posting("in", "source", "quota:a", 100)], at=AT)
    assert ledger.reverse("in", at=AT).amount == 100
    assert ledger.reverse("in", at=AT) is None
    assert ledger.balance("quota:a") == 0
    assert ledger.balances("quota:") == {"quota:a": 0}


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Transfer, AuditEntry])
def test_the_database_refuses_to_change_or_delete(model: type) -> None:
    ledger.post([posting("in", "source", "quota:a", 100)], at=AT)
    AuditEntry.objects.create(at=AT, action="a", object_kind="k", object_id="1")
    for attempt in (lambda: model.objects.update(at=AT), lambda: model.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    assert model.objects.count() == 1


class AnyPostings(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["source", "quota:a", "quota:b", "sink"]),
                st.sampled_from(["source", "quota:a", "quota:b", "sink"]),
                st.integers(min_value=1, max_value=10**6),
            ).filter(lambda row: row[0] != row[1]),
            max_size=12,
        )
    )
    def test_debits_equal_credits_and_stored_balances_equal_their_entries(
        self, rows: list[tuple[str, str, int]]
    ) -> None:
        for number, (debit, credit, amount) in enumerate(rows):
            try:
                ledger.post([posting(f"k{number}", debit, credit, amount)], at=AT)
            except Overdrawn:
                continue
        names = list(Account.objects.values_list("name", flat=True))
        assert sum(ledger.balance(name) for name in names) == 0
        for account in Account.objects.filter(guarded=True):
            assert account.balance == ledger.balance(account.name) >= 0


@pytest.mark.django_db
def test_a_statement_counts_a_transfer_between_two_of_its_accounts_once_for_each() -> None:
    ledger.post(
        [
            Posting("a", "bank", "s:held", 700, "capture", "N1"),
            Posting("b", "s:held", "s:payable", 500, "complete", "N1"),
            Posting("c", "s:held", "bank", 200, "refund", "N1"),
            Posting("d", "bank", "other:held", 900, "capture", "N2"),
        ],
        at=AT,
    )
    rows = ledger.statement({"held": "s:held", "payable": "s:payable", "none": "s:none"}, {"paid": ["capture"]})
    sums = [(row["reference"], row["held"], row["payable"], row["none"], row["paid"]) for row in rows]
    assert sums == [("N1", 0, 500, 0, 700)]
    assert " JOIN " not in str(rows.query)
