"""What the address or the form of a checkout asks to buy."""

from django.http import QueryDict

from shop.core.numbers import read_id
from shop.core.templatetags.heqiao import local

MOST_PIECES = 999_999
# No specification has this id: what can't be read names nothing that is sold, and never the basket.
NOTHING = (0, 1)


def asked_pair(text: str) -> tuple[int, int] | None:
    """Return what is bought alone, (specification, pieces); NOTHING for what can't be read, None where it names nothing."""
    if not text:
        return None
    first, _colon, second = text.partition(":")
    pk, pieces = read_id(first, most_digits=9), read_id(second)
    # Beyond every stock: how many there are is said beside the line.
    return (pk, min(pieces, MOST_PIECES)) if pk is not None and pieces else NOTHING


def address_of(given: QueryDict) -> str:
    """Return the address of the same checkout, for who has to sign in first."""
    same = QueryDict(mutable=True)
    for name in ("buy", "deal", "once", "s", "coupon"):
        same.setlist(name, [value for value in given.getlist(name)[:200] if 0 < len(value) <= 40])
    return f"{local('/shop/checkout/')}?{same.urlencode()}"
