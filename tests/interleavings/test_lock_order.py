"""One order of locks: every operation of the trade takes them as `locks.LOCK_ORDER` says."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from catalog.operations import stock
from procurement.operations.accepting import accept_goods
from procurement.operations.ordering import order_request
from shop.sales.models import LineFacts, OrderFacts, Purchase
from shop.sales.operations.adopting import adopt_purchase, decline_purchase
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.closing import cancel_order, cancel_purchase, expire_purchases
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.receipts import receive_overdue
from shop.sales.operations.shipping import cancel_rest, cancel_unsent
from shop.sales.operations.transfers import match_transfer
from shop.sales.states import Terms
from tests.factories import AT, make_certificate, make_listing, make_supplier, make_user
from tests.interleavings.recording import recorded
from tests.livestream.rooms import drop_of, make_room, make_session, put
from tests.procurement.offices import approved, confirm, declared, make_office, ordered, shares
from tests.sales import selling
from tests.sales.selling import PHONE, lines_of, paid, pay, photo, ship
from tests.sales.test_terms import agree

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_postgres")]


def goods(**facts: Any) -> Any:
    """Return a listing whose pieces draw certified output, and of which each buyer may have a few."""
    listing = make_listing(price_fen=1000, purchase_limit=40, **facts)
    make_certificate(listing, yearly_output_grams=10_000_000)
    return listing


def orders_of(purchase: Purchase) -> list[OrderFacts]:
    return list(OrderFacts.objects.filter(purchase=purchase).order_by("pk"))


def test_the_shop_locks_in_order() -> None:
    rice, oil = goods(), goods(supplier=make_supplier("连州合作社"))
    owner = make_user(phone=PHONE, phone_verified=True)
    buy, paid = partial(selling.buy, user=owner), partial(selling.paid, user=owner)
    loose = make_listing(stock=50)
    with recorded() as recorder:
        pay(buy((oil, 1), (rice, 2), key="paid"))
        first, second = orders_of(Purchase.objects.get(key="paid"))
        cancel_order(order_id=second.pk, actor=None, at=AT)
        ship(first, {lines_of(first)[0].pk: 1})
        cancel_rest(order_id=first.pk, actor=None, at=AT)
        third = paid((rice, 3), (oil, 1), key="rest")
        ship(third, {lines_of(third)[0].pk: 1}, number="SF1000000000009")
        cancel_unsent(order_id=third.pk, seen=2, actor=None, at=AT)
        expired = buy((rice, 1), (oil, 1), key="expired")
        assert expire_purchases(at=AT + timedelta(days=1)) == 1
        cancel_purchase(purchase=buy((rice, 1), (oil, 1), key="cancelled"), actor=None, at=AT)
        payment, _started = start_payment(purchase=buy((rice, 1), key="t"), gateway_name="transfer", at=AT)
        match_transfer(payment_id=payment.pk, received_fen=1000, payer="周敏", why="本人", actor=None, at=AT)
        case = open_after_sale(
            line_id=lines_of(ship(paid((rice, 2), key="case"), number="SF1234567890129"))[0].pk, kind="damaged", quantity=1, amount_fen=500, reason="坏了",
            uploads=[photo()], actor=None, at=AT,
        )  # fmt: skip
        decide_after_sale(case_id=case.pk, approve=True, amount_fen=500, actor=None, at=AT)
        assert receive_overdue(at=AT + timedelta(days=60)) == 3
        adopted = selling.buy((loose, 1), key="adopted", token="c" * 43)
        adopt_purchase(actor=owner, number=adopted.number, token_hashes=(adopted.guest_token_hash,), at=AT)
        decline_purchase(actor=owner, number=selling.buy((loose, 1), key="declined").number, at=AT)
    assert recorder.wrong == []
    assert {"sales_purchase", "sales_orderfacts", "catalog_listing", "catalog_stock", "core_account"} <= recorder.seen
    expired.refresh_from_db()
    assert expired.state == "expired"


def test_goods_first_lock_in_order() -> None:
    rice, oil = goods(), goods(supplier=make_supplier("连州合作社"))
    with recorded() as recorder:
        first, second = orders_of(agree((oil, 3), (rice, 4), terms=Terms.POSTPAID))
        cancel_order(order_id=second.pk, actor=None, at=AT)
        ship(first)
        receive_overdue(at=AT + timedelta(days=60))
        payment, _started = start_payment(purchase=first.purchase, gateway_name="demo", at=AT)
        capture_payment(payment_id=payment.pk, at=AT)
    assert recorder.wrong == []


def test_a_units_orders_lock_certified_output_before_the_budget() -> None:
    office = make_office(budget_fen=10_000_00)
    listing = goods(stock=90)
    with recorded() as recorder:
        for pieces in (3, 2):
            request = order_request(request_id=approved(office, (listing, pieces)).pk, actor=office.buyer, at=AT)
            assert request.purchase is not None
            order = orders_of(request.purchase)[0]
            if pieces == 3:
                cancel_order(order_id=order.pk, actor=office.buyer, at=AT, through="unit")
            else:
                ship(order)
                short = {line.pk: 1 for line in lines_of(order)}
                accept_goods(order_id=order.pk, accepted=short, actor=office.buyer, at=AT)
    assert recorder.wrong == []
    assert "core_account" in recorder.seen


def test_a_canteen_that_is_shared_locks_units_before_their_orders() -> None:
    above = make_office(kind="supervising")
    host, guest = (make_office(above.unit, budget_fen=10_000_00) for _n in range(2))
    with recorded() as recorder:
        declared(host, 14_000_000, by=above.approver)
        ordered(guest, (goods(stock=90), 2), (goods(stock=90, supplier=make_supplier("连州合作社")), 1))
        confirm(shares(guest, host), by=above.approver)
        ordered(guest, (goods(stock=90), 1))
    assert recorder.wrong == []
    assert {"procurement_budgetunit", "sales_purchase", "sales_orderfacts"} <= recorder.seen


def test_a_drop_locks_in_order() -> None:
    host = make_user()
    session, host = make_session(make_room(host=host), host=host)
    listing = goods(supplier=session.room.supplier)
    with recorded() as recorder:
        drop_of(session, put(session, listing, host), host, pieces=5, price_fen=900)
    assert recorder.wrong == []


def test_the_recorder_tells_of_a_wrong_order() -> None:
    order = paid((goods(), 1), (goods(), 1), user=make_user(phone=PHONE, phone_verified=True))
    pools = sorted(LineFacts.objects.values_list("stock_id", flat=True))
    with recorded() as recorder:
        with transaction.atomic():
            OrderFacts.objects.filter(pk=order.pk).update(note="first")
            Purchase.objects.select_for_update().get(pk=order.purchase_id)
        with transaction.atomic():
            stock.release({pools[1]: 1})
            stock.release({pools[0]: 1})
    assert [wrong.split(":")[0] for wrong in recorder.wrong] == [
        f"sales_purchase {order.purchase_id} after sales_orderfacts {order.pk}",
        f"catalog_stock {pools[0]} after catalog_stock {pools[1]}",
    ]
