"""Which city assists which county (东西部协作, 对口帮扶), by year. A line of an order keeps it as it was then."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils import timezone

from shop.core.models import AssistancePairing
from shop.core.prepared import Prepared

_ALL = Prepared(lambda: AssistancePairing.objects.order_by("assisting_id", "assisted_id", "since_year"))


def pairings_of(counties: Collection[str], at: datetime) -> dict[str, str]:
    """Return, by county code, the pairings that hold for it in the year of `at`, as text. One query; none without counties.

    A pairing with a prefecture or a province holds for each county in it. Two cities may assist one county:
    "4419-5306,4420-5306". Counties that nobody assists are left out.
    """
    wanted = {code for code in counties if code}
    if not wanted:
        return {}
    year = timezone.localtime(at).year
    valid = [row for row in _ALL() if row.since_year <= year <= (row.until_year or year)]
    found = {
        code: pairing_text((row.assisting_id, row.assisted_id) for row in valid if code.startswith(row.assisted_id))
        for code in wanted
    }
    return {code: text for code, text in found.items() if text}


def pairing_text(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs of codes as a line keeps them: in order, each once."""
    return ",".join(f"{assisting}-{assisted}" for assisting, assisted in sorted(set(pairs)))


def pairing_codes(text: str) -> list[tuple[str, str]]:
    """Return the pairs (assisting, assisted) of what a line keeps."""
    parts = (part.partition("-") for part in text.split(",") if part)
    return [(assisting, assisted) for assisting, _dash, assisted in parts]
