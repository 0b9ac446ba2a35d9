"""While the database is away readers are asked to come back; an error of ours stays one."""

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from shop.core.outages import is_database_away


class Cause(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__()
        self.sqlstate = sqlstate


def error(kind: type[Exception], sqlstate: str | None) -> Exception:
    made = kind("x")
    made.__cause__ = Cause(sqlstate)
    return made


@pytest.mark.parametrize(
    ("kind", "sqlstate", "away"),
    [
        (OperationalError, None, True),
        (InterfaceError, None, True),
        (OperationalError, "57P01", True),
        (OperationalError, "57P03", True),
        (OperationalError, "08006", True),
        (OperationalError, "53300", True),
        (OperationalError, "55P03", False),  # a lock was not had in time
        (OperationalError, "40P01", False),  # a deadlock
        (OperationalError, "57014", False),  # a statement took too long
        (ValueError, None, False),
    ],
)
def test_what_counts_as_away(monkeypatch, kind: type[Exception], sqlstate: str | None, away: bool) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    assert is_database_away(error(kind, sqlstate)) is away


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "kind"), [("/", "text/html"), ("/api/v1/products", "application/problem+json")])
def test_pages_and_the_api_ask_to_come_back(monkeypatch, path: str, kind: str) -> None:
    client = Client(raise_request_exception=False)

    def gone(*_given: object, **_options: object) -> None:
        raise error(OperationalError, "57P01")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", gone)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert answer.headers["Content-Type"].startswith(kind)
    if path == "/":
        assert "稍等一下" in answer.content.decode()
