"""Who proved the phone of a guest's purchase acts on it; who bought it keeps it, reads what was done, and gets the money."""

from typing import Any

import pytest
from django.test import Client

from shop.core.projections import run_all
from shop.sales.models import AfterSale, CaseMove, OrderFacts, OrderMove, Purchase, Refund, RefundAccount, ReviewFacts
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payments import start_payment
from shop.sales.operations.slips import add_slip
from shop.sales.operations.transfers import match_transfer
from shop.sales.visitors import GUEST_COOKIE
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import PHONE, buy, guest_cookie, lines_of, paid, photo, receive, ship
from tests.sales.test_guest_access import address, codes, finds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["codes"]
BROWSER = "c" * 43
CODE_WORDS = "由持有收货人手机号者凭验证码操作"
PHONE_WORDS = "由绑定收货人手机号的账户操作"
ACCOUNT = {"bank": "工行广州", "number": "6222083602001234"}
Codes = list[tuple[str, str]]


@pytest.fixture
def that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


def guests(**facts: Any) -> OrderFacts:
    return paid((make_listing("山中金柚", stock=9), 1), token=BROWSER, **facts)


def payer() -> Client:
    """The browser that bought."""
    client = Client()
    client.cookies[GUEST_COOKIE] = guest_cookie(BROWSER)
    return client


def by_code(order: OrderFacts, codes: Codes, client: Client | None = None) -> Client:
    """Somebody who lost that browser, or never had it, and proved the phone."""
    client = client or Client()
    finds(client, order)
    client.post(f"/account/orders/found/{order.order.number}/code/")
    assert client.post("/account/code/", {"code": codes[-1][1]})["Location"] == address(order)
    return client


def by_account() -> Client:
    client = Client()
    client.force_login(make_user(phone=PHONE, phone_verified=True))
    return client


def said(client: Client, order: OrderFacts) -> str:
    """What its page says was done by the phone; "" where nothing was."""
    page = client.get(address(order)).content.decode()
    return (
        page.split('data-testid="acts-by-phone"')[1].split('data-testid="order-number"')[0]
        if "acts-by-p" in page
        else ""
    )


def by_transfer() -> tuple[OrderFacts, Refund]:
    """An order that was paid by bank transfer and cancelled: finance pays it back."""
    purchase = buy((make_listing(stock=9), 1), token=BROWSER)
    payment, _started = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    add_slip(purchase=purchase, upload=photo(), replaces=None, actor=None, at=AT)
    match_transfer(
        payment_id=payment.pk, received_fen=purchase.total_fen, payer="陈付", why="本人", reference="L-77", actor=None,
        at=AT,
    )  # fmt: skip
    order = purchase.orders.get()
    cancel_order(order_id=order.pk, actor=None, at=AT)
    return order, Refund.objects.get()


def test_a_code_shows_the_order_whole_but_neither_invoice_nor_payer(codes: Codes) -> None:
    order = ship(guests())
    Purchase.objects.update(invoice_title="禾下工会", invoice_tax_no="91440101MA5TEST12X")
    mine = by_code(order, codes)
    page = mine.get(address(order)).content.decode()
    for shown in ("山中金柚", "SF1234567890123", "¥", "周敏", "龙口西路 8 号 1202", "confirm-receipt", "after-sale"):
        assert shown in page
    assert ("禾下工会" in page, "91440101MA5TEST12X" in page) == (False, False)
    assert 'data-way="code"' in page
    bought = payer().get(address(order)).content.decode()
    assert ("禾下工会" in bought, "acts-as" in bought, "acts-by-phone" in bought) == (True, False, False)


def test_who_cancels_by_a_code_is_said_in_the_browser_that_bought_and_the_money_goes_back(codes: Codes) -> None:
    order = guests()
    assert by_code(order, codes).post(address(order, "cancel/")).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.refunded_fen) == ("cancelled", order.total_fen)
    assert Refund.objects.get().payment.gateway == "demo"
    assert OrderMove.objects.get(to_state="cancelled").way == "code"
    words = said(payer(), order)
    assert ("订单已取消" in words, CODE_WORDS in words, "11" in words) == (True, True, True)
    assert "您取消了" not in payer().get(address(order)).content.decode()
    assert payer().get(f"/pay/{order.purchase.number}/done/").status_code == 200
    assert [found for _name, found in run_all() if found] == []


def test_what_the_buyer_does_is_not_said_to_be_another(codes: Codes) -> None:
    order = guests()
    assert payer().post(address(order, "cancel/")).status_code == 302
    assert OrderMove.objects.get(to_state="cancelled").way == ""
    assert said(payer(), order) == ""
    assert "购买者取消了订单" in by_code(order, codes).get(address(order)).content.decode()


def test_the_buyers_browser_with_a_code_is_still_the_buyers(codes: Codes) -> None:
    order = guests()
    mine = by_code(order, codes, payer())
    assert "acts-as" not in mine.get(address(order)).content.decode()
    mine.post(address(order, "cancel/"))
    assert OrderMove.objects.get(to_state="cancelled").way == ""


def test_claims_by_a_code_are_made_with_photos_and_withdrawn_and_said_to_the_buyer(codes: Codes) -> None:
    order = ship(guests())
    mine, line = by_code(order, codes), lines_of(order)[0]
    claim = {"kind": "damaged", "quantity": 1, "amount": "1.00", "reason": "压坏了", "photos": photo()}
    assert mine.post(address(order, f"after-sale/{line.pk}/"), claim).status_code == 302
    case = AfterSale.objects.get()
    assert (case.state, case.pictures.count()) == ("open", 1)
    assert ("申请退款" in said(payer(), order), CODE_WORDS in said(payer(), order)) == (True, True)
    full = mine.get(address(order)).context["order"].lines[0].cases[0].pictures[0]["full"]
    assert (mine.get(full).status_code, Client().get(full).status_code) == (200, 404)
    assert mine.post(address(order, f"case/{case.pk}/withdraw/")).status_code == 302
    assert list(CaseMove.objects.values_list("to_state", "way")) == [("open", "code"), ("withdrawn", "code")]
    assert "撤回退款申请" in said(payer(), order)


def test_a_code_confirms_the_receipt_and_reviews(codes: Codes) -> None:
    order = ship(guests())
    mine = by_code(order, codes)
    assert mine.post(address(order, "receive/")).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.purchase.user) == ("completed", None)
    assert "确认收货" in said(payer(), order)
    review = {"stars": "5", "text": "很甜"}
    assert mine.post(address(order, f"review/{lines_of(order)[0].pk}/"), review).status_code == 302
    assert ReviewFacts.objects.count() == 1


def test_a_code_pays_or_cancels_what_is_unpaid(codes: Codes) -> None:
    order = buy((make_listing(stock=9), 1), token=BROWSER).orders.get()
    pay = f"/pay/{order.purchase.number}/"
    mine = by_code(order, codes)
    assert mine.get(pay).status_code == 200
    assert mine.post(f"{pay}cancel/").status_code == 302
    assert "订单已取消" in said(payer(), order)


@pytest.mark.parametrize("who", ["code", "account"])
def test_an_account_of_another_name_is_refused_to_who_only_has_the_phone(codes: Codes, who: str) -> None:
    order, refund = by_transfer()
    path = f"/pay/{order.purchase.number}/account/"
    mine = by_code(order, codes) if who == "code" else by_account()
    assert "only-payers-name" in mine.get(path).content.decode()
    refused = mine.post(path, ACCOUNT | {"holder": "周敏"})
    text = refused.content.decode()
    assert (refused.status_code, RefundAccount.objects.count()) == (422, 0)
    assert ("只有购买者可以填写其他账户：在当时购买的浏览器中" in text, "陈付" in text) == (True, False)
    assert mine.post(path, ACCOUNT | {"holder": "陈 付"}).status_code == 302
    assert RefundAccount.objects.get().way == who.replace("account", "phone")
    refund.refresh_from_db()
    assert refund.state == "requested"


def test_the_buyer_names_another_account_and_nobody_else_reads_or_changes_it(codes: Codes) -> None:
    order, _refund = by_transfer()
    path = f"/pay/{order.purchase.number}/account/"
    assert payer().post(path, ACCOUNT | {"holder": "周敏"}).status_code == 302
    mine = by_code(order, codes)
    for page in (address(order), f"/pay/{order.purchase.number}/done/"):
        text = mine.get(page, follow=True).content.decode()
        assert ("1234" in text, "工行广州" in text, "陈付" in text, "L-77" in text) == (False,) * 4
    refused = mine.post(path, ACCOUNT | {"holder": "陈付", "number": "6222080000000000"})
    assert (refused.status_code, "购买者已填写收款账户" in refused.content.decode()) == (409, True)
    assert RefundAccount.objects.get().number == ACCOUNT["number"]


def test_an_account_named_by_a_code_is_the_buyers_to_change(codes: Codes) -> None:
    order, _refund = by_transfer()
    path = f"/pay/{order.purchase.number}/account/"
    by_code(order, codes).post(path, ACCOUNT | {"holder": "陈付"})
    assert payer().post(path, ACCOUNT | {"holder": "陈付", "number": "6222080000000000"}).status_code == 302
    account = RefundAccount.objects.get()
    assert (account.number, account.way, account.version) == ("6222080000000000", "", 2)


def test_slips_are_shown_to_who_bought_alone(codes: Codes) -> None:
    purchase = buy((make_listing(stock=9), 1), token=BROWSER)
    start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    add_slip(purchase=purchase, upload=photo(), replaces=None, actor=None, at=AT)
    order = purchase.orders.get()
    mine, path = by_code(order, codes), f"/pay/{purchase.number}/transfer/"
    slip = payer().get(path).context["slips"][0].full
    assert mine.get(path).context["slips"] == []
    assert (payer().get(slip).status_code, mine.get(slip).status_code) == (200, 404)


def test_an_account_with_the_phone_lists_and_acts_and_takes_nothing_from_the_buyer() -> None:
    order = guests()
    mine = by_account()
    page = mine.get("/account/orders/").content.decode()
    assert (order.order.number in page, 'data-testid="by-phone"' in page) == (True, True)
    assert 'data-way="phone"' in mine.get(address(order)).content.decode()
    assert mine.post(address(order, "cancel/")).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.purchase.user, order.purchase.guest_token_hash == "") == ("cancelled", None, False)
    assert (PHONE_WORDS in said(payer(), order), payer().get(address(order)).status_code) == (True, 200)


@pytest.mark.parametrize("facts", [{"phone": PHONE}, {"phone": "+8613800002047", "phone_verified": True}])
def test_a_phone_that_is_not_proved_or_another_opens_nothing(facts: dict[str, Any]) -> None:
    order = receive(ship(guests()))
    client = Client()
    client.force_login(make_user(**facts))
    assert order.order.number not in client.get("/account/orders/").content.decode()
    assert client.get(address(order)).status_code == 404
    assert client.post(address(order, "cancel/")).status_code == 404


def test_another_accounts_order_with_ones_phone_stays_its_own() -> None:
    order = guests(user=make_user())
    mine = by_account()
    assert mine.get(address(order)).status_code == 404
    assert order.order.number not in mine.get("/account/orders/").content.decode()
