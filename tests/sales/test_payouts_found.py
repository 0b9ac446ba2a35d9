"""Payouts of money that came by one line for two purchases, and what stays of a search while something is done."""

import re
from typing import Any

import pytest

from shop.sales.models import Payment, Purchase, Refund
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payouts import give_account, pay_out
from shop.sales.operations.transfers import match_transfer
from tests.factories import AT, make_user
from tests.sales.test_bank_lines import program
from tests.sales.test_money_trails import announced, finance, that_day
from tests.sales.test_terms import only_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]
FACTS: dict[str, Any] = {"payer": "周敏", "why": "本人", "actor": None, "at": AT}


def split(how: str) -> tuple[tuple[Purchase, Payment], tuple[Purchase, Payment]]:
    """Two purchases of one buyer, paid by one line of ¥209.80 and both given back; a third of somebody else."""
    buyer = make_user()
    one, two = announced(buyer, key="a"), announced(buyer, key="b", price_fen=120_00)
    if how == "offset":
        match_transfer(
            payment_id=one[1].pk, received_fen=209_80, then="offset", offset_id=two[1].pk, reference="ICBC-1", **FACTS
        )
    else:
        for payment, fen in ((one[1], 89_80), (two[1], 120_00)):
            match_transfer(payment_id=payment.pk, received_fen=fen, line_fen=209_80, reference="ICBC-1", **FACTS)
    other = announced(key="c", price_fen=33_00)
    match_transfer(payment_id=other[1].pk, received_fen=33_00, reference="ICBC-2", **FACTS)
    for purchase, _payment in (one, two, other):
        cancel_order(order_id=only_order(purchase).pk, actor=None, at=AT)
    return one, two


def found(desk: Any, query: str, **more: str) -> list[int]:
    return sorted(row.pk for row in desk.get("/review/payouts/", {"q": query, **more}).context["page"])


@pytest.mark.parametrize("how", ["offset", "line"])
def test_payouts_are_found_by_the_whole_of_a_split_line_and_by_its_parts(how: str) -> None:
    (_one, first), (_two, second) = split(how)
    refunds = [Refund.objects.get(payment=payment).pk for payment in (first, second)]
    desk, api = finance(), program()
    for query, wanted in (
        ("209.80", refunds), ("¥209.8", refunds), ("89.80", refunds[:1]), ("120", refunds[1:]), ("icbc1", refunds),
        ("33", [Refund.objects.get(amount_fen=33_00).pk]), ("209.81", []),
    ):  # fmt: skip
        assert found(desk, query) == sorted(wanted), query
        items = api.get(f"/review/payouts?q={query}").data["items"]
        assert sorted(row["id"] for row in items) == sorted(wanted), query
    page = desk.get("/review/payouts/", {"q": "209.80"}).content.decode()
    assert page.count('data-testid="payout-split"') == (2 if how == "offset" else 0)


def test_a_search_stays_after_an_error_and_after_it_is_done() -> None:
    (purchase, payment), _other = split("offset")
    refund = Refund.objects.get(payment=payment)
    desk = finance()
    typed = {"holder": "周敏", "bank": "工行广州", "number": ""}
    page = desk.get("/review/payouts/", {"q": "209.80"}).content.decode()
    actions = re.findall(r'action="([^"]*/account/[^"]*)"', page)
    assert f"/review/payouts/{refund.pk}/account/?q=209.80" in actions
    refused = desk.post(f"/review/payouts/{refund.pk}/account/?q=209.80", typed)
    text = refused.content.decode()
    assert (refused.status_code, refused.context["query"]) == (422, "209.80")
    assert ('value="工行广州"' in text, len(refused.context["page"].object_list)) == (True, 2)
    assert 'action="/review/payouts/" role="search"' in text
    done = desk.post(f"/review/payouts/{refund.pk}/account/?q=209.80", typed | {"number": "622208360200"})
    assert done.headers["Location"] == "/review/payouts/?q=209.80"
    refused = desk.post(f"/review/payouts/{refund.pk}/?q=209.80", {"reference": "", "account_version": "1"})
    assert (refused.status_code, refused.context["query"], "has-error" in refused.content.decode()) == (
        422, "209.80", True,
    )  # fmt: skip
    assert Purchase.objects.get(pk=purchase.pk).state == "paid"


def test_what_somebody_else_paid_meanwhile_is_said_though_its_row_is_gone() -> None:
    (purchase, payment), _other = split("offset")
    refund = Refund.objects.get(payment=payment)
    give_account(purchase=purchase, holder="周敏", bank="工行广州", number="622208360200", actor=None, at=AT)
    pay_out(refund_id=refund.pk, reference="OUT-1", actor=None, at=AT)
    facts = {"reference": "OUT-2", "account_version": "1"}
    page = finance().post(f"/review/payouts/{refund.pk}/?q=209.80", facts)
    assert (page.status_code, 'data-testid="refused-elsewhere"' in page.content.decode()) == (409, True)


def test_a_search_among_transfers_stays_after_an_error_and_after_a_booking() -> None:
    _purchase, payment = announced()
    desk, path = finance(), f"/review/transfers/{payment.pk}/?q={payment.provider_ref}"
    refused = desk.post(path, {"received": "x", "payer": "周敏", "shown": "waiting"})
    assert (refused.status_code, refused.context["query"]) == (422, payment.provider_ref)
    typed = {"received": "89.80", "payer": "周敏", "why": "本人", "seen": "0", "shown": "waiting"}
    done = desk.post(path, typed)
    assert done.headers["Location"] == f"/review/transfers/?q={payment.provider_ref}"
