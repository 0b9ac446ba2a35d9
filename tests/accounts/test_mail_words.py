"""Every mail and short message, in both languages: what it says, who it is from, and nothing of the other language."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import wagtail.admin
from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core import mail
from django.utils import timezone, translation

from shop.accounts import sms
from shop.accounts.models import User
from shop.accounts.one_time_codes import start
from shop.accounts.operations import people
from shop.core import catalogues
from tests.factories import make_user

HAN, LATIN = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]"), re.compile(r"[A-Za-z]{2,}")
PACKAGES = ("shop", "catalog", "procurement", "livestream", "traceability")
# Who sends something out of the shop: each is read below.
SENDERS = {
    "shop/accounts/operations/messages.py",
    "shop/accounts/one_time_codes.py",
    "shop/accounts/operations/people.py",
    "shop/accounts/sms.py",
}


@pytest.fixture
def sent(settings: Any) -> list[tuple[str, str]]:
    """What was sent by short message."""
    settings.SMS_SENDER = "shop.accounts.sms.Outbox"
    settings.SEND_CODES_ASIDE = False
    sms.Outbox.sent.clear()
    return sms.Outbox.sent


def written_in(language: str, text: str) -> str:
    found = (LATIN if language == "zh-hans" else HAN).search(text)
    assert found is None, (language, text)
    return text


def test_nothing_else_sends_mails_or_short_messages() -> None:
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for package in PACKAGES
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).split(".")[-1]
            in {"send_mail", "send_mass_mail", "EmailMessage", "EmailMultiAlternatives", "mail_admins", "mail_managers"}
        )
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in {"sms.send", "sender.send"})
    }
    assert found == SENDERS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "subject", "text", "signed"),
    [
        ("zh-hans", "禾桥验证码", r"您在禾桥的验证码是 \d{6}，10 分钟内有效，请勿告诉他人。", "【禾桥】"),
        (
            "en",
            "Your code for Heqiao",
            r"\d{6} is your code for Heqiao\. It is good for 10 minutes; tell it to nobody\.",
            "[Heqiao] ",
        ),
    ],
)
def test_a_code_is_sent_in_the_language_that_asked(
    sent: list[tuple[str, str]], language: str, subject: str, text: str, signed: str
) -> None:
    with translation.override(language):
        start(SessionStore(), purpose="sign_up", destination="zhou@example.com")
        start(SessionStore(), purpose="sign_up", destination="+8613800002046")
    (letter,) = mail.outbox
    assert letter.subject == written_in(language, subject)
    assert re.fullmatch(text, written_in(language, letter.body.replace("Heqiao", "")) and letter.body)
    assert letter.from_email.partition(" <")[0] in {"Heqiao", "=?utf-8?b?56a+5qGl?=", "禾桥"}
    assert written_in(language, sent[0][1].replace("【禾桥】", "")).startswith(signed) or language == "zh-hans"
    assert re.fullmatch(re.escape(signed) + text, sent[0][1])


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_who_lost_a_phone_or_an_address_is_told_in_the_accounts_language(
    sent: list[tuple[str, str]], language: str, django_capture_on_commit_callbacks: Any
) -> None:
    user = make_user("zhou@example.com", phone="+8613800002046", language=language)
    other = "en" if language == "zh-hans" else "zh-hans"
    with translation.override(other), django_capture_on_commit_callbacks(execute=True):
        people.change_phone(user=User.objects.get(pk=user.pk), phone="+8613800002047", at=timezone.now())
        people.change_email(user=User.objects.get(pk=user.pk), email="new@example.com", at=timezone.now())
    (letter,), ((phone, text),) = mail.outbox, sent
    assert (letter.to, phone) == (["zhou@example.com"], "+8613800002046")
    if language == "en":
        assert (letter.subject, letter.body, text) == (
            "Your e-mail at Heqiao was changed",
            "The e-mail of your account was changed. If this was not you, call us at once.",
            "[Heqiao] The phone of your account was changed. If this was not you, call us at once.",
        )
    else:
        assert (letter.subject, letter.body, text) == (
            "您在禾桥的邮箱已更换",
            "您账号的邮箱已更换。如非本人操作，请立即致电我们。",
            "【禾桥】您账号的手机号已更换。如非本人操作，请立即致电我们。",
        )


def test_every_mail_of_the_cms_has_chinese_words() -> None:
    folder = Path(wagtail.admin.__file__).parent / "templates" / "wagtailadmin" / "notifications"
    texts = {message for path in folder.iterdir() for _line, message, _context in catalogues._messages(path)}
    assert len(texts) > 20
    with translation.override("zh-hans"):
        left = [text for text in texts if isinstance(text, str) and translation.gettext(text) == text]
        left += [
            text[0]
            for text in texts
            if not isinstance(text, str) and HAN.search(translation.ngettext(text[0], text[1], 2)) is None
        ]
    assert left == []
