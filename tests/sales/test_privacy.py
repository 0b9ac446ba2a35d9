"""A person leaves: its copy holds what it bought; its orders stay, without it."""

import pytest
from django.db import connection
from django.test import Client

from shop.accounts.models import User
from shop.accounts.operations.privacy import erase_person, export_person
from shop.core.errors import DomainError
from shop.sales.models import OrderFacts, Purchase, Refund, RefundAccount, Remittance
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payouts import give_account, pay_out
from shop.sales.operations.placing import Buyer, Extras, PlaceLine, ShipTo, place
from shop.sales.visitors import GUEST_COOKIE, token_hash
from tests.factories import AT, make_division, make_listing, make_user, spec_of
from tests.sales.selling import guest_cookie
from tests.sales.test_money_trails import announced, book, finance

pytestmark = pytest.mark.django_db
STREET = "龙口西路 8 号 1202"


def buy(user: User | None, key: str = "k1") -> Purchase:
    make_division()
    spec = spec_of(make_listing())
    return place(
        actor=user,
        at=AT,
        lines=[PlaceLine(spec, 2, spec.price_fen)],
        buyer=Buyer(user=user, phone="+8613800002046"),
        ship_to=ShipTo("周小敏", "+8613800002046", "440106", STREET),
        key=key,
        extras=Extras(notes={spec.supplier_id: "给周小敏"}),
    )


@pytest.fixture
def zhou() -> User:
    return make_user("zhou@example.cn", phone="+8613800002046", phone_verified=True, name="周小敏")


def everything() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        found = []
        for name in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            found += [repr(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_a_copy_holds_what_was_bought(zhou: User) -> None:
    purchase = buy(zhou)
    copy = export_person(user=zhou)
    assert [row["number"] for row in copy["purchases"]] == [purchase.number]
    assert copy["purchases"][0]["address"].endswith(STREET)
    assert copy["purchases"][0]["orders"][0]["lines"] == [{"name": "梅县金柚 2 个装", "quantity": 2}]
    assert copy["reviews"] == []


def test_nobody_leaves_with_an_open_order(zhou: User) -> None:
    purchase = buy(zhou)
    with pytest.raises(DomainError) as refusal:
        erase_person(user=zhou, at=AT)
    assert refusal.value.code == "orders_open"
    purchase.refresh_from_db()
    assert purchase.ship_name == "周小敏"


def test_an_erased_person_is_nowhere_in_the_database(zhou: User) -> None:
    purchase = buy(zhou)
    for order in purchase.orders.all():
        cancel_order(order_id=order.pk, actor=zhou, at=AT, reason="")
    assert "周小敏" in everything()
    erase_person(user=zhou, at=AT)
    rows = everything()
    for trace in ("周小敏", "13800002046", "zhou@example.cn", STREET):
        assert trace not in rows, trace
    kept = OrderFacts.objects.get(purchase=purchase)
    assert kept.total_fen == purchase.total_fen


def test_a_guests_purchases_are_adopted_in_the_browser_that_bought_them(client: Client, zhou: User) -> None:
    purchase, typed = buy(None), buy(None, "k2")
    Purchase.objects.filter(pk=purchase.pk).update(guest_token_hash=token_hash("c" * 43))
    client.cookies[GUEST_COOKIE] = guest_cookie("c" * 43)
    zhou.set_password("orchard-2026")
    zhou.save()
    client.post("/account/login/", {"way": "password", "login": "13800002046", "password": "orchard-2026"})
    purchase.refresh_from_db()
    typed.refresh_from_db()
    assert (purchase.user_id, typed.user_id) == (zhou.pk, None)


def test_a_phone_that_was_not_proved_adopts_nothing(client: Client, zhou: User) -> None:
    purchase = buy(None)
    User.objects.filter(pk=zhou.pk).update(phone_verified=False)
    client.post("/account/login/", {"way": "password", "login": "zhou@example.cn", "password": "orchard-2026"})
    assert client.session["_auth_user_id"] == str(zhou.pk)
    purchase.refresh_from_db()
    assert purchase.user_id is None


def paid_back(user: User) -> tuple[Purchase, Refund]:
    """A transfer of somebody else's that was too little, and went back to an account."""
    purchase, payment = announced(user=user, key="back")
    book(payment, 40_00, "give_back", "IN-5")
    refund = Refund.objects.get(payment=payment)
    give_account(purchase=purchase, holder="周小敏", bank="工行广州", number="622208360200", actor=user, at=AT)
    for order in purchase.orders.all():
        cancel_order(order_id=order.pk, actor=user, at=AT)
    return purchase, refund


def test_what_was_paid_out_stays_in_the_books_when_the_account_is_closed(
    zhou: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    purchase, refund = paid_back(zhou)
    with pytest.raises(DomainError):
        erase_person(user=zhou, at=AT)
    pay_out(refund_id=refund.pk, reference="OUT-5", why="本人账户", actor=None, at=AT)
    page = Client()
    page.force_login(zhou, backend="django.contrib.auth.backends.ModelBackend")
    assert "按会计档案的法定年限保留" in page.get("/account/privacy/").content.decode()
    erase_person(user=zhou, at=AT)
    account = RefundAccount.objects.get(purchase=purchase)
    assert (account.holder, account.bank, account.number) == ("周小敏", "工行广州", "622208360200")
    assert account.given_by_id is None
    assert set(Remittance.objects.values_list("payer", flat=True)) == {"周敏"}
    shown = finance().get("/review/payouts/?paid=1").content.decode()
    assert "周小敏" in shown
    assert "622208360200" in shown.replace(" ", "")


def test_an_account_that_nothing_was_paid_to_is_erased(zhou: User) -> None:
    purchase = buy(zhou)
    for order in purchase.orders.all():
        cancel_order(order_id=order.pk, actor=zhou, at=AT)
    RefundAccount.objects.create(purchase=purchase, holder="周小敏", bank="工行", number="622208360200", given_at=AT)
    erase_person(user=zhou, at=AT)
    assert not RefundAccount.objects.exists()
