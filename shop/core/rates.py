"""How often something is done in a minute, over all processes: for what is only dear, not for what may be guessed.

Counted in the cache, which is quick; where the cache is away or has thrown the count out, in the database, exactly
(`limits`). A burst over the turn of a minute may be twice as large.
"""

from datetime import datetime

from django.core.cache import cache

from shop.core import limits

MINUTE = 60


def is_within(*, key: str, most: int, at: datetime) -> bool:
    """Count one use of `key` in this minute; False beyond `most`."""
    of_minute = f"rates:{key}:{int(at.timestamp() // MINUTE)}"
    if cache.add(of_minute, 1, MINUTE * 2):
        return most > 0
    try:
        return int(cache.incr(of_minute)) <= most
    except ValueError:
        return limits.take(key=of_minute, amount=most, seconds=MINUTE, at=at)
