"""A unit's payment page where an order has no goods: no way to pay is offered, and where it is cancelled is."""

import pytest

from catalog.operations.revoking import revoke_certificate
from procurement.models import PurchaseRequest
from shop.sales.models import Payment, Refund
from shop.sales.operations.transfers import match_transfer
from tests.api.conftest import program_of
from tests.catalog.listing import make_reviewer
from tests.factories import AT, make_certificate, make_listing
from tests.traceability.growing import make_grown, make_lot
from tests.traceability.test_held_stock import fail

from .offices import as_, figure, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
WAYS = ("start-transfer", "pay-demo", "remittance-code")


def of_two_suppliers(office):
    """Order of two suppliers; return the lot of the first, and its order."""
    grown = make_grown(stock=20)
    lot = make_lot(grown, pieces=20)
    orders = ordered(office, (grown, 8), (make_listing(stock=9, price_fen=3000), 1), terms="prepaid")
    return lot, next(order for order in orders if order.supplier_id == grown.supplier_id)


def there(page):
    text = page.content.decode()
    return [name for name in WAYS if f'data-testid="{name}"' in text]


def test_no_way_to_pay_stands_beside_the_warning_and_the_order_is_led_to(office, settings):
    settings.DEMO_CASHIER = True
    lot, short = of_two_suppliers(office)
    number = PurchaseRequest.objects.get().number
    path = f"/units/payments/{number}/"
    assert there(as_(office.finance).get(path)) == ["start-transfer", "pay-demo"]
    fail(lot)
    for user in (office.finance, office.buyer):
        page = as_(user).get(path)
        text = page.content.decode()
        assert (there(page), text.count('data-testid="to-short"')) == ([], 1)
        assert f'href="/units/orders/{short.order.number}/"' in text
        assert text.count("没有合格的货") == 1
    answer = as_(office.finance).post(path, {"how": "transfer"})
    assert (answer.status_code, there(answer), answer.content.decode().count("没有合格的货")) == (409, [], 1)
    assert Payment.objects.count() == 0
    told = program_of(office.finance).get(f"/units/requests/{number}/payment").data["without_goods"]
    assert short.order.number in told


def test_an_announced_transfer_is_not_asked_for_any_more_and_its_slip_still_taken(office):
    lot, _short = of_two_suppliers(office)
    path = f"/units/payments/{PurchaseRequest.objects.get().number}/"
    code = figure(as_(office.finance).post(path, {"how": "transfer"}), "remittance-code")
    fail(lot)
    page = as_(office.finance).get(path)
    text = page.content.decode()
    assert (there(page), code in text) == ([], True)
    assert ('data-testid="transfer-sent-already"' in text, 'name="slip"' in text) == (True, True)


def test_the_api_says_nothing_where_nothing_lacks(office):
    of_two_suppliers(office)
    number = PurchaseRequest.objects.get().number
    assert program_of(office.finance).get(f"/units/requests/{number}/payment").data["without_goods"] == ""


def revoke(certificate):
    facts = {"reason": "抽检不合格", "actor": make_reviewer(), "at": AT, "confirm": True}
    revoke_certificate(certificate_id=certificate.pk, **facts)


def test_what_was_ordered_under_a_certificate_that_was_revoked_is_not_paid(office, settings):
    settings.DEMO_CASHIER = True
    listing = make_listing(stock=20, price_fen=2000)
    certificate = make_certificate(listing, yearly_output_grams=10**9)
    (order,) = ordered(office, (listing, 3), terms="prepaid")
    number = PurchaseRequest.objects.get().number
    path = f"/units/payments/{number}/"
    revoke(certificate)
    page = as_(office.finance).get(path)
    text = page.content.decode()
    assert (there(page), text.count('data-testid="to-short"'), certificate.number in text) == ([], 1, True)
    assert f'href="/units/orders/{order.order.number}/"' in text
    answer = as_(office.finance).post(path, {"how": "transfer"})
    assert (answer.status_code, "已被撤销" in answer.content.decode(), Payment.objects.count()) == (409, True, 0)
    told = program_of(office.finance).get(f"/units/requests/{number}/payment").data["without_goods"]
    assert (order.order.number in told, certificate.number in told) == (True, True)


def test_an_order_whose_goods_come_first_stands_when_its_certificate_is_revoked(office):
    listing = make_listing(stock=20, price_fen=2000)
    certificate = make_certificate(listing, yearly_output_grams=10**9)
    (order,) = ordered(office, (listing, 3))
    revoke(certificate)
    order.refresh_from_db()
    page = as_(office.finance).get(f"/units/payments/{PurchaseRequest.objects.get().number}/")
    assert (order.state, "已被撤销" in page.content.decode()) == ("to_ship", False)


def test_a_unit_reads_what_came_and_what_becomes_of_it_before_a_short_order_is_cancelled(office):
    lot, short = of_two_suppliers(office)
    number = PurchaseRequest.objects.get().number
    as_(office.finance).post(f"/units/payments/{number}/", {"how": "transfer"})
    match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=37_00, payer="别人", why="代付", then="ask", reference="in-1",
        actor=None, at=AT,
    )  # fmt: skip
    fail(lot)
    page = as_(office.finance).get(f"/units/payments/{number}/").content.decode()
    words = (
        "已到账款项中的 ¥7.00 将退到单位的银行账户。已到账款项中的 ¥30.00 留给这个购买单的其他订单使用。它们随之付清。"
    )
    assert (page.count('data-testid="short-money"'), words in page) == (1, True)
    path = f"/units/orders/{short.order.number}/"
    assert words in as_(office.buyer).get(path).content.decode()
    program = program_of(office.buyer, "units:read", "units:write")
    told = program.get(path.rstrip("/")).data
    assert (told["would_go_back"]["bank"], told["stays_then"], told["left_then"]) == ("7.00", "30.00", "0.00")
    as_(office.buyer).post(f"{path}cancel/", {"do": "ask", "reason": "没有货"})
    page = as_(office.approver).get(path).content.decode()
    assert ('data-testid="cancel-money"' in page, words in page) == (True, True)
    as_(office.approver).post(f"{path}cancel/", {"do": "agree", "seen": "8"})
    assert list(Refund.objects.values_list("amount_fen", flat=True)) == [7_00]
    told = program.get(path.rstrip("/")).data
    assert (told["state"], told["would_go_back"]["bank"], told["stays_then"]) == ("cancelled", "0.00", "0.00")
