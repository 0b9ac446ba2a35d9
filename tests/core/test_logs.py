"""Tokens of addresses stand in no log."""

import logging

import pytest
from django.conf import settings

from shop.core.logs import HideTokens, without_tokens


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Gone: /pledges/receipt/WzEsImFiYyJd:1vPq:sig-_x/", "Gone: /pledges/receipt/***/"),
        ("Gone: /en/pledges/receipt/WzEsImFiYyJd:1vPq:sig-_x/", "Gone: /en/pledges/receipt/***/"),
        ("Gone: /api/v1/receipts/WzEsImFiYyJd:1vPq:sig-_x", "Gone: /api/v1/receipts/***"),
        ("Not Found: /pledges/receipts/123456789012/", "Not Found: /pledges/receipts/123456789012/"),
        (
            "GET /account/orders/DD26-1/?t=abcdefgh&lang=en HTTP/1.1",
            "GET /account/orders/DD26-1/?t=***&lang=en HTTP/1.1",
        ),
        ("GET /account/orders/?lang=en&t=abcdefgh", "GET /account/orders/?lang=en&t=***"),
        ("/cms/password_reset/confirm/MQ/c8z1-abcdef0123456789/", "/cms/password_reset/confirm/MQ/***/"),
        ("Not Found: /shop/p/meixian-golden-pomelo/", "Not Found: /shop/p/meixian-golden-pomelo/"),
    ],
)
def test_a_line_keeps_everything_but_tokens(said: str, kept: str) -> None:
    assert without_tokens(said) == kept


def test_the_sites_handler_hides_them_in_arguments_too() -> None:
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["tokens"]
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Gone: %s", ("/pledges/receipt/abcdefghijkl/",), None
    )
    assert HideTokens().filter(record)
    assert record.getMessage() == "Gone: /pledges/receipt/***/"
