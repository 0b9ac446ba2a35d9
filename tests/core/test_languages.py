"""Addresses without a language speak the reader's: the one chosen last, else the browser's, else Chinese."""

import re

import pytest
from django.test import Client

from shop.core.languages import accepted_language, has_no_language

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,zh;q=0.5"}
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}
# One of each kind: a file that is gone, a purchase, a code of a parcel, a document, a page that nothing has, a folder.
NOT_THERE = (
    "/media/gone.webp",
    "/files/nothing",
    "/pay/HQ26-AAAA-AAAAAA/",
    "/documents/987654/x/",
    "/live/clips/none.mp4",
    "/static/none.css",
    "/hooks/payment/",
    "/m/",
    "/api.php",
    "/nothing-like-it/",
)


def language_of(page: str) -> str:
    found = re.search(r'<html lang="([^"]+)"', page)
    return found.group(1) if found else ""


@pytest.mark.django_db
@pytest.mark.parametrize("address", NOT_THERE)
def test_a_refusal_without_language_is_said_in_the_readers(address: str) -> None:
    def asked(cookie: str = "", **headers: str) -> tuple[int, str, str]:
        client = Client()
        if cookie:
            client.cookies["hq_lang"] = cookie
        answer = client.get(address, headers=headers)
        assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))
        return answer.status_code, language_of(answer.content.decode()), answer["Content-Language"]

    assert asked() == (404, "zh-Hans", "zh-hans")
    assert asked(**ENGLISH) == (404, "en", "en")
    assert asked(**CHINESE) == (404, "zh-Hans", "zh-hans")
    # What was chosen goes before what the browser asks for; a language that is none of ours is no choice.
    assert asked("zh-hans", **ENGLISH) == (404, "zh-Hans", "zh-hans")
    assert asked("en", **CHINESE) == (404, "en", "en")
    assert asked("fr", **ENGLISH) == (404, "en", "en")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/pay/x/cancel/", "/admin/logout/", "/cms/logout/"])
def test_a_form_without_its_token_is_refused_in_the_readers_language(address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(address, headers=ENGLISH)
    assert (answer.status_code, language_of(answer.content.decode())) == (403, "en")
    assert language_of(client.post(address).content.decode()) == "zh-Hans"


@pytest.mark.django_db
def test_an_address_of_a_language_speaks_it_whatever_the_reader_asks_for() -> None:
    client = Client()
    client.cookies["hq_lang"] = "en"
    assert language_of(client.get("/shop/p/none/", headers=ENGLISH).content.decode()) == "zh-Hans"
    client.cookies["hq_lang"] = "zh-hans"
    for gone in ("/en/shop/p/none/", "/en/nothing-like-it/", "/en/x.php"):
        assert language_of(client.get(gone, headers=CHINESE).content.decode()) == "en"


@pytest.mark.django_db
def test_one_cookie_holds_the_language_for_the_cashier_the_trace_and_the_documentation() -> None:
    client = Client()
    answer = client.post("/account/language/", {"language": "en", "next": "/"})
    assert answer.cookies["hq_lang"].value == "en"
    for address in ("/t/", "/api/v1/docs", "/pay/none/"):
        assert language_of(client.get(address).content.decode()) == "en"
    assert client.get("/t/?lang=zh-hans").cookies["hq_lang"].value == "zh-hans"
    for address in ("/t/", "/api/v1/docs", "/pay/none/"):
        assert language_of(client.get(address, headers=ENGLISH).content.decode()) == "zh-Hans"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh-hans"),
        ("*", "zh-hans"),
        ("fr", "zh-hans"),
        ("fr, en;q=0.1", "en"),
        ("en;q=0.2, zh-TW;q=0.3", "zh-hans"),
        ("EN-us", "en"),
        ("x" * 5000, "zh-hans"),
        ("\x00;q=9,,;", "zh-hans"),
    ],
)
def test_a_browsers_languages_are_read(header: str, language: str) -> None:
    assert accepted_language(header) == language


@pytest.mark.parametrize(
    ("path", "bare"),
    [("/t/X", True), ("/cms/", True), ("/shop/", False), ("/en/t/X", False), ("/", False), ("/live/songyuan/", False)],
)
def test_which_addresses_have_none(path: str, bare: bool) -> None:
    assert has_no_language(path) is bare
