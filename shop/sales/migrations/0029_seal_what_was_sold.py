"""Seal the lines, sources, consents, money and parcels of the time before, as they are now: the seal's time says so."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from shop.core.sealed import digest_of

AT_ONCE = 500
LINE = (
    *("pk", "order_id", "order__purchase_id", "order__supplier_id", "order__placed_at"),
    *("listing_id", "specification_id", "stock_id", "name_zh", "name_en", "spec_zh", "spec_en", "picture_key"),
    *("unit_price_fen", "discount_fen", "price_source", "net_grams", "ordered"),
    *("county_code", "village_id", "pairing", "certificate_id", "is_fresh", "damage_covered", "is_weighed"),
    *("promised_until", "promised_from"),
)
SOURCE = ("pk", "purchase_id", "kind", "ref", "label")
CONSENT = ("pk", "offer_id", "supplier_id", "version", "terms", "most_fen", "ends_at", "asked_at", "asked_by_id")
MONEY = ("pk", "payment_id", "amount_fen", "payer", "reference", "reference_key", "actor_id", "at")
PARCEL = ("pk", "order_id", "carrier", "tracking_no", "shipped_at")
PACKED = ("shipment_id", "line_id", "quantity", "grams", "piece_grams")
KINDS = (
    ("order_line", "LineFacts", LINE),
    ("order_source", "OrderAttribution", SOURCE),
    ("offer_consent", "OfferConsent", CONSENT),
    ("remittance", "Remittance", MONEY),
)


def fill(apps: Any, _editor: Any) -> None:
    def model(name: str) -> Any:
        return apps.get_model("sales", name).objects

    seals, now = apps.get_model("core", "SealedFacts"), timezone.now()

    def keep(kind: str, rows: Any) -> None:
        seals.objects.bulk_create(
            [seals(kind=kind, object_id=row["pk"], digest=digest_of(row), at=now) for row in rows], batch_size=AT_ONCE
        )

    for kind, name, names in KINDS:
        keep(kind, model(name).order_by("pk").values(*names).iterator(AT_ONCE))
    parcels = {row["pk"]: row | {"lines": []} for row in model("Shipment").order_by("pk").values(*PARCEL)}
    for pk, *packed in model("ShipmentLine").order_by("line_id").values_list(*PACKED):
        parcels[pk]["lines"].append(packed)
    _as_sent(apps, parcels)
    keep("parcel", parcels.values())


def _as_sent(apps: Any, parcels: dict[int, dict[str, Any]]) -> None:
    """Seal the numbers that parcels were sent with: what corrections made of them is in the audit trail."""
    entries = apps.get_model("core", "AuditEntry").objects.filter(object_kind="shipment", action="tracking_corrected")
    for pk, data in entries.order_by("-pk").values_list("object_id", "data"):
        if int(pk) in parcels:
            parcels[int(pk)] |= {"carrier": data["old_carrier"], "tracking_no": data["old_number"]}


class Migration(migrations.Migration):
    dependencies = [("sales", "0028_words_in_the_back_office"), ("core", "0008_sealed_facts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
