"""What orders wait while no sound lot is there, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.core.texts import sentences
from traceability.hooks import Waiting


def waiting_words(waiting: Waiting) -> str:
    """Return how many orders wait without goods, and what becomes of them; "" for none."""
    if not waiting.pieces:
        return ""
    counted = ngettext(
        "%(orders)d paid order waits for %(pieces)d pieces, and no sound lot has them.",
        "%(orders)d paid orders wait for %(pieces)d pieces, and no sound lot has them.",
        waiting.orders,
    ) % {"orders": waiting.orders, "pieces": waiting.pieces}
    rest = _("They stay open: send them from a new lot, or cancel them, and the buyers get their money back.")
    return sentences(counted, rest)
