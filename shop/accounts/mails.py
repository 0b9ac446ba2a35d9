"""Who our mails say they are from: the address of the settings, with the shop's name in the language of the text."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.utils.translation import gettext as _


def sender() -> str:
    """Return the sender of a mail in the language in force."""
    return formataddr((_("Heqiao"), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
