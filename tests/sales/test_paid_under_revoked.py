"""Money for what a revoked certificate was to cover: what its buyer and the platform's finance are told."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from catalog.models import Certificate
from catalog.operations.revoking import revoke_certificate
from shop.accounts import roles
from shop.accounts.models import Message
from shop.core import outbox
from shop.sales.models import OrderFacts, Payment
from shop.sales.operations.payments import start_payment
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.outcomes import outcome_of
from shop.sales.queries.transfers import transfers
from tests.api.conftest import program_of
from tests.catalog.listing import make_reviewer
from tests.factories import AT, make_certificate, make_listing, make_supplier, make_user
from tests.sales.selling import buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer():
    return make_user()


@pytest.fixture
def certificate(buyer) -> Certificate:
    """One under which three pieces are ordered, and a transfer for them is announced."""
    listing = make_listing(supplier=make_supplier(member=make_user()), stock=50, price_fen=1000)
    made = make_certificate(listing, yearly_output_grams=10**9)
    start_payment(purchase=buy((listing, 3), user=buyer), gateway_name="transfer", at=AT)
    return made


def revoke(certificate: Certificate) -> None:
    revoke_certificate(
        certificate_id=certificate.pk, reason="抽检不合格", actor=make_reviewer(), at=timezone.now(), confirm=True
    )


def came(fen: int, then: str = "") -> Payment:
    return match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=fen, payer="周敏", why="本人", then=then, actor=None,
        at=timezone.now(),
    )  # fmt: skip


def kinds(user) -> list[str]:
    outbox.drain(at=timezone.now())
    return list(Message.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def admin() -> Client:
    staff, client = make_user("finance@example.com"), Client()
    staff.groups.add(Group.objects.get_or_create(name=roles.PLATFORM_ADMIN)[0])
    client.force_login(staff)
    return client


def test_who_has_to_pay_what_can_not_be_paid_is_told_to_cancel(buyer, certificate):
    revoke(certificate)
    assert kinds(buyer) == ["unpayable_under_revoked"]
    client = Client()
    client.force_login(buyer)
    page = client.get("/account/messages/").content.decode()
    assert ("请取消" in page, "付款前请先询问" in page) == (True, False)


def test_a_transfer_in_part_asks_for_no_rest_while_paying_is_barred(buyer, certificate):
    revoke(certificate)
    client = admin()
    page = client.get("/review/transfers/").content.decode()
    assert ('data-testid="transfer-cannot-pay"' in page, certificate.number in page) == (True, True)
    payment = Payment.objects.get()
    facts = {"payer": "周敏", "why": "本人", "seen": "0", "received": "10"}
    form = client.post(f"/review/transfers/{payment.pk}/", facts).content.decode()
    assert ("记为部分到账，并请买方补足" in form, "告知买方不要再付并取消" in form) == (False, True)
    payment = came(10_00, "ask")
    assert kinds(buyer) == ["unpayable_under_revoked", "transfer_cannot_pay"]
    assert "告知买方不要再付并取消" in outcome_of(payment).words()
    (row,) = transfers()
    assert ("取消" in row.said[0], "已请买方补" in row.said[0]) == (True, False)


def test_a_transfer_in_part_asks_for_the_rest_where_nothing_bars_it(buyer, certificate):
    came(10_00, "ask")
    assert kinds(buyer) == ["transfer_short"]
    (row,) = transfers()
    assert row.cannot_pay == ""


def test_the_api_tells_finance_what_can_not_be_paid(certificate):
    staff = make_user()
    staff.groups.add(Group.objects.get_or_create(name=roles.PLATFORM_ADMIN)[0])
    program = program_of(staff, "review:read")
    assert program.get("/review/transfers").data["items"][0]["cannot_pay"] == ""
    revoke(certificate)
    assert certificate.number in program.get("/review/transfers").data["items"][0]["cannot_pay"]


def test_who_paid_all_after_the_revocation_is_asked_whether_it_is_still_wanted(buyer, certificate):
    revoke(certificate)
    payment = came(30_00)
    order = OrderFacts.objects.get()
    assert order.state == "to_ship"
    assert kinds(buyer).count("paid_under_revoked") == 1
    message = Message.objects.get(kind="paid_under_revoked")
    assert (message.url, message.params["certificate"]) == (
        f"/account/orders/{order.order.number}/",
        certificate.number,
    )
    assert "认证" in outcome_of(payment).words()


def test_who_paid_before_the_revocation_is_asked_nothing_twice(buyer, certificate):
    came(30_00)
    revoke(certificate)
    found = kinds(buyer)
    assert (found.count("paid_under_revoked"), found.count("bought_under_revoked")) == (0, 1)
