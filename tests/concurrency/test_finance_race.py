"""Clerks at the same statement: a transfer, a line is booked once, a refund is paid out once, to the account that was
seen, under a number that nothing came with; with the lock off, twice or both.
"""

from pathlib import Path

from django.db import connection

from shop.core import ledger, projections
from shop.core.models import AuditEntry
from shop.sales.models import Purchase, Refund, RefundAccount, Remittance, StatementLine
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payouts import give_account
from shop.sales.operations.transfers import match_transfer
from tests.concurrency.races import race
from tests.factories import AT, make_listing
from tests.sales.selling import buy
from tests.sales.test_money_due import announce, book
from tests.sales.test_terms import only_order

CLERKS, FEN = 12, 2000
REFUSED = {"refused reference_used", "refused wrong_state"}


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


def _pay_out_some(real_db: str, folder: Path, *, clerks: int, lock: bool = True) -> dict[str, int]:
    """Two refunds of one purchase; every other clerk pays both by one transfer, the rest one of them."""
    purchase = _purchase()
    payment = announce(purchase)
    for number in range(2):
        match_transfer(
            payment_id=payment.pk, received_fen=500, payer="机关食堂", why="合同约定", then="give_back",
            reference=f"IN-{number}", actor=None, at=AT,
        )  # fmt: skip
    give_account(
        purchase=purchase, holder="机关食堂", bank="工行天河支行", number="6222083602001234", actor=None, at=AT
    )
    refunds = list(Refund.objects.order_by("pk").values_list("pk", flat=True))
    assert len(refunds) == 2
    connection.close()
    outcomes = race(
        "pay_out_some", database_url=real_db, folder=folder, attempts=clerks, lock=lock, meet="money", processes=2,
        refunds=refunds,
    )  # fmt: skip
    return dict(outcomes)


def test_refunds_are_paid_together_or_one_by_one_each_once(real_db: str, tmp_path: Path) -> None:
    outcomes = _pay_out_some(real_db, tmp_path / "on", clerks=CLERKS)
    together, single = outcomes.pop("paid all", 0), outcomes.pop("paid one", 0)
    # Who pays all is refused once one was paid: the other may be left.
    assert (together, single) in [(1, 0), (0, 1), (0, 2)]
    assert outcomes == {
        "refused refund_paid_already": CLERKS // 2 - together,
        "refused wrong_state": CLERKS // 2 - single,
    }
    paid = 2 * together + single
    assert Refund.objects.filter(state="succeeded").count() == paid
    assert AuditEntry.objects.filter(action="refund_paid_out").count() == paid
    assert (ledger.balance("refunds:to_pay"), ledger.balance("gateway:transfer")) == (
        (2 - paid) * 500,
        (paid - 2) * 500,
    )
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_a_refund_is_paid_alone_and_together(real_db: str, tmp_path: Path) -> None:
    outcomes = _pay_out_some(real_db, tmp_path / "off", clerks=2, lock=False)
    # Both had the bank pay, and neither is told of the other.
    assert not {"refused wrong_state", "refused refund_paid_already"} & set(outcomes)


REFERENCE = "ICBC-77001"


def _match_line(real_db: str, folder: Path, *, clerks: int, lock: bool = True) -> dict[str, int]:
    """A part of a line is booked; two purchases wait, each for as much as is left of it."""
    listing = make_listing(stock=9, price_fen=FEN // 2)
    small = announce(buy((listing, 1), key="small"))
    payments = [announce(buy((listing, 2), key=key)) for key in ("one", "other")]
    match_transfer(
        payment_id=small.pk, received_fen=small.amount_fen, payer="机关食堂", why="合同约定", reference=REFERENCE,
        line_fen=small.amount_fen + payments[0].amount_fen, actor=None, at=AT,
    )  # fmt: skip
    connection.close()
    outcomes = race(
        "match_line", database_url=real_db, folder=folder, attempts=clerks, lock=lock, meet="line", processes=2,
        payments=[payment.pk for payment in payments], fen=payments[0].amount_fen, reference=REFERENCE,
    )  # fmt: skip
    return dict(outcomes)


def _to_pay_out() -> tuple[Purchase, Refund]:
    purchase = _purchase()
    book(announce(purchase), FEN)
    cancel_order(order_id=only_order(purchase).pk, actor=None, at=AT)
    give_account(
        purchase=purchase, holder="机关食堂", bank="工行天河支行", number="6222083602001234", actor=None, at=AT
    )
    return purchase, Refund.objects.get()


def _account(real_db: str, folder: Path, *, comers: int, lock: bool = True) -> dict[str, int]:
    purchase, refund = _to_pay_out()
    connection.close()
    outcomes = race(
        "account", database_url=real_db, folder=folder, attempts=comers, lock=lock, meet="account", processes=2,
        refund=refund.pk, purchase=purchase.pk,
    )  # fmt: skip
    return dict(outcomes)


def _reference(real_db: str, folder: Path, *, clerks: int, lock: bool = True) -> dict[str, int]:
    _cancelled, refund = _to_pay_out()
    payment = announce(buy((make_listing(stock=9, price_fen=FEN // 2), 2), key="k2"))
    connection.close()
    outcomes = race(
        "reference", database_url=real_db, folder=folder, attempts=clerks, lock=lock, meet="reference", processes=2,
        refund=refund.pk, payment=payment.pk, fen=FEN, reference=REFERENCE,
    )  # fmt: skip
    return dict(outcomes)


def _of_line() -> int:
    return sum(Remittance.objects.exclude(reference_key="").values_list("amount_fen", flat=True))


def test_of_many_clerks_one_books_what_is_left_of_a_line(real_db: str, tmp_path: Path) -> None:
    outcomes = _match_line(real_db, tmp_path / "on", clerks=CLERKS)
    assert outcomes.pop("booked") == 1
    assert (sum(outcomes.values()), outcomes.keys() - REFUSED) == (CLERKS - 1, set())
    line = StatementLine.objects.get()
    assert (line.booked_fen, _of_line()) == (line.amount_fen, line.amount_fen)
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_two_clerks_book_what_is_left_of_a_line(real_db: str, tmp_path: Path) -> None:
    outcomes = _match_line(real_db, tmp_path / "off", clerks=2, lock=False)
    assert outcomes == {"booked": 2}
    assert _of_line() > StatementLine.objects.get().amount_fen


def test_a_refund_is_paid_to_the_account_that_was_seen_or_the_account_is_changed(real_db: str, tmp_path: Path) -> None:
    outcomes = _account(real_db, tmp_path / "on", comers=CLERKS)
    refund, account = Refund.objects.get(), RefundAccount.objects.get()
    was_paid = "paid out" in outcomes
    assert was_paid != ("changed" in outcomes)
    assert (refund.account_version, account.version) == ((1, 1) if was_paid else (None, 2))
    assert not [outcome for outcome in outcomes if outcome.startswith("BROKEN")]
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_the_account_is_changed_while_it_is_paid_to(real_db: str, tmp_path: Path) -> None:
    outcomes = _account(real_db, tmp_path / "off", comers=2, lock=False)
    assert outcomes == {"paid out": 1, "changed": 1}
    assert (Refund.objects.get().account_version, RefundAccount.objects.get().version) == (1, 2)


def test_a_number_of_the_bank_is_of_money_in_or_of_money_out(real_db: str, tmp_path: Path) -> None:
    outcomes = _reference(real_db, tmp_path / "on", clerks=CLERKS)
    came = StatementLine.objects.filter(reference=REFERENCE).count()
    went = Refund.objects.filter(provider_ref=REFERENCE).count()
    assert came + went == 1
    assert ("booked" in outcomes, "paid out" in outcomes) == (came == 1, went == 1)
    assert not [outcome for outcome in outcomes if outcome.startswith("BROKEN")]
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_a_number_is_of_both(real_db: str, tmp_path: Path) -> None:
    outcomes = _reference(real_db, tmp_path / "off", clerks=2, lock=False)
    assert outcomes == {"booked": 1, "paid out": 1}
    assert StatementLine.objects.get().key == Refund.objects.get().reference_key
