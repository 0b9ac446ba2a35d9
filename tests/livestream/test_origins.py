"""A socket opens from the shop's own pages: scheme, host and port alike."""

import pytest
from django.test import override_settings

from shop.config.origins import is_ours, read_origin


def scope(origin: str | None, host: str = "127.0.0.1:8403", scheme: str = "ws", **headers: str) -> dict[str, object]:
    given = [(b"host", host.encode())] + ([] if origin is None else [(b"origin", origin.encode())])
    given += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "websocket", "scheme": scheme, "headers": given}


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        ("http://127.0.0.1:8403", True),
        ("http://127.0.0.1:8404", False),
        ("http://127.0.0.1", False),
        ("https://127.0.0.1:8403", False),
        ("http://localhost:8403", False),
        ("http://127.0.0.1:8403/", False),
        ("http://evil@127.0.0.1:8403", False),
        ("http://127.0.0.1:8403.evil.example", False),
        ("null", False),
        ("", False),
        (None, False),
        ("file://", False),
        ("https://shop.example", True),
        ("HTTPS://SHOP.example:443", True),
        ("http://shop.example", False),
        ("https://shop.example:8443", False),
        ("https://a.shop.example", False),
    ],
)
@override_settings(SITE_URL="https://shop.example", ALLOWED_HOSTS=["127.0.0.1", "shop.example"])
def test_the_origin_is_the_sites_or_that_of_the_host_asked(origin: str | None, ours: bool) -> None:
    assert is_ours(scope(origin)) is ours


@override_settings(SITE_URL="https://shop.example", ALLOWED_HOSTS=[".shop.example"])
def test_a_host_that_is_not_allowed_makes_no_origin_ours() -> None:
    assert is_ours(scope("http://evil.example", host="evil.example")) is False
    assert is_ours(scope("http://www.shop.example", host="www.shop.example")) is True
    twice = scope("http://www.shop.example", host="www.shop.example")
    twice["headers"] = [*twice["headers"], (b"origin", b"https://shop.example")]  # type: ignore[misc]
    assert is_ours(twice) is False


@override_settings(SITE_URL="https://shop.example", ALLOWED_HOSTS=["m.shop.example"])
def test_a_proxy_that_is_believed_says_the_scheme() -> None:
    asked = scope("https://m.shop.example", host="m.shop.example", x_forwarded_proto="https")
    assert is_ours(asked) is False
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        assert is_ours(asked) is True
        assert is_ours(scope("https://m.shop.example", host="m.shop.example", x_forwarded_proto="http")) is False


def test_an_origin_is_scheme_host_and_port() -> None:
    assert read_origin("http://[::1]:8000") == ("http", "[::1]", 8000)
    assert read_origin("http://A.example") == ("http", "a.example", 80)
