"""What a visitor says of the host and the proxy: nothing of it reaches a page, a link or what is kept for others."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests.factories import make_listing, make_user

pytestmark = pytest.mark.django_db
FOREIGN = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "X-Forwarded-Port": "666",
    "X-Original-URL": "/evil/",
    "X-Rewrite-URL": "/evil/",
    "Forwarded": "host=evil.example;proto=https",
    "X-Host": "evil.example",
}


@pytest.fixture
def kept(settings: Any) -> None:
    settings.PAGE_CACHE_SECONDS = 60


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "evil.example:80"]
)
def test_a_foreign_host_gets_no_page(host: str) -> None:
    for address in ("/", "/shop/", "/account/login/", "/api/v1/openapi.json"):
        answer = Client().get(address, headers={"Host": host})
        assert answer.status_code == 400, address
        assert b"evil.example" not in answer.content


def test_a_host_that_a_proxy_is_said_to_have_asked_for_is_in_no_page_and_in_no_link(kept: None) -> None:
    listing = make_listing()
    for address in ("/", "/shop/", f"/shop/products/{listing.pk}/", "/account/login/?next=/account/"):
        first = Client().get(address, headers=FOREIGN, follow=False)
        second = Client().get(address)
        assert first.status_code == second.status_code, address
        for answer in (first, second):
            assert b"evil" not in answer.content
            assert "evil" not in answer.headers.get("Location", "")


def test_a_message_leads_to_no_host_that_was_sent() -> None:
    make_user("zhou@example.cn")
    Client().post("/account/password/reset/", {"login": "zhou@example.cn"}, headers=FOREIGN)
    assert len(mail.outbox) == 1
    assert "evil" not in mail.outbox[0].body + mail.outbox[0].subject


def test_the_method_and_the_path_are_those_of_the_request() -> None:
    override = {"X-HTTP-Method-Override": "DELETE", "X-Original-URL": "/admin/"}
    assert Client().get("/account/logout/", headers=override).status_code == 302
    assert Client().get("/healthz", headers=override).status_code == 200


@pytest.mark.parametrize("forged", ["198.51.100.{}", "10.0.0.{}, 198.51.100.1", "::{}"])
def test_sign_ins_are_counted_by_where_they_come_from_whatever_they_say(forged: str) -> None:
    """Without a proxy of ours nothing is believed: another address each time is one address."""
    make_user("zhou@example.cn")
    answers = [
        Client()
        .post(
            "/account/login/",
            {"way": "password", "login": "zhou@example.cn", "password": "wrong"},
            headers={"X-Forwarded-For": forged.format(turn), "X-Real-IP": forged.format(turn)},
        )
        .status_code
        for turn in range(12)
    ]
    # Five failures of one name in five minutes; then every further one is refused, the right one too.
    assert set(answers[:5]) == {422}
    assert answers[-1] in {422, 429}
    right = {"way": "password", "login": "zhou@example.cn", "password": "orchard-2026"}
    assert Client().post("/account/login/", right, headers={"X-Forwarded-For": "192.0.2.77"}).status_code != 302
