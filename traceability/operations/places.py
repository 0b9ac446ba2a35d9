"""Bases and plots."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shop.core.errors import InvalidInput
from traceability.models import Plot, ProductionBase
from traceability.models.places import MICRO


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

    Raises InvalidInput for a name that the supplier has already.
    """
    with transaction.atomic():
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


def _beside(base: ProductionBase, number: int) -> dict[str, int]:
    """Plots are drawn around the base's point, a few hundred metres apart, until they are surveyed."""
    steps = ((0, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))[number % 5]
    return {"latitude": base.latitude + steps[0] * 2500, "longitude": base.longitude + steps[1] * 3500}
