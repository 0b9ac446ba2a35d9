"""Clerks at the same statement: a transfer is booked once, a refund is paid out once; with the lock off, twice."""

from pathlib import Path

from django.db import connection

from shop.core import ledger, projections
from shop.core.models import AuditEntry
from shop.sales.models import Purchase, Refund, Remittance
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payouts import give_account
from tests.concurrency.races import race
from tests.factories import AT, make_listing
from tests.sales.selling import buy
from tests.sales.test_money_due import announce, book
from tests.sales.test_terms import only_order

CLERKS, FEN = 12, 2000


def _purchase() -> Purchase:
    return buy((make_listing(stock=9, price_fen=FEN // 2), 2))


def _match(real_db: str, folder: Path, *, clerks: int, lock: bool = True) -> dict[str, int]:
    payment = announce(_purchase())
    connection.close()
    outcomes = race(
        "match", database_url=real_db, folder=folder, attempts=clerks, lock=lock, meet="transfer", processes=2,
        payment=payment.pk, fen=FEN,
    )  # fmt: skip
    return dict(outcomes)


def _pay_out(real_db: str, folder: Path, *, clerks: int, lock: bool = True) -> dict[str, int]:
    purchase = _purchase()
    book(announce(purchase), FEN)
    cancel_order(order_id=only_order(purchase).pk, actor=None, at=AT)
    give_account(
        purchase=purchase, holder="机关食堂", bank="工行天河支行", number="6222083602001234", actor=None, at=AT
    )
    connection.close()
    outcomes = race(
        "pay_out", database_url=real_db, folder=folder, attempts=clerks, lock=lock, meet="money", processes=2,
        refund=Refund.objects.get().pk,
    )  # fmt: skip
    return dict(outcomes)


def test_of_many_clerks_one_books_the_transfer(real_db: str, tmp_path: Path) -> None:
    outcomes = _match(real_db, tmp_path / "on", clerks=CLERKS)
    assert outcomes == {"booked": 1, "refused wrong_state": CLERKS - 1}
    assert (Purchase.objects.get().state, Remittance.objects.get().amount_fen) == ("paid", FEN)
    assert (ledger.balance("gateway:transfer"), Refund.objects.count()) == (-FEN, 0)
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_a_transfer_is_booked_twice(real_db: str, tmp_path: Path) -> None:
    _match(real_db, tmp_path / "off", clerks=2, lock=False)
    assert list(Remittance.objects.values_list("amount_fen", flat=True)) == [FEN, FEN]
    assert ledger.balance("gateway:transfer") != -FEN


def test_of_many_clerks_one_pays_the_refund_out(real_db: str, tmp_path: Path) -> None:
    outcomes = _pay_out(real_db, tmp_path / "on", clerks=CLERKS)
    assert outcomes == {"paid out": 1, "refused wrong_state": CLERKS - 1}
    assert (Refund.objects.get().state, AuditEntry.objects.filter(action="refund_paid_out").count()) == ("succeeded", 1)
    assert (ledger.balance("refunds:to_pay"), ledger.balance("gateway:transfer")) == (0, 0)
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_a_refund_is_paid_out_twice(real_db: str, tmp_path: Path) -> None:
    outcomes = _pay_out(real_db, tmp_path / "off", clerks=2, lock=False)
    # Both had the bank pay, and neither is told of the other.
    assert "refused wrong_state" not in outcomes
    assert outcomes["paid out"] >= 1
