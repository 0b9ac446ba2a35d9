"""Whose failed sign-ins are counted: the visitor's address, never what the visitor says it is."""

from typing import Any

import pytest
import uvicorn
from django.test import RequestFactory, override_settings

from shop.core.client_address import client_ip
from shop.demo import children


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
    ],
)
def test_only_trusted_proxies_are_believed(rf: RequestFactory, proxies: int, forwarded: str, address: str) -> None:
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies):
        assert client_ip(rf.get("/", headers={"X-Forwarded-For": forwarded})) == address


def test_nobody_is_believed_without_a_proxy_of_ours(settings: Any) -> None:
    assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0
    units = (settings.BASE_DIR / "deploy/systemd").glob("*.service")
    serving = [text for text in (unit.read_text() for unit in units) if "--host" in text]
    assert [
        ("TRUSTED_PROXIES=1" in text, "uvicorn" not in text or "--no-proxy-headers" in text) for text in serving
    ] == [(True, True)] * 2


def test_the_demos_server_believes_no_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default uvicorn takes X-Forwarded-For from whoever is on this machine for the visitor's address."""
    told: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda _application, **options: told.update(options))
    children._serve(8000)
    assert told["proxy_headers"] is False
