"""我的, preferences, a copy of one's data, the end of an account."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from shop.accounts import hooks, personal_data
from shop.accounts.models import Address, Membership, Message, Organisation, User
from shop.accounts.operations import addresses, groups, privacy
from shop.accounts.operations.messages import tell
from shop.core import personal
from shop.core.errors import DomainError
from shop.core.personal import Holding

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_the_home_of_an_account(
    signed_in: Client,
    zhou: User,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    organisation = Organisation.objects.create(kind="supplier", name_zh="青禾合作社", name_en="Qinghe")
    Membership.objects.create(user=zhou, organisation=organisation, role="owner")
    shortcut = hooks.Shortcut("待付款", "/account/orders/?state=unpaid", "wallet", 3, "orders-unpaid")
    monkeypatch.setattr(hooks, "order_shortcuts", [lambda _user: [shortcut]])
    # Rows of other packages ask for themselves (permissions: two queries); these are the account's own.
    monkeypatch.setattr(hooks, "account_rows", [])
    # The header is rendered once per process, with the categories of that moment: not this page's to pay for.
    signed_in.get("/account/")
    with django_assert_max_num_queries(5):
        page = signed_in.get("/account/").content.decode()
    for part in ("周敏", "138****2046", "青禾合作社", "orders-unpaid", "退出登录"):
        assert part in page
    assert "Qinghe" in signed_in.get("/en/account/").content.decode()


def test_the_anonymous_are_asked_to_sign_in(client: Client) -> None:
    for path in ("", "profile/", "addresses/", "messages/", "security/", "privacy/", "privacy/erase/"):
        answer = client.get(f"/account/{path}")
        assert answer.headers["Location"].startswith("/account/login/?next=/account/")


def test_large_text_is_remembered_by_browser_and_account(signed_in: Client, zhou: User) -> None:
    answer = signed_in.post("/account/display/", {"text": "large", "next": "/shop/"})
    assert (answer.headers["Location"], answer.cookies["hq_text"].value) == ("/shop/", "large")
    zhou.refresh_from_db()
    assert zhou.large_text
    answer = Client().post(
        "/account/login/", {"way": "password", "login": "zhou@example.cn", "password": "heqiao-demo-2026"}
    )
    assert answer.cookies["hq_text"].value == "large"
    assert Client().post("/account/display/", {"text": "normal"}).cookies["hq_text"].value == "normal"


@pytest.mark.parametrize(
    ("wanted", "onward", "reached"),
    [
        ("en", "/shop/?q=1", "/en/shop/?q=1"),
        ("en", "/en/shop/", "/en/shop/"),
        ("zh-hans", "/en/shop/", "/shop/"),
        ("zh-hans", "/en", "/"),
        ("en", "https://evil.example/", "/en/"),
        ("xx", "/shop/", "/"),
    ],
)
def test_the_language_is_remembered(signed_in: Client, zhou: User, wanted: str, onward: str, reached: str) -> None:
    answer = signed_in.post("/account/language/", {"language": wanted, "next": onward})
    assert answer.headers["Location"] == reached
    zhou.refresh_from_db()
    assert zhou.language == (wanted if wanted != "xx" else "zh-hans")


def test_the_name_is_changed(signed_in: Client, zhou: User) -> None:
    assert signed_in.post("/account/profile/", {"name": "周小敏"}).status_code == 302
    zhou.refresh_from_db()
    assert zhou.name == "周小敏"
    assert signed_in.post("/account/profile/", {"name": "x" * 61}).status_code == 422


@pytest.fixture
def known(zhou: User, places: None) -> User:
    addresses.save_address(
        actor=zhou, at=AT, name="周敏", phone="13800002046", division_code="440106", street="龙口西路 8 号"
    )
    tell(user_id=zhou.pk, kind="accounts.phone_changed", params={"shown": "138****2046"}, key="a", at=AT)
    organisation = Organisation.objects.create(kind="supplier", name_zh="青禾合作社")
    Membership.objects.create(user=zhou, organisation=organisation, role="owner")
    groups.give_role(user=zhou, role="platform_admin", actor=None, at=AT)
    return zhou


def test_a_copy_holds_everything(signed_in: Client, known: User, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = Holding("sales", (), export=lambda user: {"orders": [user.pk]})
    monkeypatch.setattr(personal, "holdings", [theirs, personal_data.HOLDING])
    answer = signed_in.post("/account/privacy/export/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    copy = answer.json()
    assert copy["account"]["email"] == "zhou@example.cn"
    assert copy["addresses"][0]["street"] == "龙口西路 8 号"
    assert copy["messages"][0]["kind"] == "accounts.phone_changed"
    assert copy["memberships"] == [{"organisation": "青禾合作社", "role": "owner"}]
    assert copy["orders"] == [known.pk]
    assert signed_in.get("/account/privacy/export/").headers["Location"] == "/account/privacy/"


def test_an_erased_person_is_gone(signed_in: Client, known: User, monkeypatch: pytest.MonkeyPatch) -> None:
    erased: list[int] = []
    theirs = Holding("sales", (), erase=lambda user, _at: erased.append(user.pk))
    monkeypatch.setattr(personal, "holdings", [theirs, personal_data.HOLDING])
    assert signed_in.post("/account/privacy/erase/", {}).status_code == 422
    assert User.objects.get(pk=known.pk).is_active
    assert signed_in.post("/account/privacy/erase/", {"sure": "on"}).headers["Location"] == "/"
    user = User.objects.get(pk=known.pk)
    kept = " ".join(str(value) for value in vars(user).values())
    for word in ("周敏", "zhou", "13800002046"):
        assert word not in kept
    assert (user.is_active, user.is_staff, user.has_usable_password()) == (False, False, False)
    assert not Address.objects.exists()
    assert not Message.objects.exists()
    assert not Membership.objects.exists()
    assert not user.groups.exists()
    assert erased == [known.pk]
    assert signed_in.get("/account/").status_code == 302


def test_a_package_may_refuse_and_nothing_is_lost(known: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(user: User, at: datetime) -> None:
        raise DomainError("open orders")

    holdings = [personal_data.HOLDING, Holding("sales", (), erase=refuses)]
    monkeypatch.setattr(personal, "holdings", holdings)
    with pytest.raises(DomainError):
        privacy.erase_person(user=known, at=AT)
    assert User.objects.get(pk=known.pk).name == "周敏"
    assert Address.objects.count() == 1
