"""Who must wait is told of ways that are open, and of no other; who has the phone has one, whatever strangers do."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shop.accounts.models import OneTimeCode, User
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_devices import guess_from_everywhere, tries
from tests.accounts.test_limits import HOME, OFFICE, PHONE, crowd, fill_network, use_up, wants_code, words

BY_CODE, BY_PASSWORD = "现在可以用验证码登录", "现在可以用密码登录。在"
EMAIL = "zhou@example.cn"


def digits(texts: list[tuple[str, str]]) -> str:
    """The code that was sent last."""
    return re.search(r"\d{6}", texts[-1][1])[0]  # type: ignore[index]  # the text of a code has one


def resets(login: str, address: str = HOME) -> Any:
    return Client().post("/account/password/reset/", {"login": login}, REMOTE_ADDR=address)


def signs_up(address: str = HOME) -> Any:
    form = {"email": EMAIL, "password": "A-good-one-77", "name": "x"}
    return Client().post("/account/signup/", form, REMOTE_ADDR=address)


def test_with_both_ways_shut_neither_page_names_the_other(zhou: User, texts: Any) -> None:
    guess_from_everywhere(PHONE)
    open_now = words(tries(Client(), PASSWORD, HOME, PHONE))
    use_up()
    by_password, by_code = tries(Client(), PASSWORD, HOME, PHONE), wants_code(Client(), address=HOME)
    assert BY_CODE in open_now
    assert (by_password.status_code, BY_CODE in words(by_password)) == (422, False)
    assert "后可以再向您的手机发送验证码" in words(by_password)
    assert (by_code.status_code, "如果设置过密码" in words(by_code)) == (429, False)


def test_a_wrong_password_names_the_code_only_where_one_is_sent(zhou: User, texts: Any) -> None:
    assert "或用验证码登录" in words(tries(Client(), "a guess", HOME, PHONE))
    use_up()
    assert "或用验证码登录" not in words(tries(Client(), "a guess", HOME, PHONE))


@pytest.mark.django_db
def test_who_is_stopped_by_axes_is_told_of_the_code_only_where_one_is_sent(
    zhou: User, texts: Any, settings: Any
) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    for _ in range(2):
        page = tries(Client(), "a guess", HOME, PHONE)
    assert (page.status_code, BY_CODE in words(page)) == (429, True)
    use_up()
    assert BY_CODE not in words(tries(Client(), "a guess", HOME, PHONE))


def test_who_has_the_phone_answers_the_code_that_a_stranger_asked_for(zhou: User, texts: Any) -> None:
    for number in range(11):
        wants_code(Client(), address=f"203.0.113.{100 + number}")
    sent = len(texts)
    person = Client()
    assert wants_code(person, address=HOME)["Location"] == "/account/code/"
    assert len(texts) == sent == 11
    assert "在这里同样有效" in words(person.get("/account/code/"))
    assert person.post("/account/code/", {"code": digits(texts)})["Location"] == "/account/"
    assert person.session["_auth_user_id"] == str(zhou.pk)


def test_a_code_that_several_wait_for_works_once(zhou: User, texts: Any) -> None:
    clients = [Client() for _ in range(12)]
    for number, client in enumerate(clients):
        wants_code(client, address=f"203.0.113.{100 + number}")
    first, second = clients[-2:]
    code = digits(texts)
    assert first.post("/account/code/", {"code": code}).status_code == 302
    second.post("/account/code/", {"code": code})
    assert ("_auth_user_id" in first.session, "_auth_user_id" in second.session) == (True, False)


def test_all_answers_to_one_code_are_bounded(zhou: User, texts: Any) -> None:
    use_up()
    salt = OneTimeCode.objects.order_by("-sent_at").values_list("salt", flat=True)[0]
    assert OneTimeCode.objects.filter(salt=salt).count() == 1 + 3


def test_an_hour_later_a_code_is_sent_again_whatever_was_asked_for(
    zhou: User, texts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, sent = timezone.now(), []
    for hour in range(24):
        moment = begun + timedelta(minutes=61 * hour)
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        before = len(texts)
        for number in range(14):
            wants_code(Client(), address=f"203.0.{hour}.{number}")
        sent.append(len(texts) - before)
    assert sent[:3] == [11, 11, 1]
    # A day of it: twenty, and one an hour.
    assert (min(sent), sum(sent[:23])) == (1, 20 + 23)


def test_a_reset_of_the_phone_and_one_of_the_email_do_not_shut_each_other(zhou: User, texts: Any) -> None:
    assert [resets(EMAIL, f"203.0.113.{number}").status_code for number in range(11)] == [302] * 9 + [429] * 2
    assert resets(PHONE).status_code == 302
    assert wants_code(Client(), address=HOME).status_code == 302


def test_sign_ups_with_somebodys_email_leave_it_its_reset(zhou: User, mailoutbox: list[Any]) -> None:
    for number in range(15):
        signs_up(f"203.0.113.{number}")
    assert mailoutbox == []
    assert resets(EMAIL).status_code == 302
    assert len(mailoutbox) == 1


def test_resets_of_a_phone_without_account_leave_it_its_first_code(db: None, texts: Any) -> None:
    for number in range(15):
        resets("13700001234", f"203.0.113.{number}")
    assert texts == []
    assert wants_code(Client(), "13700001234", HOME).status_code == 302
    assert len(texts) == 1


def test_a_neighbour_who_spends_all_of_an_address_leaves_a_named_colleague_a_code(zhou: User, texts: Any) -> None:
    crowd(21)
    fill_network()
    assert tries(Client(), "a guess", OFFICE, PHONE).status_code == 422
    stopped = tries(Client(), PASSWORD, OFFICE, PHONE)
    assert (stopped.status_code, BY_CODE in words(stopped)) == (422, True)
    # The neighbour takes what is left for this phone here, the colleague reads what came of it.
    before = len(texts)
    assert [wants_code(Client()).status_code for _ in range(2)] == [302] * 2
    assert len(texts) == before + 2
    colleague = Client()
    assert wants_code(colleague).status_code == 302
    assert colleague.post("/account/code/", {"code": digits(texts)}, REMOTE_ADDR=OFFICE)["Location"] == "/account/"
