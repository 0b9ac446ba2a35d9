"""What to do next: the reader's own things first, all of it reachable; consents to cancel; forms that a role may use."""

import pytest

from procurement.models import PurchaseRequest
from procurement.operations.cancelling import ask_cancel
from procurement.queries.requests import payment_page
from shop.accounts.models import Message
from shop.sales.models import Purchase
from shop.sales.transfer_notices import ask_account
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import ship

from .offices import as_, make_office, ordered, submitted
from .test_paying_pages import book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


def home(user, query=""):
    return as_(user).get(f"/units/{query}").content.decode()


def test_all_that_is_to_be_done_is_reachable(office, listing):
    for pieces in range(1, 8):
        submitted(office, (listing, pieces))
    first = home(office.approver)
    assert (first.count('data-testid="task"'), 'data-testid="all-tasks"' in first) == (5, True)
    every = home(office.approver, "?tasks=all")
    assert (every.count('data-testid="task"') >= 7, 'data-testid="all-tasks"' in every) == (True, False)


def test_a_wish_to_cancel_waits_for_its_approver_and_ends_when_the_order_is_sent(office, listing):
    (order,) = ordered(office, (listing, 2), terms="postpaid")
    number = order.order.number
    assert "菜单变了" not in home(office.approver)
    ask_cancel(order_id=order.pk, reason="菜单变了", actor=office.buyer, at=AT)
    shown = home(office.approver)
    assert (f"/units/orders/{number}/" in shown, "菜单变了" in shown) == (True, True)
    assert "waits-for-consent" in as_(office.buyer).get("/units/orders/").content.decode()
    page = as_(office.approver).get(f"/units/orders/{number}/").content.decode()
    assert ("agree-cancel" in page, "wish-ended" in page) == (True, False)
    ship(order)
    page = as_(office.approver).get(f"/units/orders/{number}/").content.decode()
    assert ("agree-cancel" in page, "wish-ended" in page) == (False, True)
    assert "菜单变了" not in home(office.approver)
    assert "waits-for-consent" not in as_(office.buyer).get("/units/orders/").content.decode()


def test_what_a_role_may_not_save_it_is_not_offered(office):
    buyer = as_(office.buyer).get("/units/settings/").content.decode()
    assert ("save-acceptance-rule" in buyer, "save-delivery" in buyer) == (False, True)
    approver = as_(office.approver).get("/units/settings/").content.decode()
    assert ("save-acceptance-rule" in approver, "save-delivery" in approver) == (True, False)


def test_payments_show_the_open_ones_by_their_day_and_then_the_latest_first(office, listing):
    made = [ordered(office, (listing, 1), terms="prepaid")[0].purchase for _ in range(4)]
    Purchase.objects.filter(pk__in=[made[0].pk, made[1].pk]).update(state="paid", paid_at=AT)
    assert [row.purchase_id for row in payment_page(office.unit.pk, 1)][2:] == [made[1].pk, made[0].pk]


def test_a_refund_without_an_account_is_asked_of_finance_alone(office, listing):
    (order,) = ordered(office, (listing, 5), terms="prepaid")
    number = PurchaseRequest.objects.get().number
    path = f"/units/payments/{number}/"
    as_(office.finance).post(path, {"how": "transfer"})
    book(510_00, "give_back")
    ask_account(purchase_id=order.purchase_id, at=AT)
    told = Message.objects.filter(kind="refund_account").values_list("user_id", "url")
    assert list(told) == [(office.finance.pk, path)]
    assert (path in home(office.finance, "?tasks=all"), "填写账户" in home(office.finance, "?tasks=all")) == (
        True,
        True,
    )
    page = as_(office.buyer).get(f"/account/orders/{order.order.number}/").content.decode()
    assert ("account-elsewhere" in page, "give-account" in page) == (True, False)
    told = program_of(office.buyer).get(f"/purchases/{order.purchase.number}").data["goes_back"]
    assert (told["has_account"], told["asked_of"]) == (False, "unit")
    given = {"holder": office.unit.organisation.name_zh, "bank": "工行", "number": "622208360200"}
    assert as_(office.finance).post(f"{path}account/", given).status_code == 302
    assert "填写账户" not in home(office.finance, "?tasks=all")
