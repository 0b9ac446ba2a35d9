"""Which offers of the platform's are deep: they need an end, a budget and a second person. Pure."""

from shop.sales.reducing import WHOLE_BP, Gives, Needs

WHOLE_PERCENT = 100


def is_deep(*, gives: Gives, value: int, needs: Needs, threshold: int, percent: int) -> bool:
    """Tell whether an offer may take `percent` or more off the goods that it needs.

    `value` is what it gives (1/100 of a percent, or 分), `threshold` what it needs (分, pieces or kinds). What says
    nothing of the goods' price - an amount off so many pieces - may be all of it, and is deep.
    """
    if gives == Gives.PERCENT:
        return value * WHOLE_PERCENT >= percent * WHOLE_BP
    if gives == Gives.CHEAPEST and needs != Needs.VALUE and threshold > 0:
        return percent * threshold <= WHOLE_PERCENT
    if gives == Gives.FIXED and needs == Needs.VALUE and threshold > 0:
        return value * WHOLE_PERCENT >= percent * threshold
    return True
