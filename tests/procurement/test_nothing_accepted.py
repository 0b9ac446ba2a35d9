"""Of an order of which nothing was accepted nothing is due, freight included; a body names each line once."""

import pytest

from catalog.models import Supplier
from procurement.models import GoodsAcceptance, PurchaseRequest
from procurement.operations.accepting import accept_goods
from shop.core import ledger, projections
from shop.sales.models import Refund
from shop.sales.operations.payments import capture_payment, start_payment
from tests.api.conftest import program_of
from tests.factories import AT, make_freight
from tests.sales.selling import lines_of, ship

from .offices import YEAR, as_, figure, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day", "freight")]


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


@pytest.fixture
def freight(listing):
    make_freight(Supplier.objects.get())


def quota(office, side):
    return ledger.balance(f"quota:{office.unit.pk}:{YEAR}:canteen:{side}")


def agree():
    return [each for _name, each in projections.run_all() if each] == []


def reject_all(office, order):
    ship(order)
    done = accept_goods(
        order_id=order.pk, accepted={line.pk: 0 for line in lines_of(order)}, actor=office.buyer, at=AT, note="全部腐烂"
    )
    order.refresh_from_db()
    return done


def test_postpaid_nothing_is_due_when_everything_was_rejected(office, listing, that_day):
    (order,) = ordered(office, (listing, 3), terms="postpaid")
    assert order.total_fen > 30_000
    reject_all(office, order)
    assert (order.left_fen, order.waived_fen, order.state) == (0, order.total_fen, "completed")
    assert GoodsAcceptance.objects.get().short_fen == order.total_fen
    assert [quota(office, side) for side in ("committed", "fulfilled", "reversed")] == [0, 0, order.total_fen]
    order.purchase.refresh_from_db()
    assert (order.purchase.state, order.purchase.pay_by) == ("paid", None)
    assert agree()
    shown = program_of(office.buyer).get(f"/units/orders/{order.order.number}").data
    assert (shown["counted"], shown["deducted"]) == ("0.00", shown["total"])
    assert (shown["is_paid"], shown["is_nothing_to_pay"]) == (False, True)
    for path in (f"/units/orders/{order.order.number}/", f"/units/payments/{PurchaseRequest.objects.get().number}/"):
        page = as_(office.finance).get(path)
        assert figure(page, "payment-state") == "无需付款", path
        assert "已付款" not in page.content.decode(), path
    assert figure(as_(office.finance).get("/units/payments/"), "payment-state") == "无需付款"


def test_prepaid_freight_goes_back_when_everything_was_rejected(office, listing):
    (order,) = ordered(office, (listing, 3), terms="prepaid")
    payment, _started = start_payment(purchase=order.purchase, gateway_name="demo", through="unit", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    reject_all(office, order)
    assert (order.refunded_fen, order.left_fen) == (order.total_fen, 0)
    # Goods and freight together: one payment of finance, not two.
    assert list(Refund.objects.values_list("amount_fen", "reason")) == [(order.total_fen, "accepted_nothing")]
    assert [quota(office, side) for side in ("committed", "fulfilled", "reversed")] == [0, 0, order.total_fen]
    assert agree()


def test_freight_stays_due_when_one_piece_was_accepted(office, listing):
    (order,) = ordered(office, (listing, 3), terms="postpaid")
    ship(order)
    accept_goods(order_id=order.pk, accepted={lines_of(order)[0].pk: 1}, actor=office.buyer, at=AT)
    order.refresh_from_db()
    assert order.left_fen == order.total_fen - 20_000 > 10_000
    assert agree()


def test_a_line_that_is_named_twice_is_refused_not_decided_by_the_last(office, listing):
    (order,) = ordered(office, (listing, 3))
    ship(order)
    (line,) = lines_of(order)
    twice = [{"line_id": line.pk, "quantity": 3}, {"line_id": line.pk, "quantity": 0}]
    answer = program_of(office.buyer).post(
        f"/units/orders/{order.order.number}/acceptance", {"lines": twice}, key="twice"
    )
    assert (answer.status_code, "named_twice" in answer.content.decode()) == (422, True)
    assert not GoodsAcceptance.objects.exists()
    request = PurchaseRequest.objects.get()
    wanted = {"specification_id": line.specification_id or 1, "quantity": 1}
    body = {"version": request.version, "lines": [wanted, wanted | {"quantity": 9}]}
    answer = program_of(office.buyer).send("PUT", f"/units/requests/{request.number}/lines", body)
    assert (answer.status_code, "named_twice" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("terms", "steps"),
    [("postpaid", ["已下单", "已发货", "已收货"]), ("prepaid", ["已下单", "已付款", "已发货", "已收货"])],
)
def test_the_steps_of_what_was_refused_whole_name_a_payment_only_where_one_was_made(office, listing, terms, steps):
    (order,) = ordered(office, (listing, 3), terms=terms)
    if terms == "prepaid":
        payment, _started = start_payment(purchase=order.purchase, gateway_name="demo", through="unit", at=AT)
        capture_payment(payment_id=payment.pk, at=AT)
        order.refresh_from_db()
    reject_all(office, order)
    page = as_(office.buyer).get(f"/account/orders/{order.order.number}/")
    assert [step["label"] for step in page.context["order"].steps] == steps
    number = PurchaseRequest.objects.get().number
    text = as_(office.finance).get(f"/units/payments/{number}/").content.decode()
    assert ("全部拒收，无需付款。" in text) == (terms == "postpaid")
