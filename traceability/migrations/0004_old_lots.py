"""What was recorded before: weights from events, names from products; then the database conserves the weights."""

import json
from typing import Any

from django.db import migrations, models
from django.db.models import F, Q


def _grams(body: str) -> int:
    try:
        facts = json.loads(body)
        return int((facts.get("childQuantityList") or facts["quantityList"])[0]["quantity"])
    except (ValueError, KeyError, TypeError, LookupError, AttributeError):
        return 0


def fill(apps: Any, _editor: Any) -> None:
    """Fill the new columns. What was sent without a packing counts as packed: it went out."""
    lots, events = apps.get_model("traceability", "ProduceLot"), apps.get_model("traceability", "TraceEvent")
    certificates = apps.get_model("traceability", "ConformityCertificate")
    for lot in lots.objects.select_related("listing").order_by("pk"):
        packings = list(events.objects.filter(lot=lot, step="packing").order_by("seq"))
        packed = min(sum(_grams(event.body) for event in packings), lot.harvested_grams)
        lots.objects.filter(pk=lot.pk).update(
            packed_grams=max(packed, lot.assigned_grams),
            product_zh=lot.listing.name_zh,
            product_en=lot.listing.name_en,
        )
        if packings:
            certificates.objects.filter(lot=lot).update(packing=packings[0])
    apps.get_model("traceability", "LabTest").objects.exclude(report_no="").update(kind="commissioned")


class Migration(migrations.Migration):
    dependencies = [("traceability", "0003_lots_conserve_weight")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            "producelot",
            models.CheckConstraint(
                condition=Q(
                    packed_grams__gte=0,
                    sorted_out_grams__gte=0,
                    packed_grams__lte=F("harvested_grams") - F("sorted_out_grams"),
                ),
                name="lot_within_harvest",
            ),
        ),
        migrations.AddConstraint(
            "producelot",
            models.CheckConstraint(
                condition=Q(
                    assigned_grams__gte=0, mixed_grams__gte=0, assigned_grams__lte=F("packed_grams") - F("mixed_grams")
                ),
                name="lot_within_packed",
            ),
        ),
    ]
