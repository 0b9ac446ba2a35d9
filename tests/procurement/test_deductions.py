"""What is taken off an order: goods by line, freight as freight, together what it costs less."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procurement.models import PurchaseRequest, UnitOrder
from procurement.operations.accepting import Receivers, accept_goods
from procurement.operations.cancelling import ask_cancel, decide_cancel
from procurement.operations.paying import pay_in_demo
from procurement.settled import settle_order
from shop.sales.models import OrderFacts
from tests.api.conftest import program_of
from tests.factories import AT, make_freight, make_listing, make_supplier
from tests.sales.selling import lines_of, ship

from .offices import as_, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def goods() -> Any:
    supplier = make_supplier("青禾社")
    make_freight(supplier)
    return [make_listing(price_fen=price, stock=10**5, supplier=supplier) for price in (5180, 2960)]


def taken_off(order: OrderFacts) -> list[tuple[str, int]]:
    row = UnitOrder.objects.select_related("order__purchase").prefetch_related("order__lines").get(pk=order.pk)
    return [(each.what, each.fen) for each in settle_order(row).deductions]


def cancel(office: Any, order: OrderFacts) -> None:
    wish = ask_cancel(order_id=order.pk, reason="停课", actor=office.buyer, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)


def test_goods_of_an_order_cancelled_unpaid_are_not_called_freight(goods: Any) -> None:
    office = make_office(budget_fen=10**8)
    (order,) = ordered(office, (goods[0], 10), terms="prepaid")
    cancel(office, order)
    order.refresh_from_db()
    name = lines_of(order)[0].name_zh
    expected = [(name, 518_00), ("运费", order.freight_fen)]
    assert taken_off(order) == expected
    told = program_of(office.buyer).get(f"/units/orders/{order.order.number}").data["deductions"]
    assert [each["amount"] for each in told] == ["518.00", f"{order.freight_fen / 100:.2f}"]
    assert told[1]["what"] == "Freight"
    request = PurchaseRequest.objects.get()
    for path in (f"/units/orders/{order.order.number}/", f"/units/payments/{request.number}/"):
        page = as_(office.finance).get(path).content.decode()
        assert f"{name}" in page, path


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    terms=st.sampled_from(["prepaid", "postpaid"]), paid=st.booleans(), counts=st.tuples(*[st.integers(1, 9)] * 2),
    what=st.sampled_from(["cancel", "accept"]), kept=st.tuples(*[st.integers(0, 9)] * 2),
)  # fmt: skip
def test_deductions_add_up_with_freight_as_freight(
    goods: Any, terms: str, paid: bool, counts: tuple[int, int], what: str, kept: tuple[int, int]
) -> None:
    office = make_office(budget_fen=10**9)
    (order,) = ordered(office, *zip(goods, counts, strict=True), terms=terms)
    if terms == "prepaid" and (paid or what == "accept"):
        pay_in_demo(request_id=order.purchase.request.pk, actor=office.finance, at=AT)
    order = OrderFacts.objects.select_related("purchase", "order").get(pk=order.pk)
    if what == "cancel":
        cancel(office, order)
    else:
        ship(order, number=f"SF{order.pk:012d}")
        accepted = {line.pk: min(line.ordered, n) for line, n in zip(lines_of(order), kept, strict=True)}
        accept_goods(
            order_id=order.pk, accepted=accepted, note="少", receivers=Receivers("李师傅"), actor=office.buyer, at=AT
        )  # fmt: skip
    order.refresh_from_db()
    found = taken_off(order)
    most = max(line.paid_fen for line in lines_of(order))
    assert sum(fen for _what, fen in found) == order.total_fen - order.left_fen
    for name, fen in found:
        assert 0 < fen <= (order.freight_fen if name == "运费" else most)
