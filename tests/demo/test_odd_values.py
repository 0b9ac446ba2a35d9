"""Values that nobody types in every field and every parameter that our code reads, on each page of the demo's list."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from shop.accounts.models import User
from shop.demo.showing import demo_info

pytestmark = pytest.mark.usefixtures("world")
PACKAGES = ("shop", "catalog", "procurement", "livestream", "traceability")
NAMES = re.compile(
    r'(?:GET|POST|given)\.(?:get|getlist)\(\s*"([a-z_]+)"|sent\.(?:line|paragraphs|counts)\(request, "([a-z_]+)"'
)
# Digits that only some functions take for digits, more of them than a number has, no number, half a character.
ODD = ["²", "٣", "9" * 5000, "9" * 25, "-1", "1e400", "NaN", "0x1f", "1_0", "１２", "\u202e1", "\ufffe", "]]>", "${7*7}", "2026-13-45",
       "0001-01-01", "9999-12-31T23:59:59", "a" * 10_000, "🏳\ufe0f\u200d🌈", "'; --"]  # fmt: skip
# They answer for what they do, not for how they are read: they end a session, or leave the site.
LEFT_OUT = ("/account/logout/",)


def names() -> list[str]:
    found: set[str] = set()
    for package in PACKAGES:
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py"):
            found.update(name for match in NAMES.findall(path.read_text(encoding="utf-8")) for name in match if name)
    return sorted(found)


def pages() -> list[tuple[str, str]]:
    seen = {(page.path.split("?")[0], page.login) for page in demo_info().pages if not page.path.startswith(LEFT_OUT)}
    return sorted(seen)


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_odd_value_is_a_failure_of_ours(method: str) -> None:
    asked, broken = names(), []
    assert len(asked) > 60
    clients: dict[str, Client] = {}
    for number, (path, login) in enumerate(pages()):
        client = clients.setdefault(login, Client(raise_request_exception=False))
        if login and "_auth_user_id" not in client.session:
            client.force_login(User.objects.get(email=login), backend="django.contrib.auth.backends.ModelBackend")
        # Each page gets three of them, each of them comes to several pages.
        for turn in range(3):
            value = ODD[(3 * number + turn) % len(ODD)]
            with transaction.atomic():
                answer = getattr(client, method)(path, dict.fromkeys(asked, value))
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                broken.append(f"{path} ({login}): {value[:20]!r}")
    assert broken == []
