"""People and places of the account tests."""

import pytest
from django.test import Client

from shop.accounts import sms
from shop.accounts.models import User
from shop.core.models import Division

PASSWORD = "heqiao-demo-2026"
PLACES = [
    ("44", None, 1, "广东省", "Guangdong"),
    ("4401", "44", 2, "广州市", "Guangzhou City"),
    ("440106", "4401", 3, "天河区", "Tianhe District"),
    ("440105", "4401", 3, "海珠区", "Haizhu District"),
]


@pytest.fixture
def places(db: None) -> None:
    """A province with a city and two counties."""
    for code, parent, level, name_zh, name_en in PLACES:
        Division.objects.update_or_create(
            code=code,
            defaults={
                "parent_id": parent,
                "level": level,
                "name_zh": name_zh,
                "name_en": name_en,
                "full_name_zh": name_zh,
            },
        )


@pytest.fixture
def zhou(db: None) -> User:
    """周敏, with a proved phone, an e-mail and a password."""
    return User.objects.create_user(
        "zhou@example.cn", PASSWORD, phone="+8613800002046", phone_verified=True, name="周敏"
    )


@pytest.fixture
def lin(db: None) -> User:
    """林小雨, by phone only, without password."""
    return User.objects.create_user(phone="+8613900001111", phone_verified=True, name="林小雨")


@pytest.fixture
def signed_in(client: Client, zhou: User) -> Client:
    """周敏's browser."""
    client.post("/account/login/", {"way": "password", "login": "zhou@example.cn", "password": PASSWORD})
    return client


@pytest.fixture
def texts(settings: object) -> list[tuple[str, str]]:
    """The short messages sent during the test."""
    settings.SMS_SENDER = "shop.accounts.sms.Outbox"
    sms.Outbox.sent.clear()
    return sms.Outbox.sent
