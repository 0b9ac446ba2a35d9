"""One order of a purchase on account is accepted and paid while another supplier's is open: every door says so."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from procurement.models import PurchaseRequest
from procurement.operations.accepting import Receivers, accept_goods
from shop.core.projections import run_all
from shop.sales.models import DeliveryDue, Payment, Purchase
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payouts import give_account
from shop.sales.operations.transfers import match_transfer
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, ship

from .offices import amount, as_, figure, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def seller() -> Any:
    return make_user()


@pytest.fixture
def two(office: Any, seller: Any) -> Any:
    """Two orders of two suppliers: the first, of ¥200.00, is accepted; the other of ¥300.00 is not sent."""
    first = make_listing(price_fen=10_000, stock=20, supplier=make_supplier(member=seller))
    other = make_listing(price_fen=10_000, stock=20, supplier=make_supplier(member=make_user()))
    orders = ordered(office, (first, 2), (other, 3))
    done = next(order for order in orders if order.supplier_id == first.supplier_id)
    (line,) = lines_of(done)
    ship(done, {line.pk: 2})
    accept_goods(
        order_id=done.pk, accepted={line.pk: 2}, note="", photos=[], receivers=Receivers("李师傅", ""),
        actor=office.buyer, at=AT,
    )  # fmt: skip
    as_(office.finance).post(f"/units/payments/{PurchaseRequest.objects.get().number}/", {"how": "transfer"})
    return done, next(order for order in orders if order.pk != done.pk)


def book(fen: int, then: str = "") -> None:
    match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=fen, payer="学校", why="代付", then=then, actor=None, at=AT
    )


def of_seller(seller: Any) -> tuple[str, str, str]:
    """Return held, to settle, owed, as programs read them; pages say the same."""
    program = program_of(seller)
    told, owed = program.get("/seller/settlement").data, program.get("/seller/owed").data
    today = program.get("/seller/today").data
    assert (told["held"], told["payable"]) == (today["held"], today["payable"])
    assert sum(Decimal(row["payable"]) for row in told["items"]) == Decimal(told["payable"])
    for path in ("/seller/", "/seller/settlement/"):
        assert figure(as_(seller).get(path), "payable") == f"¥{told['payable']}"
    return told["held"], told["payable"], owed["total"]


def agree() -> bool:
    return [found for _name, found in run_all() if found] == []


def test_what_a_unit_paid_for_accepted_goods_is_to_settle_at_once(seller: Any, two: Any, office: Any) -> None:
    done, other = two
    assert of_seller(seller) == ("0.00", "0.00", "200.00")
    book(150_00, "ask")
    assert (of_seller(seller), agree()) == (("0.00", "150.00", "50.00"), True)
    book(50_00)
    assert (of_seller(seller), agree()) == (("0.00", "200.00", "0.00"), True)
    (told,) = program_of(seller).get("/seller/settlement").data["items"]
    assert (told["order"], told["paid"], told["payable"]) == (done.order.number, "200.00", "200.00")
    assert figure(as_(seller).get(f"/seller/orders/{done.order.number}/"), "part-paid") == "¥200.00"
    cancel_order(order_id=other.pk, actor=office.buyer, at=AT, through="unit")
    assert (Purchase.objects.get().state, agree()) == ("paid", True)
    assert of_seller(seller) == ("0.00", "200.00", "0.00")
    (told,) = program_of(seller).get("/seller/settlement").data["items"]
    assert (told["paid"], told["refunded"], told["payable"]) == ("200.00", "0.00", "200.00")


def test_what_is_paid_of_an_order_is_none_of_another_supplier_s_figures(two: Any, seller: Any) -> None:
    book(200_00)
    other = two[1].supplier.organisation.memberships.get().user
    assert of_seller(other) == ("0.00", "0.00", "0.00")


def test_an_order_that_is_accepted_and_paid_says_so_on_every_door(two: Any, office: Any, that_day: None) -> None:
    done, other = two
    path, api = f"/units/orders/{done.order.number}/", f"/units/orders/{done.order.number}"
    program = program_of(office.finance)
    assert program.get(api).data["is_paid"] is False
    assert figure(as_(office.finance).get(path), "order-state") == "已验收，待付款"
    book(200_00)
    page = as_(office.finance).get(path)
    said = page.content.decode()
    assert (figure(page, "order-state"), figure(page, "payment-state")) == ("已完成", "已付款")
    assert ("待付款" in said, "对公转账" in said, "go-pay" in said, 'data-testid="amount-paid"' in said) == (
        False, False, False, True,
    )  # fmt: skip
    assert program.get(api).data["is_paid"] is True
    listed = {row["number"]: row["is_paid"] for row in program.get("/units/orders").data["items"]}
    assert listed == {done.order.number: True, other.order.number: False}
    assert as_(office.finance).get("/units/orders/").content.decode().count('data-testid="amount-paid"') == 1


def test_an_unpaid_order_that_is_paid_first_waits_for_its_payment(office: Any, listing: Any, that_day: None) -> None:
    (order,) = ordered(office, (listing, 2), terms="prepaid")
    page = as_(office.finance).get(f"/units/orders/{order.order.number}/")
    assert figure(page, "payment-state").startswith("待付款")


def test_what_is_not_sent_before_it_was_paid_is_not_charged_and_has_a_final_sum(office: Any, seller: Any) -> None:
    listing = make_listing(price_fen=10_000, stock=20, supplier=make_supplier(member=seller))
    (order,) = ordered(office, (listing, 10))
    (line,) = lines_of(order)
    ship(order, {line.pk: 4})
    path = f"/seller/orders/{order.order.number}/"
    asked = as_(seller).get(path).content.decode()
    assert ("货款退给买家" in asked, "取消这些？不向买家收款。" in asked) == (False, True)
    sent = {"lines": [line.pk], "reason": "out_of_stock"}
    said = as_(seller).post(f"{path}cancel/", sent, follow=True).content.decode()
    assert ("600.00 退给买家" in said, "已取消 ¥600.00，不向买家收款" in said) == (False, True)
    page = as_(seller).get(path)
    assert [amount(page, each) for each in ("order-total", "waived", "final-sum")] == [
        "¥1,000.00",
        "¥600.00",
        "¥400.00",
    ]
    assert "未发、短少、拒收或称重不足" in page.content.decode()
    told = program_of(seller).get(f"/seller/orders/{order.order.number}").data
    assert [told[each] for each in ("total", "not_charged", "given_back", "final")] == [
        "1000.00", "600.00", "0.00", "400.00",
    ]  # fmt: skip
    # The unit's page of the payment lists the pieces that the total is for.
    paid = as_(office.finance).get(f"/units/payments/{PurchaseRequest.objects.get().number}/").content.decode()
    assert paid.split('data-testid="paid-order"')[1].split("</a>")[0].count("×10") == 1


def test_what_is_still_to_pay_after_acceptance_is_told_apart_from_what_was_paid_ahead(two: Any, office: Any) -> None:
    book(320_00, "keep")
    number = PurchaseRequest.objects.get().number
    told = program_of(office.finance).get(f"/units/requests/{number}/payment").data
    assert (told["due_now"], told["waits"], told["paid_ahead"]) == ("0.00", "180.00", "120.00")
    page = as_(office.finance).get(f"/units/payments/{number}/")
    assert "180.00 验收后付" in page.content.decode()
    assert "待验收货物 ¥300.00，其中 ¥120.00 已预付" in page.content.decode()
    listed = as_(office.finance).get("/units/payments/")
    assert (amount(listed, "waits"), amount(listed, "ahead")) == ("¥180.00", "¥120.00")
    clerk = make_user(is_superuser=True, is_staff=True)
    (row,) = program_of(clerk).get("/review/transfers").data["items"]
    assert (row["waits"], row["paid_ahead"]) == ("180.00", "120.00")
    assert row["said"][:2] == [
        "Due now: ¥0.00. To pay after acceptance: ¥180.00; the sum may fall.",
        "Paid for goods that nobody accepted yet: ¥120.00.",
    ]


def test_a_part_that_came_is_taken_off_on_the_orders_own_page(two: Any, office: Any) -> None:
    done, other = two

    def due(order: Any) -> tuple[str, str]:
        page = as_(office.finance).get(f"/units/orders/{order.order.number}/")
        has_came = 'data-testid="came"' in page.content.decode()
        told = program_of(office.finance).get(f"/units/orders/{order.order.number}").data
        assert f"¥{told['left']}" == amount(page, "amount-due")
        return amount(page, "amount-due"), amount(page, "came") if has_came else ""

    assert (due(done), due(other)) == (("¥200.00", ""), ("¥300.00", ""))
    book(150_00, "ask")
    assert (due(done), due(other)) == (("¥50.00", "¥150.00"), ("¥300.00", ""))
    listed = as_(office.finance).get("/units/orders/").content.decode()
    assert ("¥50.00" in listed, "¥300.00" in listed) == (True, True)


def test_each_order_and_the_desk_name_the_day_of_what_is_due_first(two: Any, office: Any) -> None:
    done, other = two
    (first,) = DeliveryDue.objects.filter(order=done)
    later = first.pay_by + timedelta(days=20)
    Purchase.objects.update(pay_by=later)
    page = as_(office.finance).get(f"/units/orders/{done.order.number}/").content.decode()
    own, last = (f"{timezone.localtime(each):%m-%d}" for each in (first.pay_by, later))
    assert (own in page, last in page) == (True, False)
    waiting = as_(office.finance).get(f"/units/orders/{other.order.number}/").content.decode()
    assert last not in waiting
    clerk = make_user(is_superuser=True, is_staff=True)
    (row,) = program_of(clerk).get("/review/transfers").data["items"]
    assert row["pay_by"][:10] == f"{timezone.localtime(first.pay_by):%Y-%m-%d}"


def test_the_list_of_payments_says_that_money_waits_for_an_account(two: Any, office: Any) -> None:
    book(30_00, "give_back")
    page = as_(office.finance).get("/units/payments/").content.decode()
    assert ("¥30.00 待退，退款处理中" in page, 'data-testid="give-account"' in page) == (True, True)
    give_account(
        purchase=Purchase.objects.get(),
        holder=office.unit.organisation.name_zh,
        bank="工行",
        number="622208360200",
        actor=None,
        at=AT,
        through="unit",
    )
    page = as_(office.finance).get("/units/payments/").content.decode()
    assert ("¥30.00 待退，退款处理中" in page, 'data-testid="give-account"' in page) == (True, False)
