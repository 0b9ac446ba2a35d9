"""Seal the trace codes of parcels of before, as they are now."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from shop.core.sealed import digest_of

AT_ONCE = 500
FACTS = ("pk", "supplier_id", "shipment_id", "code", "shipped_at")


def fill(apps: Any, _editor: Any) -> None:
    seals, now = apps.get_model("core", "SealedFacts"), timezone.now()
    rows = apps.get_model("traceability", "TracedParcel").objects.order_by("pk").values(*FACTS)
    seals.objects.bulk_create(
        (
            seals(kind="traced_parcel", object_id=row["pk"], digest=digest_of(row), at=now)
            for row in rows.iterator(AT_ONCE)
        ),
        batch_size=AT_ONCE,
    )


class Migration(migrations.Migration):
    dependencies = [("traceability", "0011_days_to_record_a_harvest"), ("core", "0008_sealed_facts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
