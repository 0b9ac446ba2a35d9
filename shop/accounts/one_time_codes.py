"""One-time codes that prove a phone or an e-mail. The session keeps a digest, never the code.

A code is for one purpose and one destination, lives ten minutes, bears five wrong tries, and works once.
"""

import secrets
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.mail import send_mail
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from shop.accounts import sms
from shop.core.errors import DomainError
from shop.core.masking import mask_email, mask_phone

SESSION_KEY = "accounts_code"
SHOWN_KEY = "accounts_shown_code"
DIGITS = 6
LIFE_SECONDS = 600
TRIES = 5
RESEND_SECONDS = 60


class WrongCode(DomainError):
    """The code is not the one that was sent, or is too old."""

    code = "wrong_code"
    status = 422


class NotSent(DomainError):
    """The code could not be sent."""

    code = "code_not_sent"
    status = 503


@dataclass
class Pending:
    """A code that was sent: what for, where to, and what to do with the answer. `digest` is empty for a decoy."""

    purpose: str
    destination: str
    digest: str
    salt: str
    sent_at: float
    tries: int = 0
    user_id: int | None = None
    payload: dict[str, Any] = field(default_factory=dict)

    @property
    def is_phone(self) -> bool:
        """Tell whether the destination is a phone."""
        return "@" not in self.destination

    @property
    def masked(self) -> str:
        """The destination as it may be shown."""
        return mask_phone(self.destination) if self.is_phone else mask_email(self.destination)

    @property
    def resend_in(self) -> int:
        """Seconds until it may be sent again."""
        return max(0, int(self.sent_at + RESEND_SECONDS - time.time()))


def _digest(code: str, salt: str, purpose: str, destination: str) -> str:
    return salted_hmac(f"accounts.code:{salt}", f"{purpose}:{destination}:{code}", algorithm="sha256").hexdigest()


def start(
    session: SessionBase,
    *,
    purpose: str,
    destination: str,
    user_id: int | None = None,
    payload: dict[str, Any] | None = None,
    decoy: bool = False,
) -> Pending:
    """Send a code to `destination` (E.164 phone or e-mail) and remember it in the session.

    A `decoy` looks the same to whoever asks, but nothing is sent and no answer is right: whether an account exists
    stays unknown. Raises NotSent when the provider fails.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    salt = secrets.token_hex(8)
    digest = "" if decoy else _digest(code, salt, purpose, destination)
    pending = Pending(purpose, destination, digest, salt, time.time(), user_id=user_id, payload=payload or {})
    session.pop(SHOWN_KEY, None)
    if not decoy:
        _send(pending, code)
        if settings.SHOW_CODES:
            session[SHOWN_KEY] = code
    session[SESSION_KEY] = asdict(pending)
    return pending


def _send(pending: Pending, code: str) -> None:
    text = _("%(code)s is your code for Heqiao. It is good for 10 minutes; tell it to nobody.") % {"code": code}
    try:
        if pending.is_phone:
            sms.send(phone=pending.destination, text=f"【禾桥】{text}")
        else:
            send_mail(_("Your code for Heqiao"), text, None, [pending.destination])
    except OSError as error:
        raise NotSent(_("The code could not be sent. Please try again in a minute.")) from error


def pending(session: SessionBase) -> Pending | None:
    """Return the code that is waited for, or None."""
    kept = session.get(SESSION_KEY)
    return Pending(**kept) if kept else None


def shown_code(session: SessionBase) -> str:
    """Return the code itself in the demo, "" elsewhere."""
    return session.get(SHOWN_KEY, "") if settings.SHOW_CODES else ""


def forget(session: SessionBase) -> None:
    """Drop the code that is waited for."""
    session.pop(SESSION_KEY, None)
    session.pop(SHOWN_KEY, None)


def check(session: SessionBase, typed: str) -> Pending:
    """Return what the code was for, and use it up. Raises WrongCode, which says what to do."""
    waiting = pending(session)
    if waiting is None:
        raise WrongCode(_("This code was used or is too old. Ask for a new one."), code="code_gone")
    if time.time() - waiting.sent_at > LIFE_SECONDS or waiting.tries >= TRIES:
        forget(session)
        raise WrongCode(_("This code was used or is too old. Ask for a new one."), code="code_gone")
    digits = "".join(character for character in typed if character.isdigit())
    digest = _digest(digits, waiting.salt, waiting.purpose, waiting.destination)
    if not waiting.digest or not constant_time_compare(digest, waiting.digest):
        waiting.tries += 1
        session[SESSION_KEY] = asdict(waiting)
        left = TRIES - waiting.tries
        if left <= 0:
            raise WrongCode(_("That was wrong five times. Ask for a new code."), field="code")
        raise WrongCode(_("This code is not right: check the six digits."), field="code")
    forget(session)
    return waiting
