import pytest
from django.contrib.auth.models import Group
from django.test import Client

from shop.accounts import roles
from shop.accounts.models import Membership, Organisation
from shop.core.errors import InvalidInput
from shop.core.models import AuditEntry
from shop.sales.errors import WrongState
from shop.sales.models import OrderFacts, Payment
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


@pytest.mark.parametrize(
    ("received", "payer", "why", "field"),
    [(127999, "周敏", "", "received"), (128000, " ", "", "payer"), (128000, "别的公司", "", "why")],
)
def test_what_does_not_fit_is_refused_beside_its_field(received, payer, why, field):
    payment = announced()
    with pytest.raises(InvalidInput) as refused:
        match_transfer(payment_id=payment.pk, received_fen=received, payer=payer, why=why, actor=None, at=AT)
    assert refused.value.field == field
    payment.refresh_from_db()
    assert payment.state == "started"


def test_an_operator_decides_about_another_payer_on_the_page(client: Client, django_assert_max_num_queries):
    payment = announced()
    client.force_login(make_user())
    assert client.get("/review/transfers/").status_code == 403
    staff = make_user("finance@example.com")
    staff.groups.add(Group.objects.get_or_create(name=roles.PLATFORM_ADMIN)[0])
    client.force_login(staff)
    with django_assert_max_num_queries(10):
        assert payment.provider_ref in client.get("/review/transfers/").content.decode()
    address = f"/review/transfers/{payment.pk}/"
    wrong = client.post(address, {"received": "12,80.001", "payer": "别的公司"})
    assert wrong.status_code == 422
    assert "别的公司" in wrong.content.decode()
    asked = client.post(address, {"received": "1,280.00", "payer": "别的公司"})
    assert (asked.status_code, asked.context["field"]) == (422, "why")
    done = client.post(address, {"received": "¥1280.00", "payer": "别的公司", "why": "母公司代付，有证明"})
    assert done["Location"] == "/review/transfers/"
    assert payment.provider_ref in client.get("/review/transfers/?booked=1").content.decode()
    assert client.post("/review/transfers/999999/", {}).status_code == 404
