import pytest
from django.contrib.auth.models import Group
from django.test import Client

from shop.accounts import roles
from shop.accounts.models import Membership, Organisation
from shop.core.errors import InvalidInput
from shop.core.models import AuditEntry
from shop.sales.errors import WrongState
from shop.sales.models import OrderFacts, Payment, Purchase, Refund
from shop.sales.operations.closing import expire_purchases
from shop.sales.operations.payments import start_payment
from shop.sales.operations.transfers import match_transfer
from shop.sales.rules import same_name
from shop.sales.states import OrderState
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import buy

pytestmark = pytest.mark.django_db


def announced(**facts) -> Payment:
    purchase = buy((make_listing(stock=9, price_fen=64000), 2), **facts)
    return start_payment(purchase=purchase, gateway_name="transfer", at=AT)[0]


def unit_buyer():
    user = make_user()
    unit = Organisation.objects.create(kind="budget_unit", name_zh="广州市天河区实验小学（本部）")
    Membership.objects.create(user=user, organisation=unit, role="buyer")
    return user


def test_names_are_the_same_whatever_their_brackets():
    assert same_name("广州市天河区实验小学(本部)", "广州市 天河区实验小学（本部）")
    assert not same_name("", "")
    assert not same_name("广州市第二中学", "广州市第一中学")


def test_money_of_the_unit_is_booked_once():
    payment = announced(user=unit_buyer())
    facts = {"payment_id": payment.pk, "received_fen": 128000, "payer": "广州市天河区实验小学(本部)", "actor": None}
    match_transfer(**facts, at=AT)
    assert OrderFacts.objects.get().state == OrderState.TO_SHIP
    assert AuditEntry.objects.get(action="transfer_matched").object_id == str(payment.pk)
    with pytest.raises(WrongState):
        match_transfer(**facts, at=AT)
    # Money that came a second time is another line of the statement, and goes back.
    match_transfer(**facts, reference="L2", at=AT)
    assert list(Refund.objects.values_list("amount_fen", "reason")) == [(128000, "not_waiting")]


def admin(client: Client) -> Client:
    staff = make_user("finance@example.com")
    staff.groups.add(Group.objects.get_or_create(name=roles.PLATFORM_ADMIN)[0])
    client.force_login(staff)
    return client


def test_the_page_asks_what_happens_with_another_amount(client: Client):
    payment, address = announced(), "/review/transfers/%d/"
    facts = {"payer": "别的公司", "why": "母公司代付", "seen": "0"}
    short = admin(client).post(address % payment.pk, {"received": "1000", **facts})
    assert (short.status_code, short.context["field"], short.context["over_fen"]) == (422, "received", -28000)
    assert 'value="ask"' in short.content.decode()
    client.post(address % payment.pk, {"received": "1000", "then": "ask", **facts})
    page = client.get("/review/transfers/").content.decode()
    assert "已到账 ¥1,000.00，还差 ¥280.00" in page
    assert client.post(address % payment.pk, {"received": "1000", "then": "ask", **facts}).status_code == 409
    client.post(address % payment.pk, {"received": "300", "then": "give_back", **facts, "seen": "100000"})
    payouts = client.get("/review/payouts/").content.decode()
    assert ("¥20.00" in payouts.replace("<small>", "").replace("</small>", ""), "已请买家填写账户" in payouts) == (
        True,
        True,
    )


def test_a_closed_purchase_is_said_to_clerk_and_buyer(client: Client):
    buyer = make_user()
    payment = announced(user=buyer)
    purchase = Purchase.objects.get()
    expire_purchases(at=purchase.pay_by)
    assert "购买单已关闭" in admin(client).get("/review/transfers/?shown=closed").content.decode()
    facts = {"received": "1280", "payer": "别的公司", "why": "母公司代付", "seen": "0"}
    said = client.post(f"/review/transfers/{payment.pk}/", facts, follow=True).content.decode()
    assert "入账为待退款" in said
    own = Client()
    own.force_login(buyer, backend="django.contrib.auth.backends.ModelBackend")
    page = own.get(f"/pay/{purchase.number}/").content.decode()
    assert ("您付的 ¥1,280.00 将退给您" in page, "退款处理中" in page, "没有扣款" in page) == (True, True, False)
    wrong = own.post(f"/pay/{purchase.number}/account/", {"holder": "周敏", "bank": "工行", "number": "12"})
    assert (wrong.status_code, "8 至 30 位" in wrong.content.decode()) == (422, True)
    own.post(f"/pay/{purchase.number}/account/", {"holder": "周敏", "bank": "工行", "number": "6222 0836 0200"})
    refund = Refund.objects.get()
    assert "622208360200" in client.get("/review/payouts/").content.decode()
    assert client.post(f"/review/payouts/{refund.pk}/", {"reference": ""}).status_code == 422
    paid = {"reference": "F20261124-1", "account_version": "1", "why": "付款公司委托"}
    client.post(f"/review/payouts/{refund.pk}/", paid)
    refund.refresh_from_db()
    assert (refund.state, "退款处理中" in own.get(f"/pay/{purchase.number}/").content.decode()) == ("succeeded", False)
    assert "F20261124-1" in client.get("/review/payouts/?paid=1").content.decode()
    assert own.get("/review/payouts/").status_code == 403


@pytest.mark.parametrize(
    ("received", "payer", "why", "field"),
    [(127999, "周敏", "", "received"), (128000, " ", "", "payer"), (128000, "别的公司", "", "why")],
)
def test_what_does_not_fit_is_refused_beside_its_field(received, payer, why, field):
    payment = announced(user=unit_buyer())
    with pytest.raises(InvalidInput) as refused:
        match_transfer(payment_id=payment.pk, received_fen=received, payer=payer, why=why, actor=None, at=AT)
    assert refused.value.field == field
    payment.refresh_from_db()
    assert payment.state == "started"


def test_of_a_guest_no_name_is_expected_so_any_payer_with_the_code_is_booked():
    payment = announced()
    match_transfer(payment_id=payment.pk, received_fen=128000, payer="周敏", why="", actor=None, at=AT)
    assert OrderFacts.objects.get().state == OrderState.TO_SHIP
    assert AuditEntry.objects.get(action="transfer_matched").object_id == str(payment.pk)


def test_an_operator_decides_about_another_payer_on_the_page(client: Client, django_assert_max_num_queries):
    payment = announced(user=unit_buyer())
    client.force_login(make_user())
    assert client.get("/review/transfers/").status_code == 403
    staff = make_user("finance@example.com")
    staff.groups.add(Group.objects.get_or_create(name=roles.PLATFORM_ADMIN)[0])
    client.force_login(staff)
    with django_assert_max_num_queries(23):
        assert payment.provider_ref in client.get("/review/transfers/").content.decode()
    address = f"/review/transfers/{payment.pk}/"
    wrong = client.post(address, {"received": "12,80.001", "payer": "别的公司"})
    assert wrong.status_code == 422
    assert "别的公司" in wrong.content.decode()
    asked = client.post(address, {"received": "1,280.00", "payer": "别的公司"})
    assert (asked.status_code, asked.context["field"]) == (422, "why")
    done = client.post(address, {"received": "¥1280.00", "payer": "别的公司", "why": "母公司代付，有证明"})
    assert done["Location"] == "/review/transfers/"
    assert payment.provider_ref in client.get("/review/transfers/?shown=booked").content.decode()
    assert client.post("/review/transfers/999999/", {}).status_code == 404
