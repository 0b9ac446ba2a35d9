"""What changed on a shelf, in the reader's language."""

from django.utils.translation import gettext as _

from catalog.models import StockChange
from catalog.states import StockChangeKind, StockReason
from shop.core.times import moment


def pool_words(kind: str) -> str:
    """Return what a pool is for, by its kind (the word before the colon)."""
    return {
        "main": _("In the shop"),
        "drop": _("Flash sales"),
        "quote": _("Quotes"),
        "contract": _("Contracts"),
        "lot": _("Held lots: not for sale"),
    }.get(kind, _("Set apart"))


def change_words(change: StockChange) -> str:
    """Return what happened and why: "Changed by hand: New harvest or delivery"."""
    said = str(StockChangeKind(change.kind).label)
    if change.counted is not None:
        said = _("%(what)s: %(why)s") % {"what": said, "why": change.counted}
    elif change.reason:
        said = _("%(what)s: %(why)s") % {"what": said, "why": StockReason(change.reason).label}
    elif change.kind in (StockChangeKind.CARVED, StockChangeKind.RETURNED):
        said = _("%(what)s: %(why)s") % {"what": said, "why": pool_words(change.reference.partition(":")[0])}
    elif change.reference:
        said = _("%(what)s: %(why)s") % {"what": said, "why": change.reference}
    return said


def told_change(change: StockChange) -> str:
    """Return a change in one line: what, how many, when."""
    return f"{change_words(change)} {change.pieces:+d} ({moment(change.at)})"
