"""Whose failed sign-ins are counted: the visitor's address, never what the visitor says it is."""

import pytest
from django.test import RequestFactory, override_settings

from shop.accounts.adapter import client_ip


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
