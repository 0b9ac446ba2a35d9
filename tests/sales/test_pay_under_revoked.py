"""A certificate is revoked before its orders are paid: nobody pays for them, and everybody concerned reads why."""

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Certificate, Listing
from catalog.operations.revoking import restore_certificate, revoke_certificate
from catalog.queries.certificate_review import waiting_words
from shop.sales.errors import CertificateRevoked, GoodsMissing
from shop.sales.models import OrderFacts, Payment, Purchase
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.queries.under_certificates import waiting_under
from shop.sales.queries.unpayable import unpayable
from tests.api.conftest import program_of
from tests.catalog.listing import make_reviewer
from tests.factories import AT, make_certificate, make_listing, make_supplier, make_user
from tests.sales.selling import buy, paid, ship
from tests.traceability.growing import make_grown, make_lot
from tests.traceability.test_held_stock import fail

pytestmark = pytest.mark.django_db
REASON = "抽检不合格，发证机构已撤证"


def certified(**facts: object) -> tuple[Listing, Certificate]:
    listing = make_listing(stock=50, price_fen=1000, **facts)
    return listing, make_certificate(listing, yearly_output_grams=10**9)


def revoke(certificate: Certificate) -> None:
    revoke_certificate(
        certificate_id=certificate.pk, reason=REASON, actor=make_reviewer(), at=timezone.now(), confirm=True
    )


def refused(purchase: Purchase, gateway: str = "demo") -> CertificateRevoked:
    with pytest.raises(CertificateRevoked) as error:
        start_payment(purchase=purchase, gateway_name=gateway, at=AT)
    return error.value


@pytest.mark.parametrize("gateway", ["demo", "transfer"])
def test_what_was_sold_under_a_revoked_certificate_is_not_paid_until_it_holds_again(gateway):
    listing, certificate = certified()
    purchase = buy((listing, 3))
    revoke(certificate)
    error = refused(purchase, gateway)
    number = OrderFacts.objects.get(purchase=purchase).order.number
    assert (error.code, error.status) == ("certificate_revoked", 409)
    assert error.details["goods"] == [
        {"order": number, "name": listing.name_zh, "pieces": 3, "line": unpayable(purchase.pk, at=AT).lines[0].line_id}
        | {"would_go_back": "0.00"}
    ]
    assert (certificate.number in str(error.message), number in str(error.message)) == (True, True)
    assert Payment.objects.count() == 0
    restore_certificate(certificate_id=certificate.pk, reason="编号看错了", actor=make_reviewer(), at=AT)
    start_payment(purchase=purchase, gateway_name=gateway, at=AT)


def test_one_without_yearly_output_holds_no_payment_up():
    listing = make_listing(stock=50, price_fen=1000)
    certificate = make_certificate(listing)
    purchase = buy((listing, 3))
    revoke(certificate)
    start_payment(purchase=purchase, gateway_name="demo", at=AT)


def test_money_that_is_on_its_way_is_booked_as_always():
    listing, certificate = certified()
    purchase = buy((listing, 3))
    payment, _started = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    revoke(certificate)
    capture_payment(payment_id=payment.pk, at=AT)
    purchase.refresh_from_db()
    assert (purchase.state, bool(unpayable(purchase.pk, at=AT))) == ("paid", False)
    # And it is among those that wait then, for the reviewer too.
    assert waiting_under(certificate.pk).numbers == (OrderFacts.objects.get().order.number,)


def test_its_order_is_cancelled_and_the_rest_is_paid():
    listing, certificate = certified()
    other = make_listing(stock=9, price_fen=3000)
    purchase = buy((listing, 3), (other, 1))
    revoke(certificate)
    found = unpayable(purchase.pk, at=AT)
    barred = OrderFacts.objects.get(purchase=purchase, supplier=listing.supplier)
    assert (found.has_rest, found.numbers, bool(found.short)) == (True, {barred.order.number}, False)
    refused(purchase)
    cancel_order(order_id=barred.pk, actor=None, at=AT)
    assert not unpayable(purchase.pk, at=AT)
    payment, _started = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    rest = OrderFacts.objects.get(purchase=purchase, supplier=other.supplier)
    assert payment.amount_fen == rest.total_fen


def test_missing_goods_and_a_revoked_certificate_are_both_said_and_none_is_the_rest_of_the_other():
    listing, certificate = certified()
    grown = make_grown(stock=20)
    lot = make_lot(grown, pieces=20)
    purchase = buy((listing, 3), (grown, 8))
    fail(lot)
    revoke(certificate)
    with pytest.raises(GoodsMissing) as error:
        start_payment(purchase=purchase, gateway_name="demo", at=AT)
    assert sorted(each["pieces"] for each in error.value.details["goods"]) == [3, 8]
    said = str(error.value.message)
    assert [word in said for word in ("没有合格的货", "已被撤销", "其余")] == [True, True, False]


def test_cashier_order_page_and_api_say_why_and_what_next(client: Client):
    listing, certificate = certified()
    other, buyer = make_listing(stock=9, price_fen=3000), make_user()
    purchase = buy((listing, 3), (other, 1), user=buyer, at=timezone.now())
    barred = OrderFacts.objects.get(purchase=purchase, supplier=listing.supplier)
    rest = OrderFacts.objects.get(purchase=purchase, supplier=other.supplier)
    client.force_login(buyer)
    url, mine = f"/pay/{purchase.number}/", "/account/orders/"
    assert "cannot-pay" not in client.get(f"{mine}{barred.order.number}/").content.decode()
    revoke(certificate)
    page = client.get(url).content.decode()
    assert ('data-testid="pay-without-goods"' in page, 'data-testid="pay"' in page) == (True, False)
    assert page.count('data-testid="cancel-short"') == 1
    assert f'name="order" value="{barred.order.number}"' in page
    # No waiting brings a certificate back.
    assert ("look-again" in page, f"（绿色食品 {certificate.number}）已被撤销" in page) == (False, True)
    answer = client.post(url, {"method": "demo"})
    assert (answer.status_code, "已被撤销" in answer.content.decode()) == (409, True)
    assert client.get(f"{url}demo/").headers["Location"] == url
    order = client.get(f"{mine}{barred.order.number}/").content.decode()
    assert ('data-testid="cannot-pay"' in order, "请取消这笔订单，再支付其余部分" in order) == (True, True)
    # What comes next is not to pay.
    assert ("next-step" in order, "去付款" in order, "看看怎么处理" in order) == (False, False, True)
    other_page = client.get(f"{mine}{rest.order.number}/").content.decode()
    assert ("cannot-pay" in other_page, "next-step" in other_page) == (False, True)
    english = Client(headers={"accept-language": "en"})
    english.force_login(buyer)
    said = english.get(f"/en{mine}{barred.order.number}/").content.decode()
    assert "Cancel that order and pay the rest." in said
    program = program_of(buyer)
    told = program.get(f"/purchases/{purchase.number}").data
    assert (certificate.number in told["without_goods"], told["methods"]) == (True, [])
    shown = program.get(f"/orders/{barred.order.number}").data
    assert (certificate.number in shown["cannot_pay"], shown["next_step"]) == (True, "")
    assert program.get(f"/orders/{rest.order.number}").data["cannot_pay"] == ""
    answered = program.post(f"/purchases/{purchase.number}/payments", {"method": "demo"}, key="m1")
    assert (answered.status_code, answered.data["code"]) == (409, "certificate_revoked")
    assert Payment.objects.count() == 0


def test_the_reviewer_reads_how_many_are_not_paid_and_all_that_wait(client: Client):
    listing, certificate = certified()
    buy((listing, 3))
    assert (waiting_under(certificate.pk).orders, waiting_under(certificate.pk).unpaid) == (0, 1)
    assert waiting_words(waiting_under(certificate.pk)).startswith("另有 1 笔订单尚未付款")
    numbers = [paid((listing, 1), key=f"p{number}").order.number for number in range(12)]
    client.force_login(make_reviewer())
    path = f"/review/certificates/{certificate.number}/"
    for is_revoked in (False, True):
        if is_revoked:
            revoke(certificate)
        page = client.get(path).content.decode()
        assert ("另有 2 笔" in page, "全部 12 笔订单" in page) == (True, True)
        assert [number for number in numbers if number not in page] == []
        api = program_of(make_reviewer(), "review:read").get(f"/review/certificates/{certificate.number}").data
        assert (api["orders_waiting"]["orders"], api["orders_waiting"]["unpaid"]) == (12, 1)


def test_the_public_page_of_a_revoked_one_says_what_was_sold_and_not_what_is_left(client: Client):
    _listing, certificate = certified()
    path = f"/shop/certificates/{certificate.number}/"
    assert "output-left" in client.get(path).content.decode()
    revoke(certificate)
    page = client.get(path).content.decode()
    assert ("output-left" in page, "output-sold" in page, "曾凭它销售的商品" in page) == (False, True, True)
    assert "所有销售都从这里扣减" not in page
    api = program_of(make_user()).get(f"/certificates/{certificate.number}").data
    assert (api["left_grams"], api["is_revoked"]) == (None, True)


@pytest.mark.parametrize("draws", [True, False])
def test_the_sellers_order_names_and_links_what_was_sold_under_a_revoked_certificate(draws):
    member = make_user()
    listing = make_listing(stock=50, price_fen=1000, supplier=make_supplier(member=member))
    certificate = make_certificate(listing, **({"yearly_output_grams": 10**9} if draws else {}))
    order = paid((listing, 3))
    path = f"/seller/orders/{order.order.number}/"
    client = Client()
    client.force_login(member)
    api = program_of(member, "seller:read", language="zh-hans")
    assert 'data-testid="under-revoked"' not in client.get(path).content.decode()
    assert api.get(f"/seller/orders/{order.order.number}").data["under_revoked"] == []
    revoke(certificate)
    html = client.get(path).content.decode()
    assert "下列商品下单时所依据的认证已被撤销。" in html
    assert f'href="/shop/certificates/{certificate.number}/">绿色食品 {certificate.number}</a>' in html
    assert api.get(f"/seller/orders/{order.order.number}").data["under_revoked"] == [
        {
            "line_id": order.lines.get().pk, "pieces": 3, "certificate": f"绿色食品 {certificate.number}",
            "number": certificate.number,
        }
    ]  # fmt: skip
    # What was sent is not asked about any more.
    ship(order, {order.lines.get().pk: 3}, asked=True)
    assert 'data-testid="under-revoked"' not in client.get(path).content.decode()


def test_a_product_that_is_barred_links_its_revoked_certificate():
    listing, certificate = certified()
    link = f'<a class="link" href="/shop/certificates/{certificate.number}/"'
    assert link not in Client().get(f"/shop/p/{listing.slug}/").content.decode()
    revoke(certificate)
    html = Client().get(f"/shop/p/{listing.slug}/").content.decode()
    assert (link in html, 'data-testid="revoked-certificate"' in html) == (True, True)
    told = Client().get(f"/api/v1/products/{listing.slug}").json()
    assert [each["number"] for each in told["revoked_certificates"]] == [certificate.number]
    assert told["certificates"] == []
