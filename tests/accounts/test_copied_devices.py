"""A device's text that was copied: it ends with the sessions, and what is tried with it elsewhere shuts nobody out."""

import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shop.accounts.devices import COOKIE, LIFE_SECONDS
from shop.accounts.models import AccessToken, User
from shop.accounts.operations import people
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_devices import asks, guess_from_everywhere, tries
from tests.accounts.test_limits import HOME, use_up, wants_code

NEW_PASSWORD = "Neu-Passwort-88x"


def known_device(address: str = HOME) -> Client:
    """A browser in which the account signed in, and out again."""
    client = Client()
    assert tries(client, PASSWORD, address).status_code == 302
    client.post("/account/logout/")
    return client


def thief(client: Client) -> Client:
    """Another browser with a copy of its device."""
    other = Client()
    other.cookies[COOKIE] = client.cookies[COOKIE].value
    return other


def lets_in(client: Client, password: str = PASSWORD, address: str = HOME) -> bool:
    """Whether the password is looked at while strangers shut the account for new devices."""
    return bool(tries(client, password, address).status_code == 302)


@pytest.mark.parametrize("ended", ["new password", "closed and opened", "signed out everywhere", "too old"])
def test_a_copied_device_ends_with_the_sessions(zhou: User, ended: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = known_device()
    password = PASSWORD
    if ended == "new password":
        password = NEW_PASSWORD
        people.set_password(user=zhou, password=password, at=timezone.now())
    elif ended == "closed and opened":
        people.close_account(user=zhou, actor=zhou, at=timezone.now())
        User.objects.filter(pk=zhou.pk).update(is_active=True)
    elif ended == "signed out everywhere":
        people.sign_out_elsewhere(user=zhou, actor=zhou, at=timezone.now())
    else:
        later = time.time() + LIFE_SECONDS + 1
        monkeypatch.setattr("shop.accounts.devices.time.time", lambda: later)
    guess_from_everywhere()
    assert not lets_in(thief(known), password)


def test_a_device_is_remembered_beyond_a_change_of_password_where_it_was_made(signed_in: Client, zhou: User) -> None:
    before = thief(signed_in)
    form = {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD, "password1": NEW_PASSWORD}
    assert signed_in.post("/account/security/password/", form)["Location"] == "/account/security/"
    signed_in.post("/account/logout/")
    guess_from_everywhere()
    assert not lets_in(before, NEW_PASSWORD, "127.0.0.1")
    assert lets_in(signed_in, NEW_PASSWORD, "127.0.0.1")


def test_signing_out_everywhere_else_ends_devices_sessions_and_tokens(signed_in: Client, zhou: User) -> None:
    other = Client()
    tries(other, PASSWORD)
    copied, device = thief(other), asks(Client(), PASSWORD).json()["device"]
    assert 'data-testid="sign-out-elsewhere"' in signed_in.get("/account/security/").content.decode()
    assert signed_in.post("/account/security/elsewhere/")["Location"] == "/account/security/"
    assert other.get("/account/security/").status_code == 302
    assert signed_in.get("/account/security/").status_code == 200
    assert not AccessToken.objects.filter(user=zhou, revoked_at=None).exists()
    guess_from_everywhere()
    assert not lets_in(copied)
    assert asks(Client(), PASSWORD, device=device).status_code == 429
    signed_in.post("/account/logout/")
    assert lets_in(signed_in, address="127.0.0.1")


def test_signing_out_everywhere_is_for_who_is_signed_in(zhou: User) -> None:
    assert Client().post("/account/security/elsewhere/").status_code == 302
    zhou.refresh_from_db()
    assert zhou.access_epoch == 0
    assert Client().get("/account/security/elsewhere/").status_code in {302, 405}


def test_wrong_passwords_with_a_copied_device_shut_its_owner_out_nowhere(zhou: User) -> None:
    known = known_device()
    guess_from_everywhere()
    looked_at = [tries(thief(known), "a guess", f"192.0.2.{number}") for number in range(12)]
    # Five are its own; the others are a stranger's, who is shut out.
    assert ["来自不同地方" in page.content.decode() for page in looked_at] == [False] * 5 + [True] * 7
    assert lets_in(known)


def test_codes_asked_for_with_a_copied_device_leave_its_owner_those_of_its_own(zhou: User, texts: Any) -> None:
    known = known_device()
    use_up()
    before = len(texts)
    for number in range(8):
        wants_code(thief(known), address=f"192.0.2.{number}")
    assert len(texts) == before + 5
    assert wants_code(known, address=HOME).status_code == 302
    assert len(texts) == before + 6
