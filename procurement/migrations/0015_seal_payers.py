"""Seal the accounts that units had registered before, as they are now: the seal's time says so."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from shop.core.sealed import digest_of

PAYER = ("pk", "unit_id", "name", "bank", "account", "added_by_id", "added_at")


def fill(apps: Any, _editor: Any) -> None:
    seals, now = apps.get_model("core", "SealedFacts"), timezone.now()
    rows = apps.get_model("procurement", "UnitPayer").objects.order_by("pk").values(*PAYER)
    seals.objects.bulk_create(
        [seals(kind="unit_payer", object_id=row["pk"], digest=digest_of(row), at=now) for row in rows], batch_size=500
    )


class Migration(migrations.Migration):
    dependencies = [("procurement", "0014_seal_papers"), ("core", "0008_sealed_facts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
