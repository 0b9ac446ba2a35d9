"""The queues of finance: a compact list whose rows open, and a search by what finance has in hand."""

from typing import Any
from urllib.parse import urlencode

import pytest

from shop.sales.models import Payment, Purchase, Refund
from shop.sales.operations.payouts import give_account
from tests.factories import AT, make_user
from tests.sales.test_bank_lines import program
from tests.sales.test_money_trails import announced, book, finance, paid_out, that_day
from tests.sales.test_terms import only_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]


def booked_two() -> tuple[tuple[Purchase, Payment], tuple[Purchase, Payment]]:
    buyer = make_user()
    buyer.name = "林小满"
    buyer.save()
    first, second = announced(buyer, key="a"), announced(key="b", price_fen=120_00)
    book(first[1], 89_80, reference="ICBC-77001")
    book(second[1], 120_00, reference="ABC-5")
    return first, second


def test_booked_transfers_are_found_by_code_name_amount_reference_and_order() -> None:
    (purchase, payment), (_other, _payment) = booked_two()
    payment.refresh_from_db()
    wanted = [
        *(payment.provider_ref, payment.provider_ref.lower()[2:], "林小满", "89.80", "¥89.80", "icbc77001"),
        *(purchase.number, only_order(purchase).order.number),
    ]
    desk, api = finance(), program()
    for query in wanted:
        page = desk.get("/review/transfers/", {"shown": "booked", "q": query})
        assert [row.pk for row in page.context["page"]] == [payment.pk], query
        items = api.get(f"/review/transfers?state=booked&q={query}").data["items"]
        assert [row["id"] for row in items] == [payment.pk], query
    none = desk.get("/review/transfers/", {"shown": "booked", "q": "没有的"}).content.decode()
    assert ('data-testid="nothing-found"' in none, "“没有的”共 0 条" in none) == (True, True)
    both = desk.get("/review/transfers/", {"shown": "booked", "q": "周敏"}).context["page"]
    assert len(both.object_list) == 2


def test_payouts_are_found_by_code_name_amount_reference_and_order() -> None:
    for key, fen, reference in (("a", 40_00, "OUT-1"), ("b", 31_50, "OUT-2")):
        purchase, payment = announced(key=key)
        book(payment, fen, "give_back", f"in-{key}")
        paid_out(purchase, Refund.objects.get(payment=payment), reference)
    payment.refresh_from_db()
    refund = Refund.objects.get(payment=payment)
    desk, api = finance(), program()
    for query in (payment.provider_ref, "31.5", "out2", "OUT-2", purchase.number):
        page = desk.get("/review/payouts/", {"paid": "1", "q": query})
        assert [row.pk for row in page.context["page"]] == [refund.pk], query
        items = api.get(f"/review/payouts?state=paid&q={query}").data["items"]
        assert [row["id"] for row in items] == [refund.pk], query
    assert len(desk.get("/review/payouts/", {"paid": "1", "q": "周敏"}).context["page"].object_list) == 2


def test_rows_are_closed_until_one_is_refused() -> None:
    _purchase, payment = announced()
    desk = finance()
    page = desk.get("/review/transfers/").content.decode()
    assert ('<details class="queue-row" data-testid="transfer">' in page, page.count("<summary")) == (True, 1)
    refused = desk.post(f"/review/transfers/{payment.pk}/", {"received": "", "payer": "周敏"})
    assert refused.status_code == 422
    assert '<details class="queue-row" data-testid="transfer" open>' in refused.content.decode()


def test_the_slip_of_a_payout_has_the_projects_own_file_field() -> None:
    purchase, payment = announced()
    book(payment, 40_00, "give_back")
    desk = finance()
    give_account(purchase=purchase, holder="周敏", bank="工行广州", number="622208360200", actor=None, at=AT)
    refund = Refund.objects.get()
    page = desk.get("/review/payouts/").content.decode()
    assert ('class="file" data-file' in page, f'for="proof-{refund.pk}"' in page) == (True, True)
    assert f'id="proof-{refund.pk}" name="proof"' in page


@pytest.mark.parametrize("typed", ["", " ", "%", "'", "\u200b", "9" * 80, "１，２８０．００"])
def test_any_words_may_be_looked_for(typed: str, client: Any) -> None:
    booked_two()
    desk = finance()
    assert desk.get("/review/transfers/", {"shown": "booked", "q": typed}).status_code == 200
    assert desk.get("/review/payouts/", {"q": typed}).status_code == 200


@pytest.mark.parametrize("query", ["0", "０", "\u200b", "-"])
def test_what_stands_in_any_number_or_nowhere_finds_nothing(query: str) -> None:
    announced(key="a")
    announced(key="b", price_fen=120_00)
    api = program()
    asked = {"state": "waiting", "q": query}
    assert len(api.get("/review/transfers?state=waiting").data["items"]) == 2
    assert api.get(f"/review/transfers?{urlencode(asked)}").data["items"] == []
    assert api.get(f"/review/payouts?{urlencode({'q': query})}").data["items"] == []
