"""Divisions, which of them are assisted and watched, and the pairings between them."""

from django.conf import settings

from shop.core.models import AssistancePairing, Division
from shop.core.regions import load_divisions
from shop.demo.world import read


def load_places() -> int:
    """Load the published divisions where there are none; mark assisted and watched counties; pair. Return how many."""
    if not Division.objects.exists():
        load_divisions(path=settings.BASE_DIR / "static" / "build" / "divisions.json")
    world = read("places")
    Division.objects.filter(code__in=world["watched"]).update(is_assisted=True, is_watched=True)
    Division.objects.filter(code__in=world["assisted"]).update(is_assisted=True)
    known = set(AssistancePairing.objects.values_list("assisting_id", "assisted_id", "since_year"))
    AssistancePairing.objects.bulk_create(
        [
            AssistancePairing(assisting_id=assisting, assisted_id=assisted, since_year=year)
            for assisting, assisted, year in sorted({tuple(each) for each in world["pairings"]} - known)
        ]
    )
    return Division.objects.filter(is_assisted=True).count()
