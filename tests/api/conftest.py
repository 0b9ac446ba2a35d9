"""Programs that act for people."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shop.accounts.models import User
from shop.accounts.operations.tokens import issue_token


@dataclass
class Program:
    """A client with a person's token (or none)."""

    secret: str = ""
    language: str = "en"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def send(self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
        """Send a request below /api/v1/ and return the answer, with its JSON as `data`."""
        sent: dict[str, str] = {"Accept-Language": self.language, **headers}
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        if key:
            sent["Idempotency-Key"] = key
        data = b"" if body is None else json.dumps(body).encode()
        answer = self.client.generic(method, f"/api/v1{path}", data, "application/json", headers=sent)
        answer.data = json.loads(answer.content) if answer.content else None
        return answer

    def get(self, path: str, **facts: Any) -> Any:
        """Read."""
        return self.send("GET", path, **facts)

    def post(self, path: str, body: Any = None, **facts: Any) -> Any:
        """Write."""
        return self.send("POST", path, {} if body is None else body, **facts)


def program_of(user: User, *scopes: str, language: str = "en") -> Program:
    """Return a program with a token of `user`: all that its roles allow, or `scopes`."""
    fresh = User.objects.get(pk=user.pk)
    _token, secret = issue_token(actor=fresh, at=timezone.now(), label="test", scopes=scopes or None, days=1)
    return Program(secret, language)


@pytest.fixture
def anonymous() -> Program:
    """A program without token."""
    return Program()


MakeProgram = Callable[..., Program]
