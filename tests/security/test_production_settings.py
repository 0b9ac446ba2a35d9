"""Production refuses to start with a missing or default secret, and says which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
GOOD = {
    "SECRET_KEY": "k3v9" * 12,
    "DATABASE_URL": "postgres://app@127.0.0.1/heqiao",
    "ALLOWED_HOSTS": "heqiao.example",
    "SITE_URL": "https://heqiao.example",
    "EMAIL_URL": "smtp+tls://shop:secret@mail.example:587",
    # Any class that can be found: what it sends is the operator's.
    "SMS_SENDER": "logging.handlers.HTTPHandler",
}
SHOW = (
    "import shop.config.settings.production as s;"
    "print(s.DEBUG, s.DEMO_CASHIER, s.SHOW_CODES, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
    " s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, 'shop.demo.apps.DemoConfig' in s.INSTALLED_APPS)"
)


def start(tmp_path: Path, **changed: str | None) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", **given}
    return subprocess.run(
        [sys.executable, "-c", SHOW], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_with_its_secrets_it_starts_closed(tmp_path: Path) -> None:
    outcome = start(tmp_path)
    assert outcome.stdout.split() == ["False", "False", "False", "True", "True", "True", "True", "False"], (
        outcome.stderr
    )


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_one_is_named(tmp_path: Path, name: str) -> None:
    outcome = start(tmp_path, **{name: None})
    assert outcome.returncode != 0
    assert f"ImproperlyConfigured: {name} is missing" in outcome.stderr


@pytest.mark.parametrize("key", ["tiny-key", "heqiao-demo-key-that-production-refuses"])
def test_the_demos_key_and_short_ones_are_refused(tmp_path: Path, key: str) -> None:
    outcome = start(tmp_path, SECRET_KEY=key)
    assert outcome.returncode != 0
    assert "ImproperlyConfigured: SECRET_KEY" in outcome.stderr
    assert key not in outcome.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SITE_URL", "http://heqiao.example", "not https"),
        ("SITE_URL", "heqiao.example", "not https"),
        ("SITE_URL", "https://", "not https"),
        ("SITE_URL", "https://heqiao.example/shop/", "a host alone"),
        ("SITE_URL", "https://other.example", "ALLOWED_HOSTS does not let in"),
        ("ALLOWED_HOSTS", "*", "any host"),
        ("ALLOWED_HOSTS", "heqiao.example,*", "any host"),
        ("ALLOWED_HOSTS", "heqiao.example, *", "any host"),
        ("EMAIL_URL", "consolemail://", "sends no mail"),
        ("EMAIL_URL", "dummymail://", "sends no mail"),
        ("EMAIL_URL", "memorymail://", "sends no mail"),
        ("SMS_SENDER", "shop.accounts.sms.ConsoleSender", "sends no messages"),
        ("SMS_SENDER", "shop.accounts.sms.Outbox", "sends no messages"),
        ("SMS_SENDER", "shop.nothing.here.Sender", "no class that can be found"),
        ("SMS_SENDER", "Sender", "no class that can be found"),
    ],
)
def test_what_would_open_the_shop_is_refused_and_named(tmp_path: Path, name: str, value: str, why: str) -> None:
    outcome = start(tmp_path, **{name: value})
    assert outcome.returncode != 0
    last = outcome.stderr.splitlines()[-1]
    assert f"ImproperlyConfigured: {name} " in last
    assert why in last
