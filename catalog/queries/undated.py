"""Why no production date is promised of goods, in the reader's language: the same words at every door."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.states import Undated


def undated_words(why: str, covered: int = 0) -> str:
    """Return why nothing can be promised of pieces that are bought now; "" where nothing is to be said.

    `covered`: for how many pieces a date could be promised.
    """
    if why == Undated.BEYOND_LOTS:
        words = ngettext(
            "No production date can be promised for so many pieces: lots cover only %(n)d.",
            "No production date can be promised for so many pieces: lots cover only %(n)d.",
            covered,
        )
        return words % {"n": covered}
    return {
        Undated.HARVEST_TO_COME: _("No production date can be promised: the next harvest is still to be recorded."),
        Undated.NOT_PACKED: _("No production date can be promised: what was harvested is not packed yet."),
    }.get(why, "")  # type: ignore[call-overload]  # a code of `Undated`, or ""


def undated_order_words(why: str) -> str:
    """Return why nothing was promised of pieces that were ordered; "" where nothing is to be said."""
    return {
        Undated.HARVEST_TO_COME: _("No production date was promised: the next harvest is still to be recorded."),
        Undated.NOT_PACKED: _("No production date was promised: what was harvested is not packed yet."),
        Undated.BEYOND_LOTS: _("No production date was promised: no lot covered all of these pieces."),
        Undated.STOPPED: _(
            "The goods that this was to come from can't be sent: their lot failed a test, or expired. The dates that were"
            " promised don't hold; its supplier sends other goods, or cancels it."
        ),
    }.get(why, "")  # type: ignore[call-overload]  # a code of `Undated`, or ""
