"""What is said of a text that is no number of pieces: the same words beside a field and in the row of a file."""

from django.utils.translation import gettext as _

from shop.core.numbers import CountFault


def count_words(fault: str, typed: str, least: int = 1) -> str:
    """Return why `typed` is no number of pieces, and what to write instead: `least` or more."""
    said = {
        CountFault.NO_QUANTITY: _("No quantity. Write how many pieces."),
        CountFault.NOT_A_NUMBER: _("“%(typed)s” is not a number of pieces. Write digits."),
        CountFault.OTHER_UNIT: _("“%(typed)s” is not counted in pieces. Write how many pieces that is."),
        CountFault.NOT_WHOLE: (
            _("“%(typed)s” is not a whole number of pieces above zero.")
            if least
            else _("“%(typed)s” is not a whole number of pieces. Write 0 for none, or how many.")
        ),
    }[CountFault(fault)]
    return said % {"typed": typed}
