"""A device that an account signed in on has its own budget of wrong passwords: strangers can't shut the account there."""

import re
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from shop.accounts.devices import COOKIE
from shop.accounts.models import User
from tests.accounts.conftest import PASSWORD

LOGIN = "zhou@example.cn"


def tries(client: Client, password: str, address: str = "198.51.100.7", login: str = LOGIN) -> Any:
    sent = {"way": "password", "login": login, "password": password}
    return client.post("/account/login/", sent, REMOTE_ADDR=address)


def asks(client: Client, password: str, address: str = "198.51.100.7", **more: str) -> Any:
    sent = {"login": LOGIN, "password": password, **more}
    return client.post("/api/v1/tokens", sent, content_type="application/json", REMOTE_ADDR=address)


def minutes(page: Any) -> int:
    """After how many minutes the page says that it works again; 0 where it says none."""
    found = re.search(r"(\d+) 分钟后", page.content.decode())
    return int(found[1]) if found else 0


def guess_from_everywhere(login: str = LOGIN) -> None:
    for number in range(31):
        tries(Client(), "a guess", f"203.0.113.{number}", login)


def test_guesses_from_everywhere_shut_no_device_that_signed_in_before(zhou: User) -> None:
    known, new = Client(), Client()
    assert tries(known, PASSWORD).status_code == 302
    known.post("/account/logout/")
    device = asks(Client(), PASSWORD).json()["device"]
    guess_from_everywhere()
    shut = tries(new, PASSWORD)
    assert (shut.status_code, "_auth_user_id" in new.session) == (422, False)
    assert "现在可以用发到邮箱的验证码设置新密码" in shut.content.decode()
    assert 50 <= minutes(shut) <= 60
    assert asks(Client(), PASSWORD).status_code == 429
    assert tries(known, PASSWORD).status_code == 302
    assert asks(Client(), PASSWORD, device=device).status_code == 201
    # A code signs in anywhere, and that device is known then.
    assert new.post("/account/login/", {"phone": "13800002046"}).status_code == 302


def test_guesses_at_the_same_address_shut_no_device_that_signed_in_before(zhou: User) -> None:
    known = Client()
    tries(known, PASSWORD)
    known.post("/account/logout/")
    for _ in range(12):
        tries(Client(), "a guess")
    assert tries(Client(), PASSWORD).status_code in {422, 429}
    assert tries(known, PASSWORD).status_code == 302


def test_a_device_has_five_guesses_of_its_own(zhou: User) -> None:
    known = Client()
    tries(known, PASSWORD)
    known.post("/account/logout/")
    statuses = [tries(known, "a guess").status_code for _ in range(5)]
    shut = tries(known, PASSWORD)
    assert (set(statuses), shut.status_code, "_auth_user_id" in known.session) == ({422}, 422, False)
    assert 1 <= minutes(shut) <= 5


@pytest.mark.parametrize("planted", ["made up", "of another account", "signed for something else"])
def test_a_device_that_did_not_sign_in_counts_like_any_other(zhou: User, planted: str) -> None:
    attacker = Client()
    other = User.objects.create_user("other@example.cn", PASSWORD)
    if planted == "of another account":
        assert tries(attacker, PASSWORD, login="other@example.cn").status_code == 302
        attacker.post("/account/logout/")
    else:
        salt = "shop.sales.guest" if planted == "signed for something else" else "made up"
        attacker.cookies[COOKIE] = signing.Signer(salt=salt).sign(f"{zhou.pk}-{'a' * 16}")
    assert other.pk != zhou.pk
    guess_from_everywhere()
    assert tries(attacker, PASSWORD).status_code == 422


def test_an_unknown_name_is_shut_in_the_same_words(zhou: User) -> None:
    said = []
    for login in (LOGIN, "nobody@example.cn"):
        guess_from_everywhere(login)
        page = tries(Client(), PASSWORD, login=login)
        said.append((page.status_code, 50 <= minutes(page) <= 60))
    assert said == [(422, True)] * 2
