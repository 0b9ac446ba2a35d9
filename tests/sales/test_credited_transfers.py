"""A part of one transfer that is credited to another purchase of the buyer: said wherever the money is shown."""

from typing import Any

import pytest
from django.test import Client

from shop.accounts.models import Message, User
from shop.core import outbox
from shop.core.projections import run_all
from shop.sales.models import Payment, Purchase, Remittance
from shop.sales.operations.closing import cancel_purchase
from shop.sales.queries.finding import transfers_of
from shop.sales.queries.outcomes import outcome_of
from shop.sales.queries.trails import trail_of
from shop.sales.states import PurchaseState
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import buy
from tests.sales.test_money_due import announce, book, sent
from tests.sales.test_money_trails import that_day
from tests.sales.test_references import finance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]


def credited(user: Any = None, **facts: Any) -> tuple[Purchase, Purchase]:
    """Return two purchases of 30.00: 50.00 came for the first, 20.00 of it was credited to the second."""
    user, rice = user or make_user(), make_listing(stock=50, price_fen=1000)
    first, second = (announce(buy((rice, 3), user=user, key=key)) for key in ("a", "b"))
    book(first, 50_00, "offset", offset_id=second.pk, **facts)
    return Purchase.objects.get(key="a"), Purchase.objects.get(key="b")


def words(first: Purchase, second: Purchase) -> tuple[str, str]:
    return (
        f"到账 ¥50.00，其中 ¥20.00 抵扣购买单 {second.number}。",
        f"购买单 {first.number} 到账 ¥50.00，其中 ¥20.00 抵扣本单。",
    )


def test_a_credited_part_is_said_in_both_rows_of_finance_and_found_by_the_whole_amount() -> None:
    first, second = credited()
    here, there = words(first, second)
    staff = finance()
    waiting = staff.get("/review/transfers/?q=50.00").content.decode()
    booked = staff.get("/review/transfers/?shown=booked&q=50").content.decode()
    assert (there in waiting, here in waiting) == (True, False)
    assert (here in booked, there in booked) == (True, True)
    found = Payment.objects.filter(transfers_of("50.00")).values_list("payable_id", flat=True)
    assert set(found) == {first.pk, second.pk}
    assert not Payment.objects.filter(transfers_of("50.01")).exists()


def test_a_line_that_was_split_over_two_transfers_is_found_by_its_whole_amount() -> None:
    rice = make_listing(stock=50, price_fen=1000)
    first, second = (announce(buy((rice, 3), user=make_user(), key=key)) for key in ("a", "b"))
    for payment in (first, second):
        book(payment, 30_00, reference="ICBC-77", line_fen=60_00)
    assert set(Payment.objects.filter(transfers_of("60.00"))) == {first, second}


def test_a_credited_part_is_said_by_the_api_of_finance_and_buyer() -> None:
    user = make_user()
    first, second = credited(user)
    here, there = words(first, second)
    staff = program_of(finance_user(), language="zh-CN")
    rows = {row["purchase"]: row for row in staff.get("/review/transfers?state=booked").data["items"]}
    assert (here in rows[first.number]["said"], there in rows[second.number]["said"]) == (True, True)
    program = program_of(user)
    for purchase, amount, to, source in (
        (first, "30.00", second.number, ""),
        (second, "20.00", "", first.number),
    ):
        (came,) = program.get(f"/purchases/{purchase.number}").data["came"]
        assert {name: came[name] for name in ("amount", "line", "credited_to", "came_from")} == {
            "amount": amount, "line": "50.00", "credited_to": to, "came_from": source,
        }  # fmt: skip
        assert came == rows[purchase.number]["came"][0]


def finance_user() -> User:
    finance()

    return User.objects.latest("pk")


def test_the_buyer_reads_on_both_purchases_what_was_credited_and_gets_a_message() -> None:
    user = make_user()
    first, second = credited(user)
    here, there = words(first, second)
    client = Client()
    client.force_login(user)
    assert here in client.get(f"/pay/{first.number}/done/").content.decode()
    assert there in client.get(f"/pay/{second.number}/transfer/").content.decode()
    outbox.drain(at=AT)
    outbox.drain(at=AT)
    message = Message.objects.get(kind="transfer_credited")
    assert (message.user, message.params, message.url) == (
        user,
        {"number": second.number, "whole_fen": 5000, "amount_fen": 2000, "source": first.number},
        f"/pay/{second.number}/",
    )


def test_who_booked_it_reads_what_was_credited() -> None:
    first, second = credited()
    payment = Payment.objects.get(payable_id=first.pk)
    assert words(first, second)[0] in outcome_of(payment).words()
    assert trail_of(second.pk).without_payers().credit_words() == []


def test_money_for_a_closed_purchase_is_said_to_be_credited_nowhere() -> None:
    user, rice = make_user(), make_listing(stock=50, price_fen=1000)
    closed, other = (announce(buy((rice, 3), user=user, key=key)) for key in ("a", "b"))
    cancel_purchase(purchase=Purchase.objects.get(key="a"), actor=None, at=AT)
    book(closed, 50_00, "offset", offset_id=other.pk)
    assert [trail_of(pk).credit_words() for pk in (closed.payable_id, other.payable_id)] == [[], []]
    outbox.drain(at=AT)
    assert not Message.objects.filter(kind="transfer_credited").exists()


def test_all_of_a_line_is_credited_elsewhere_where_nothing_is_due_yet() -> None:
    user = make_user()
    purchase, _order = sent()
    Purchase.objects.filter(pk=purchase.pk).update(user=user, attribution_kind="shop")
    first = announce(purchase)
    second = announce(buy((make_listing(stock=50, price_fen=1000), 3), user=user, key="b"))
    book(first, 20_00, "offset", offset_id=second.pk)
    assert list(Remittance.objects.values_list("payment", "amount_fen")) == [(second.pk, 20_00)]
    assert [len(trail_of(pk).credit_words()) for pk in (first.payable_id, second.payable_id)] == [1, 1]
    assert Purchase.objects.get(key="b").state == PurchaseState.UNPAID
    # Whose purchase it is was changed above, as no door does.
    found = [each.what for _name, rows in run_all() for each in rows]
    assert [what for what in found if not what.startswith(("channel of", "account that purchase"))] == []
