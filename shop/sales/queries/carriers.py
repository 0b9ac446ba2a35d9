"""Who brings parcels: what they are called, and who may be chosen today."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from shop.sales.models import Carrier
from shop.sales.texts import in_reader_language

# They change a few times a year: a minute old is fresh, and pages of orders need not ask for them each time.
KEY, SECONDS = "sales.carriers", 60


@dataclass(frozen=True, slots=True)
class CarrierFacts:
    """A carrier in one time: `pattern` is "" for one whose parcels go without a number."""

    code: str
    name_zh: str
    name_en: str
    pattern: str
    example: str
    valid_from: date
    valid_until: date | None
    position: int

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return in_reader_language(self.name_zh, self.name_en)

    @property
    def takes_number(self) -> bool:
        """Whether its parcels have a number of their own."""
        return bool(self.pattern)

    def fits(self, number: str) -> bool:
        """Tell whether `number` looks like one of its."""
        return re.fullmatch(self.pattern, number, re.ASCII) is not None


def carriers_of(at: datetime) -> list[CarrierFacts]:
    """Return who may be chosen on the day of `at`, in the order of lists. One query a minute."""
    day = timezone.localdate(at)
    # The later row of a code replaces the one that has no last day.
    begun = {each.code: each for each in _rows() if each.valid_from <= day}
    valid = [each for each in begun.values() if each.valid_until is None or each.valid_until >= day]
    return sorted(valid, key=lambda each: (each.position, each.code))


def carrier_of(code: str, at: datetime) -> CarrierFacts | None:
    """Return the carrier if it may be chosen on the day of `at`, None where it may not."""
    return next((each for each in carriers_of(at) if each.code == code), None)


def carrier_then(code: str, at: datetime) -> CarrierFacts | None:
    """Return the carrier as it was on the day of `at`, over or not; the first row of its code for a day before all."""
    day = timezone.localdate(at)
    found = [each for each in _rows() if each.code == code]
    begun = [each for each in found if each.valid_from <= day]
    return begun[-1] if begun else found[0] if found else None


def carrier_names(code: str, at: datetime) -> tuple[str, str]:
    """Return what a carrier was called on the day of `at`, Chinese and English; its code for one without any row."""
    found = carrier_then(code, at)
    return (found.name_zh, found.name_en) if found else (code, code)


def carrier_name(code: str, at: datetime) -> str:
    """Return what a carrier was called on the day of `at`, in the reader's language."""
    return in_reader_language(*carrier_names(code, at))


def brings_itself(shipment: Any) -> bool:
    """Tell whether a parcel was brought by its supplier: its number is the order's own."""
    found = carrier_then(shipment.carrier, shipment.shipped_at)
    return found is not None and not found.takes_number


def forget_carriers() -> None:
    """Let the next reader ask anew, after one was changed."""
    cache.delete(KEY)


def _rows() -> list[CarrierFacts]:
    """Return all rows, the earlier of a code first."""
    return cache.get_or_set(KEY, _asked, SECONDS) or []


def _asked() -> list[CarrierFacts]:
    rows = Carrier.objects.order_by("code", "valid_from").values_list(
        "code", "name_zh", "name_en", "number_pattern", "example", "valid_from", "valid_until", "position"
    )
    return [CarrierFacts(*row) for row in rows]
