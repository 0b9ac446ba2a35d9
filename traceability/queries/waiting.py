"""What orders wait while no sound lot is there, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.core.texts import sentences
from traceability.hooks import Waiting

NAMED_AT_MOST = 5


def waiting_words(waiting: Waiting) -> str:
    """Return how many orders wait without goods, and what becomes of them; "" for none."""
    if not waiting.pieces:
        return ""
    counted = ngettext(
        "%(orders)d paid order waits for %(pieces)d pieces, and no sound lot has them.",
        "%(orders)d paid orders wait for %(pieces)d pieces, and no sound lot has them.",
        waiting.orders,
    ) % {"orders": waiting.orders, "pieces": waiting.pieces}
    named = ", ".join(waiting.numbers[:NAMED_AT_MOST]) + (" …" if len(waiting.numbers) > NAMED_AT_MOST else "")
    counted = _("%(counted)s Orders: %(numbers)s.") % {"counted": counted, "numbers": named} if named else counted
    rest = _("They stay open: send them from a new lot, or cancel them, and the buyers get their money back.")
    return sentences(counted, rest)
