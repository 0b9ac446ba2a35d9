"""Who bought, on what terms, what is asked back and what went back: changed past the operations, it is noticed."""

from datetime import timedelta
from typing import Any

import pytest

from shop.accounts.operations.privacy import erase_person
from shop.core.models import SealedFacts
from shop.sales.models import AfterSale, OrderFacts, Purchase, Refund
from shop.sales.operations.adopting import adopt_guest_purchases
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.visitors import token_hash
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import PHONE, buy, come_back, lines_of, paid, photo, receive, ship
from tests.tampering import faults, tamper

pytestmark = pytest.mark.django_db
SAID = "what {} {} said when it was written"
PURCHASE = {
    "number": ("number = 'HQ26-0000-0000'", "purchase"),
    "key": ("key = 'theirs'", "purchase"),
    "placed at": ("placed_at = '2026-01-01 00:00:00+00:00'", "purchase"),
    "terms": ("terms = 'postpaid'", "purchase"),
    "days to pay": ("term_days = 90", "purchase"),
    "coupon": ("coupon_code = 'HEQIAO10'", "purchase"),
    "basket": ("basket_id = 7", "purchase"),
    "goods for freight": ("goods_fen = goods_fen - 100, freight_fen = freight_fen + 100", "purchase"),
    "county": ("ship_division_id = (SELECT MIN(code) FROM core_division WHERE code <> '440106')", "purchase"),
    "tax number": ("invoice_tax_no = '91440101MA59ABCD1X'", "purchase"),
    "phone": ("contact_phone = '+8613900000000'", "purchase_contact"),
    "e-mail": ("contact_email = 'other@example.cn'", "purchase_contact"),
    "title": ("invoice_title = '别人'", "purchase_contact"),
    "digest": ("content_digest = 'other'", "purchase_contact"),
    "recipient": ("ship_name = '张三'", "purchase_address"),
    "recipient's phone": ("ship_phone = '+8613900000000'", "purchase_address"),
    "street": ("ship_street = '别的路 1 号'", "purchase_address"),
    "postcode": ("ship_postcode = '510000'", "purchase_address"),
    "salt": ("seal_salt = ''", "purchase_address"),
    "browser": ("guest_token_hash = 'theirs'", "purchase_browser"),
    "link": ("link_token_hash = 'theirs'", "purchase_browser"),
}


@pytest.mark.parametrize("case", PURCHASE)
def test_a_purchase_that_says_something_else_is_noticed(case: str) -> None:
    purchase = buy((make_listing(stock=5), 1), token="t" * 43)
    assert faults() == []
    change, kind = PURCHASE[case]

    tamper(f"UPDATE sales_purchase SET {change}")

    assert SAID.format(kind, purchase.pk) in faults()


def test_a_purchase_of_another_account_is_noticed_and_an_adopted_one_is_not() -> None:
    user, other = make_user("a@example.cn", phone=PHONE, phone_verified=True), make_user("b@example.cn")
    purchase = buy((make_listing(stock=5), 1), token="t" * 43)
    assert adopt_guest_purchases(user=user, at=AT, token_hashes=[token_hash("t" * 43)]) == 1
    assert faults() == []

    tamper("UPDATE sales_purchase SET user_id = %s", other.pk)
    said = f"account that purchase {purchase.number} is of"
    adopted = f"account that adopted purchase {purchase.number}"
    assert faults() == [said, adopted]
    tamper("UPDATE order_order SET user_id = %s", other.pk)
    assert faults() == [adopted]


def test_an_erased_buyer_is_no_fault_and_leaves_no_salt() -> None:
    user = make_user("a@example.cn", phone=PHONE)
    order = receive(ship(paid((make_listing(stock=5), 1), user=user)))
    assert faults() == []

    erase_person(user=user, at=AT + timedelta(days=40))

    assert (Purchase.objects.get(pk=order.purchase_id).seal_salt, faults()) == ("", [])
    # What goes is not compared, what stays is: nobody puts another name on it.
    tamper("UPDATE sales_purchase SET ship_name = '张三'")
    assert faults() == [SAID.format("purchase_address", order.purchase_id)]


def _case(order: OrderFacts, **facts: Any) -> AfterSale:
    values: dict[str, Any] = {
        "kind": "damaged",
        "quantity": 1,
        "amount_fen": 1000,
        "reason": "压坏了",
        "uploads": [photo()],
    } | facts
    return open_after_sale(line_id=lines_of(order)[0].pk, actor=None, at=AT + timedelta(hours=1), **values)


def _received(**facts: Any) -> OrderFacts:
    return receive(ship(paid((make_listing(stock=50, price_fen=3280, **facts), 2))))


CASE = {
    "pieces": ("quantity = 2", SAID.format("after_sale", "{}")),
    "amount": ("amount_fen = amount_fen + 500", SAID.format("after_sale", "{}")),
    "kind": ("kind = 'missing'", SAID.format("after_sale", "{}")),
    "opened at": ("opened_at = '2026-01-01 00:00:00+00:00'", SAID.format("after_sale", "{}")),
    "return": ("needs_return = NOT needs_return", "return of the open case {}"),
    "time": ("due_at = '2030-01-01 00:00:00+00:00'", "until when case {} waits"),
    "no time": ("due_at = NULL", "until when case {} waits"),
    "platform": ("asked_at = '2026-12-01 00:00:00+00:00'", "since when case {} is with the platform"),
}


@pytest.mark.parametrize("what", CASE)
def test_an_open_case_that_says_something_else_is_noticed(what: str) -> None:
    case = _case(_received())
    assert faults() == []
    change, said = CASE[what]

    tamper(f"UPDATE sales_aftersale SET {change}")

    assert said.format(case.pk) in faults()


def test_a_case_of_another_line_is_noticed() -> None:
    order, other = (
        _received(),
        receive(ship(paid((make_listing(slug="b", stock=5), 2), key="k2"), number="SF1234567890124")),
    )
    case = _case(order)

    tamper("UPDATE sales_aftersale SET line_id = %s", lines_of(other)[0].pk)

    assert SAID.format("after_sale", case.pk) in faults()


def test_an_offer_that_somebody_else_made_or_at_another_time_is_noticed() -> None:
    case = _case(_received())
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=500, actor=None, at=AT + timedelta(hours=2))
    assert faults() == []

    tamper("UPDATE sales_aftersale SET decided_by_id = 7")
    assert faults() == [f"who moved case {case.pk} last, or when"]
    tamper("UPDATE sales_aftersale SET decided_by_id = NULL, agreed_fen = 900")
    tamper("UPDATE sales_casemove SET amount_fen = 900 WHERE to_state = 'offered'")
    assert faults() == [f"moves of case {case.pk} in the audit trail"]


def test_a_case_whose_goods_came_back_is_no_fault() -> None:
    case = _case(_received(is_fresh=False), kind="return", uploads=[])
    come_back(case)

    assert faults() == []


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'goodwill'",
        "key = 'theirs'",
        "requested_at = '2026-01-01 00:00:00+00:00'",
        "order_id = NULL",
        "amount_fen = amount_fen - 1",
    ],
)
def test_a_refund_that_says_something_else_is_noticed(change: str) -> None:
    case = _case(_received())
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=1000, actor=None, at=AT + timedelta(hours=2))
    assert faults() == []

    tamper(f"UPDATE sales_refund SET {change}")

    assert SAID.format("refund", Refund.objects.get().pk) in faults()


@pytest.mark.parametrize("change", ["method = 'alipay'", "key = 'theirs'", "started_at = '2026-01-01 00:00:00+00:00'"])
def test_an_attempt_that_money_came_by_and_that_says_something_else_is_noticed(change: str) -> None:
    paid((make_listing(stock=5), 1))
    assert faults() == []

    tamper(f"UPDATE sales_payment SET {change}")

    (row,) = SealedFacts.objects.filter(kind="remittance_payment")
    assert faults() == [SAID.format("remittance_payment", row.object_id)]


TIMES = {
    "completed_at = '2026-01-01 00:00:00+00:00'": "when order {} was received",
    "shipped_at = '2026-01-01 00:00:00+00:00'": "when order {} was sent",
    "shipped_at = NULL": "when order {} was sent",
}


@pytest.mark.parametrize("change", TIMES)
def test_an_order_that_was_sent_or_received_at_another_time_is_noticed(change: str) -> None:
    order = _received()

    tamper(f"UPDATE sales_orderfacts SET {change}")

    assert TIMES[change].format(order.order.number) in faults()


@pytest.mark.parametrize("change", ["closed_at = '2026-01-01 00:00:00+00:00'", "paid_at = NULL"])
def test_a_paid_purchase_that_is_said_to_be_closed_or_not_paid_is_noticed(change: str) -> None:
    order = _received()

    tamper(f"UPDATE sales_purchase SET {change}")

    assert f"when purchase {order.purchase.number} was paid or closed" in faults()
