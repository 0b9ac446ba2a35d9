"""Bases and plots."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shop.core import audit
from shop.core.errors import InvalidInput
from traceability.errors import UnknownBase
from traceability.models import Plot, ProductionBase
from traceability.models.places import MICRO
from traceability.rules import papers


@dataclass(frozen=True)
class Spot:
    """A point on the map, in degrees."""

    latitude: Decimal
    longitude: Decimal

    @property
    def micro(self) -> dict[str, int]:
        """The point as it is stored. Raises InvalidInput for what is not on earth."""
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise InvalidInput(_("Latitude is between -90 and 90, longitude between -180 and 180."), field="latitude")
        return {"latitude": int(self.latitude * MICRO), "longitude": int(self.longitude * MICRO)}


def add_base(
    *,
    supplier_id: int,
    name: tuple[str, str],
    place: tuple[str, str],
    spot: Spot,
    contact: str = "",
    altitude_m: int | None = None,
    village_id: int | None = None,
    plots: tuple[tuple[str, str, int], ...] = (),
    actor: Any,
) -> ProductionBase:
    """Add a base with its plots (name in Chinese and English, area in tenths of a 亩); return it.

    Raises InvalidInput for a name that the supplier has already, and for an address (field `place`) or phone number
    (field `contact`) that a certificate could not carry.
    """
    with transaction.atomic():
        _check_paper(place[0], contact)
        if ProductionBase.objects.filter(supplier_id=supplier_id, name_zh=name[0]).exists():
            raise InvalidInput(_("You have a base of this name already."), code="name_used", field="name")
        base = ProductionBase.objects.create(
            supplier_id=supplier_id,
            village_id=village_id,
            name_zh=name[0],
            name_en=name[1],
            place_zh=place[0],
            place_en=place[1],
            contact=contact,
            altitude_m=altitude_m,
            **spot.micro,
        )
        Plot.objects.bulk_create(
            [
                Plot(base=base, name_zh=zh, name_en=en, area_tenth_mu=area, **_beside(base, number))
                for number, (zh, en, area) in enumerate(plots)
            ]
        )
    return base


def complete_base(*, supplier_id: int, base_id: int, place: str, contact: str, actor: Any, at: datetime) -> None:
    """Set the phone number of a base, and its address where none stands yet. Certificates issued before keep theirs.

    An address that stands is sealed with the lots that grew there, and stays. Raises InvalidInput, UnknownBase.
    """
    with transaction.atomic():
        base = ProductionBase.objects.select_for_update().filter(pk=base_id, supplier_id=supplier_id).first()
        if base is None:
            raise UnknownBase(_("There is no such base."))
        place = base.place_zh or place.strip()
        _check_paper(place, contact)
        ProductionBase.objects.filter(pk=base_id).update(place_zh=place, contact=contact.strip())
        audit.record(action="base_completed", object_kind="base", object_id=base_id, actor=actor, at=at)


def _check_paper(place: str, contact: str) -> None:
    missing = papers.missing(producer="--", origin=place, contact=contact)
    if "place" in missing:
        raise InvalidInput(_("Enter the address down to the village: it stands on the certificate."), field="place")
    if "contact" in missing:
        raise InvalidInput(_("Enter a phone number that buyers can ring, with its area code."), field="contact")


def _beside(base: ProductionBase, number: int) -> dict[str, int]:
    """Plots are drawn around the base's point, a few hundred metres apart, until they are surveyed."""
    steps = ((0, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))[number % 5]
    return {"latitude": base.latitude + steps[0] * 2500, "longitude": base.longitude + steps[1] * 3500}
