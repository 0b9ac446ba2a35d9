"""One-time codes that prove a phone or an e-mail. The database keeps a digest, the session which code it waits for.

A code is for one purpose and one destination, lives ten minutes, bears five tries, and works once. Tries are counted
by conditional updates before the answer is looked at: of a hundred answers sent at the same moment five are read.
"""

import logging
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.mail import send_mail
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from shop.accounts import mails, sms
from shop.accounts.models import OneTimeCode
from shop.accounts.models.codes import MOST_TRIES as TRIES
from shop.core import periodic
from shop.core.codes import packed_code
from shop.core.errors import DomainError
from shop.core.masking import mask_email, mask_phone

# Subject, text, sender, receivers.
Letter = tuple[str, str, str, list[str]]
logger = logging.getLogger(__name__)
SESSION_KEY = "accounts_code"
# Here an account, or an order, is or is not there: who asks is answered before anything is sent, so that neither how
# long it takes nor a provider that fails tells which.
ASKED_OF_ANYBODY = frozenset({"reset", "sign_up", "find_order"})
SHOWN_KEY = "accounts_shown_code"
FROM_KEY = "accounts_code_from"
DIGITS = 6
JOINED_TRIES = 2
LIFE_SECONDS = 600
RESEND_SECONDS = 60
KEPT = timedelta(days=1)


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
    """Send a code to `destination` (E.164 phone or e-mail); the session waits for it, and for no earlier one.

    A `decoy` looks the same to whoever asks, but nothing is sent and no answer is right: whether an account exists
    stays unknown. Raises NotSent when the provider fails, except where that would tell.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    salt = secrets.token_hex(8)
    row = OneTimeCode(
        handle=secrets.token_urlsafe(32),
        purpose=purpose,
        destination=destination,
        digest="" if decoy else _digest(code, salt, purpose, destination),
        salt=salt,
        sent_at=timezone.now(),
        user_id=user_id,
        payload=payload or {},
    )
    session.pop(SHOWN_KEY, None)
    if not decoy:
        _send(_pending_of(row), code)
    forget(session)
    row.save(force_insert=True)
    if not decoy and settings.SHOW_CODES:
        session[SHOWN_KEY] = code
    session[SESSION_KEY] = row.handle
    session[FROM_KEY] = [purpose, row.payload.get("next", "")]
    return _pending_of(row)


def on_its_way(session: SessionBase, *, purpose: str, destination: str, about: str, decoy: bool) -> OneTimeCode | None:
    """Return the last code that was asked for alike and is still good; None where this session waits for it already."""
    young = OneTimeCode.objects.filter(used_at=None, sent_at__gte=timezone.now() - timedelta(seconds=LIFE_SECONDS))
    rows = young.filter(purpose=purpose, destination=destination, payload__about=about)
    rows = rows.filter(digest="") if decoy else rows.exclude(digest="")
    row, mine = rows.order_by("-sent_at", "-pk").first(), _row(session)
    return None if row is None or (mine and mine.salt == row.salt) else row


def join(session: SessionBase, sent: OneTimeCode, *, user_id: int | None, payload: dict[str, Any]) -> None:
    """Let this session answer a code that another one asked for: whoever has the phone reads it, and it works once.

    With fewer tries than who asked first, so that many who join guess little.
    """
    forget(session)
    row = OneTimeCode(
        handle=secrets.token_urlsafe(32),
        purpose=sent.purpose,
        destination=sent.destination,
        digest=sent.digest,
        salt=sent.salt,
        sent_at=sent.sent_at,
        tries=TRIES - JOINED_TRIES,
        user_id=user_id,
        payload=payload,
    )
    row.save(force_insert=True)
    session[SESSION_KEY] = row.handle
    session[FROM_KEY] = [row.purpose, payload.get("next", "")]


def _send(pending: Pending, code: str) -> None:
    text = _("%(code)s is your code for Heqiao. It is good for 10 minutes; tell it to nobody.") % {"code": code}
    subject = _("Your code for Heqiao")
    if pending.is_phone:
        text = sms.signed(text)
    # In the reader's language, which a thread does not know.
    letter = (subject, text, mails.sender(), [pending.destination])
    if pending.purpose in ASKED_OF_ANYBODY and settings.SEND_CODES_ASIDE:
        # No daemon: a server that stops sends it first.
        threading.Thread(target=_send_aside, args=(pending, letter)).start()
        return
    try:
        _hand_over(pending, letter)
    except OSError as error:
        if pending.purpose not in ASKED_OF_ANYBODY:
            raise NotSent(_("The code could not be sent. Please try again in a minute.")) from error
        logger.warning("a code was not sent: %s", type(error).__name__)


def _send_aside(pending: Pending, letter: Letter) -> None:
    try:
        _hand_over(pending, letter)
    except Exception as error:  # noqa: BLE001  reason: nobody waits for it any more; they may ask again in a minute
        logger.warning("a code was not sent: %s", type(error).__name__)


def _hand_over(pending: Pending, letter: Letter) -> None:
    if pending.is_phone:
        sms.send(phone=pending.destination, text=letter[1])
    else:
        send_mail(*letter)


def pending(session: SessionBase) -> Pending | None:
    """Return the code that is waited for, or None. One query where there is one."""
    row = _row(session)
    return _pending_of(row) if row else None


def shown_code(session: SessionBase) -> str:
    """Return the code itself in the demo, "" elsewhere."""
    return session.get(SHOWN_KEY, "") if settings.SHOW_CODES else ""


def asked_from(session: SessionBase) -> tuple[str, str]:
    """Return the purpose of the code that was sent last, and our own page that it was asked for on; ("", "") for none."""
    found = session.get(FROM_KEY)
    return (str(found[0]), str(found[1])) if isinstance(found, list) and len(found) == 2 else ("", "")


def forget(session: SessionBase) -> None:
    """Drop the code that is waited for."""
    handle = session.pop(SESSION_KEY, None)
    session.pop(SHOWN_KEY, None)
    if isinstance(handle, str):
        OneTimeCode.objects.filter(handle=handle).delete()


def check(session: SessionBase, typed: str) -> Pending:
    """Return what the code was for, and use it up. Raises WrongCode, which says what to do."""
    digits = packed_code(typed)
    if not re.fullmatch(r"[0-9]{6}", digits):
        # No code at all, so no wrong one: it costs no try.
        raise WrongCode(_("This code is not right: check the six digits."), field="code")
    row = _row(session)
    if row is None or not _take_try(row, timezone.now()):
        forget(session)
        raise WrongCode(_("This code was used or is too old. Ask for a new one."), code="code_gone")
    digest = _digest(digits, row.salt, row.purpose, row.destination)
    if not row.digest or not constant_time_compare(digest, row.digest):
        if row.tries + 1 >= TRIES:
            raise WrongCode(_("That was wrong too often. Ask for a new code."), field="code")
        raise WrongCode(_("This code is not right: check the six digits."), field="code")
    if not _use_up(row, timezone.now()):
        raise WrongCode(_("This code was used or is too old. Ask for a new one."), code="code_gone")
    forget(session)
    session.pop(FROM_KEY, None)
    return _pending_of(row)


def _row(session: SessionBase) -> OneTimeCode | None:
    handle = session.get(SESSION_KEY)
    # Sessions from before the codes were rows hold something else: as good as none.
    return OneTimeCode.objects.filter(handle=handle, used_at=None).first() if isinstance(handle, str) else None


def _take_try(row: OneTimeCode, at: datetime) -> bool:
    """Count one try; False when there is none left, or the code is too old."""
    young = OneTimeCode.objects.filter(pk=row.pk, used_at=None, sent_at__gte=at - timedelta(seconds=LIFE_SECONDS))
    return bool(young.filter(tries__lt=TRIES).update(tries=F("tries") + 1))


def _use_up(row: OneTimeCode, at: datetime) -> bool:
    """Mark the code used, for all sessions that wait for it; False when another answer did."""
    return bool(OneTimeCode.objects.filter(salt=row.salt, used_at=None).update(used_at=at))


def _pending_of(row: OneTimeCode) -> Pending:
    return Pending(
        purpose=row.purpose,
        destination=row.destination,
        digest=row.digest,
        salt=row.salt,
        sent_at=row.sent_at.timestamp(),
        tries=row.tries,
        user_id=row.user_id,
        payload=row.payload,
    )


@periodic.every("accounts.forget_codes", seconds=3600)
def forget_codes(*, at: datetime) -> None:
    """Delete the codes of yesterday: they name phones, and nobody waits for them any more."""
    OneTimeCode.objects.filter(sent_at__lt=at - KEPT).delete()
