"""An approved order is cancelled with its approver's consent, alone, and nowhere else."""

import pytest

from procurement.errors import OwnRequest, WrongStep
from procurement.models import CancelRequest
from procurement.operations.accepting import accept_goods
from procurement.operations.cancelling import ask_cancel, decide_cancel
from shop.accounts.models import Membership
from shop.core import ledger
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.models import AuditEntry
from shop.core.projections import run_all
from shop.sales.errors import DoneElsewhere
from shop.sales.models import OrderFacts
from shop.sales.operations.closing import cancel_order, cancel_purchase
from shop.sales.states import Terms
from tests.factories import AT, make_listing, make_supplier
from tests.sales.selling import ship

from .offices import YEAR, as_, make_office, ordered

pytestmark = pytest.mark.django_db


def two_orders(terms: str = Terms.PREPAID):
    office = make_office(budget_fen=1_000_000)
    goods = [(make_listing(price_fen=10_000, supplier=make_supplier(name)), 2) for name in ("青禾社", "连州社")]
    return office, ordered(office, *goods, terms=terms)


def states() -> list[str]:
    return list(OrderFacts.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("terms", [Terms.PREPAID, Terms.POSTPAID])
def test_one_of_several_orders_is_cancelled_with_consent_and_the_rest_stays(terms: str) -> None:
    office, (first, second) = two_orders(terms)
    before = states()[1]
    with pytest.raises(DoneElsewhere) as refused:
        cancel_order(order_id=first.pk, actor=office.buyer, at=AT)
    assert refused.value.details["url"] == f"/units/orders/{first.order.number}/"
    with pytest.raises(DoneElsewhere):
        cancel_purchase(purchase=first.purchase, actor=office.buyer, at=AT)
    wish = ask_cancel(order_id=first.pk, reason="食堂停业三天", actor=office.buyer, at=AT)
    assert states()[0] == before
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    assert states() == ["cancelled", before]
    assert ledger.balance(f"budget:{office.unit.pk}:{YEAR}") == 1_000_000 - second.total_fen
    assert set(AuditEntry.objects.filter(action__startswith="cancel_").values_list("action", flat=True)) == {
        "cancel_asked",
        "cancel_agreed",
    }
    assert [found for _name, found in run_all() if found] == []


def test_who_may_ask_and_who_may_agree() -> None:
    office, (first, _second) = two_orders()
    with pytest.raises(NotAllowed):
        ask_cancel(order_id=first.pk, reason="x", actor=office.finance, at=AT)
    with pytest.raises(InvalidInput):
        ask_cancel(order_id=first.pk, reason=" ", actor=office.buyer, at=AT)
    wish = ask_cancel(order_id=first.pk, reason="x", actor=office.buyer, at=AT)
    with pytest.raises(WrongStep):
        ask_cancel(order_id=first.pk, reason="x", actor=office.buyer, at=AT)
    with pytest.raises(NotAllowed):
        decide_cancel(wish_id=wish.pk, agree=True, actor=office.buyer, at=AT)
    Membership.objects.create(user=office.buyer, organisation=office.unit.organisation, role="approver")
    with pytest.raises(OwnRequest):
        decide_cancel(wish_id=wish.pk, agree=True, actor=office.buyer, at=AT)
    with pytest.raises(InvalidInput):
        decide_cancel(wish_id=wish.pk, agree=False, actor=office.approver, at=AT)
    decide_cancel(wish_id=wish.pk, agree=False, answer="照常", actor=office.approver, at=AT)
    with pytest.raises(WrongStep):
        decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    assert states() == ["unpaid", "unpaid"]


def test_what_was_sent_is_not_cancelled_any_more() -> None:
    office, (first, _second) = two_orders(Terms.POSTPAID)
    ship(first)
    with pytest.raises(WrongStep):
        ask_cancel(order_id=first.pk, reason="x", actor=office.buyer, at=AT)


def test_the_unit_asks_and_agrees_on_the_orders_page() -> None:
    office, (first, _second) = two_orders()
    address = f"/units/orders/{first.order.number}/"
    buyer, approver = as_(office.buyer), as_(office.approver)
    shop_page = buyer.get(f"/account/orders/{first.order.number}/").content.decode()
    assert ("cancel-elsewhere" in shop_page, 'data-testid="cancel-order"' in shop_page) == (True, False)
    assert buyer.post(f"{address}cancel/", {"do": "ask", "reason": ""}).status_code == 422
    buyer.post(f"{address}cancel/", {"do": "ask", "reason": "食堂停业"})
    assert 'data-testid="agree-cancel"' not in buyer.get(address).content.decode()
    page = approver.get(address).content.decode()
    assert ("食堂停业" in page, 'data-testid="agree-cancel"' in page) == (True, True)
    approver.post(f"{address}cancel/", {"do": "agree", "answer": ""})
    assert (CancelRequest.objects.get().state, states()) == ("agreed", ["cancelled", "unpaid"])


def test_a_payment_page_of_what_was_rejected_whole_says_that_nothing_is_due() -> None:
    office, (first, second) = two_orders(Terms.POSTPAID)
    for number, order in enumerate((first, second)):
        ship(order, number=f"SF123456789012{number}")
        accept_goods(
            order_id=order.pk, accepted={line.pk: 0 for line in order.lines.all()}, note="坏", actor=office.buyer, at=AT
        )
    request = first.purchase.request
    finance = as_(office.finance)
    address = f"/units/payments/{request.number}/"
    page = finance.get(address)
    assert (page.status_code, 'data-testid="nothing-due"' in page.content.decode()) == (200, True)
    assert finance.post(address, {"how": "transfer"}).status_code == 200
    assert "待付款" not in finance.get("/units/payments/").content.decode()
