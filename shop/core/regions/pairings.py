"""Which city assists which county (东西部协作, 对口帮扶), by year. A line of an order keeps it as it was then."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from shop.core.models import AssistancePairing
from shop.core.prepared import Prepared

_ALL = Prepared(
    lambda: AssistancePairing.objects.order_by("assisting_id", "assisted_id", "since_year").values_list(
        "assisting_id", "assisted_id", "since_year", "until_year"
    )
)
# They change once in years: a minute old is fresh, and placing an order need not ask for them each time.
KEY, SECONDS = "core.pairings", 60


def pairings_of(counties: Collection[str], at: datetime) -> dict[str, str]:
    """Return, by county code, the pairings that hold for it in the year of `at`, as text. One query a minute.

    A pairing with a prefecture or a province holds for each county in it. Two cities may assist one county:
    "4419-5306,4420-5306". Counties that nobody assists are left out.
    """
    wanted = {code for code in counties if code}
    if not wanted:
        return {}
    year = timezone.localtime(at).year
    rows = cache.get_or_set(KEY, lambda: list(_ALL()), SECONDS) or []
    valid = [(city, place) for city, place, since, until in rows if since <= year <= (until or year)]
    found = {code: pairing_text(pair for pair in valid if code.startswith(pair[1])) for code in wanted}
    return {code: text for code, text in found.items() if text}


def pairing_text(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs of codes as a line keeps them: in order, each once."""
    return ",".join(f"{assisting}-{assisted}" for assisting, assisted in sorted(set(pairs)))


def pairing_codes(text: str) -> list[tuple[str, str]]:
    """Return the pairs (assisting, assisted) of what a line keeps."""
    parts = (part.partition("-") for part in text.split(",") if part)
    return [(assisting, assisted) for assisting, _dash, assisted in parts]
