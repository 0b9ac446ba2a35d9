"""Counting how often a code was opened: a copied code shows by it."""

from django.db.models import F

from traceability.models import TracedParcel


def count_scan(*, parcel_id: int) -> int:
    """Count one more opening of a parcel's page; return how many there were, this one too."""
    TracedParcel.objects.filter(pk=parcel_id).update(scans=F("scans") + 1)
    return TracedParcel.objects.values_list("scans", flat=True).get(pk=parcel_id)
