"""What was agreed of a case, not what was asked, wherever the case is shown or given out."""

import pytest
from django.test import Client

from shop.sales.operations.aftersales import accept_offer, decide_after_sale, open_after_sale
from shop.sales.operations.privacy import export_purchases
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import buy, lines_of, pay, receive, ship
from tests.sales.test_terms import only_order

pytestmark = pytest.mark.django_db


def test_a_part_that_was_agreed_stands_in_the_list_and_in_the_export() -> None:
    seller, buyer = make_user("seller@example.com"), make_user("buyer@example.com")
    supplier = make_supplier(member=seller)
    purchase = buy((make_listing(price_fen=31_36, supplier=supplier), 1), user=buyer)
    pay(purchase)
    order = receive(ship(only_order(purchase)))
    line = lines_of(order)[0]
    facts = {"actor": buyer, "at": AT}
    case = open_after_sale(
        line_id=line.pk, kind="refund_only", quantity=1, amount_fen=31_36, reason="压坏了", uploads=[], **facts
    )
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=10_00, answer="部分退款", actor=seller, at=AT)
    accept_offer(case_id=case.pk, **facts)
    client = Client()
    client.force_login(seller)
    page = client.get("/seller/after-sales/").content.decode()
    assert '<span data-testid="agreed">¥10.00</span>' in page
    assert "申请 ¥31.36" in page
    given = export_purchases(buyer)
    (said,) = given["after_sales"]
    assert (said["asked_fen"], said["agreed_fen"], said["decisions"]) == (31_36, 10_00, [])
    (bought,) = given["purchases"]
    assert [each["amount_fen"] for each in bought["refunds"]] == [10_00]
    assert len(bought["orders"][0]["parcels"]) == 1
