"""Short messages, behind a small interface: which sender is used is a setting (SMS_SENDER)."""

import logging
import re
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from shop.core.masking import mask_phone

logger = logging.getLogger(__name__)


class Sender(Protocol):
    """Sends `text` to `phone` (E.164). Raises OSError when the provider can't be reached."""

    def send(self, *, phone: str, text: str) -> None:
        """Send one message."""


class ConsoleSender:
    """Writes messages to the log: the default where no provider is set up."""

    def send(self, *, phone: str, text: str) -> None:
        """Log the message; its digits only where codes may be shown."""
        said = text if settings.SHOW_CODES else re.sub(r"\d", "*", text)
        logger.warning("SMS to %s: %s", mask_phone(phone), said)


class Outbox:
    """Keeps messages in memory, for tests."""

    sent: list[tuple[str, str]] = []

    def send(self, *, phone: str, text: str) -> None:
        """Keep the message."""
        self.sent.append((phone, text))


def signed(text: str) -> str:
    """Return a text with who sends it before it, in the language in force."""
    return _("[Heqiao] %(text)s") % {"text": text}


def send(*, phone: str, text: str) -> None:
    """Send `text` to `phone` (E.164) with the sender of the settings."""
    sender: Sender = import_string(settings.SMS_SENDER)()
    sender.send(phone=phone, text=text)
