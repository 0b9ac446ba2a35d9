"""Buyers who paid are told that a certificate was revoked, or that what they were sent is recalled."""

import pytest
from django.test import Client
from django.utils import timezone

from catalog.operations.revoking import restore_certificate
from shop.accounts import sms
from shop.accounts.models import Message
from shop.core import outbox
from shop.sales.models import OrderFacts
from tests.api.conftest import program_of
from tests.catalog.listing import make_reviewer
from tests.catalog.test_revoking import REASON, revoke
from tests.factories import AT, make_certificate, make_listing, make_supplier, make_user
from tests.procurement.offices import make_office, ordered
from tests.sales.selling import paid
from tests.traceability.growing import look, make_grown, make_lot, paid_order, report, send
from traceability.operations.quality import dispose_of_lot

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer():
    return make_user()


def page_of(user, number: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(f"/en/account/orders/{number}/").content.decode()


def told(kind: str) -> list[Message]:
    outbox.drain(at=timezone.now())
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def of(user, order: OrderFacts) -> OrderFacts:
    order.purchase.user = user
    order.purchase.save(update_fields=["user"])
    return order


@pytest.fixture
def sent(monkeypatch, settings):
    settings.SMS_SENDER = "shop.accounts.sms.Outbox"
    monkeypatch.setattr(sms.Outbox, "sent", found := [])
    return found


@pytest.mark.parametrize("output", [10**9, None])
def test_a_buyer_who_paid_is_told_once_that_the_certificate_was_revoked(buyer, output):
    listing = make_listing(supplier=make_supplier(member=make_user()), stock=50, price_fen=1000)
    certificate = make_certificate(listing, yearly_output_grams=output)
    order = paid((listing, 3), user=buyer)
    revoke(certificate)
    (message,) = told("bought_under_revoked")
    number = order.order.number
    assert (message.user_id, message.url) == (buyer.pk, f"/account/orders/{number}/")
    assert (message.params["certificate"], message.params["number"]) == (certificate.number, number)
    assert 'data-testid="under-revoked"' in page_of(buyer, number)
    row = program_of(buyer, "orders:read").get(f"/orders/{number}").data["under_revoked"]
    assert [(each["pieces"], each["number"]) for each in row] == [(3, certificate.number)]
    restore_certificate(certificate_id=certificate.pk, reason=REASON, actor=make_reviewer(), at=AT)
    assert 'data-testid="under-revoked"' not in page_of(buyer, number)


def test_who_was_sent_a_recalled_lot_is_told_and_its_supplier_has_to_dispose_of_it(buyer):
    member = make_user()
    listing = make_grown(member, stock=20)
    lot = make_lot(listing, pieces=20)
    sent, waits = of(buyer, paid_order(listing, 2)), paid_order(listing, 1, key="two")
    send(sent)
    look(lot, report(passed=False))
    (message,) = told("lot_recalled")
    number = sent.order.number
    assert (message.user_id, message.params["code"], message.params["number"]) == (buyer.pk, lot.code, number)
    words = page_of(buyer, number)
    assert 'data-testid="recalled"' in words
    assert lot.code in words
    row = program_of(buyer, "orders:read").get(f"/orders/{number}").data["recalled"]
    assert [(each["pieces"], each["lot"]) for each in row] == [(2, lot.code)]
    assert 'data-testid="recalled"' not in page_of(buyer, of(buyer, waits).order.number)
    client = Client()
    client.force_login(member)
    assert "1 lot failed its test: dispose of it" in client.get("/en/seller/").content.decode()
    dispose_of_lot(
        supplier_id=lot.supplier_id, lot_id=lot.pk, method="就地深埋", occurred_at=AT, actor=None, at=AT, confirm=True
    )
    assert "dispose of it" not in client.get("/en/seller/").content.decode()
    # What came to the buyer is recalled all the same.
    assert 'data-testid="recalled"' in page_of(buyer, number)


def test_a_guest_is_told_by_short_message_that_the_certificate_was_revoked(sent):
    listing = make_listing(supplier=make_supplier(member=make_user()), stock=50, price_fen=1000)
    certificate = make_certificate(listing, yearly_output_grams=10**9)
    order = paid((listing, 3))
    revoke(certificate)
    assert (told("bought_under_revoked"), outbox.drain(at=timezone.now())) == ([], 0)
    ((phone, text),) = sent
    assert phone == order.purchase.contact_phone
    for words in (order.order.number, certificate.number, listing.name_zh, "已被撤销", "/account/orders/find/"):
        assert words in text


def test_a_guest_is_told_that_what_was_sent_is_recalled_by_mail_where_no_phone_is_known(sent, mailoutbox):
    listing = make_grown(make_user(), stock=20)
    lot = make_lot(listing, pieces=20)
    order = paid_order(listing, 2)
    order.purchase.contact_phone, order.purchase.contact_email = "", "guest@example.com"
    order.purchase.save(update_fields=["contact_phone", "contact_email"])
    send(order)
    look(lot, report(passed=False))
    assert (told("lot_recalled"), sent) == ([], [])
    (mail,) = mailoutbox
    assert (mail.to, lot.code in mail.body, order.order.number in mail.body) == (["guest@example.com"], True, True)


def test_who_said_that_another_bought_it_or_was_erased_gets_no_message_and_an_account_its_own(sent, buyer):
    listing = make_listing(supplier=make_supplier(member=make_user()), stock=50, price_fen=1000)
    certificate = make_certificate(listing, yearly_output_grams=10**9)
    declined, erased, adopted = (paid((listing, 1), key=key) for key in ("a", "b", "c"))
    declined.purchase.declined_by = buyer
    erased.purchase.contact_phone = ""
    for order in (declined, erased):
        order.purchase.save(update_fields=["declined_by", "contact_phone"])
    revoke(certificate)
    of(buyer, adopted)
    (message,) = told("bought_under_revoked")
    assert (message.user_id, message.params["number"], sent) == (buyer.pk, adopted.order.number, [])


def test_a_units_finance_is_told_of_a_revoked_certificate_under_what_it_still_has_to_pay():
    office = make_office(budget_fen=10_000_000)
    listing = make_listing(supplier=make_supplier(member=make_user()), stock=50, price_fen=1000)
    certificate = make_certificate(listing, yearly_output_grams=10**9)
    later = ordered(office, (listing, 3), terms="postpaid")[0]
    first = ordered(office, (listing, 2), terms="prepaid")[0]
    revoke(certificate)
    rows = {(each.user_id, each.params["number"]) for each in told("to_pay_under_revoked")}
    # Goods that came first are paid; what is to be paid first can't be, and is cancelled.
    assert rows == {(office.finance.pk, later.order.number)}
    barred = {(each.user_id, each.params["number"]) for each in told("unpayable_under_revoked")}
    assert barred == {(office.finance.pk, first.order.number)}
    (of_buyer,) = told("bought_under_revoked")
    assert (of_buyer.user_id, of_buyer.params["number"]) == (office.buyer.pk, later.order.number)
    url = Message.objects.filter(kind="unpayable_under_revoked", user=office.finance).latest("pk").url
    client = Client()
    client.force_login(office.finance)
    assert client.get(url).status_code == 200
