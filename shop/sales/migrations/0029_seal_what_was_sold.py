"""Seal lines, sources, consents, money, parcels and accounts of before, as they are now: the seal's time says so."""

import secrets
from datetime import datetime
from typing import Any

from django.db import migrations, models
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
ACCOUNT = ("pk", "holder", "bank", "number", "version", "way", "given_at", "salt")
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
    _accounts(apps, seals, now)


def _accounts(apps: Any, seals: Any, now: datetime) -> None:
    """Seal the accounts that refunds go to, with the entry that the last word of each was given with."""
    entries = apps.get_model("core", "AuditEntry").objects.filter(object_kind="purchase", action="refund_account_given")
    given = dict(entries.order_by("pk").values_list("object_id", "pk"))
    for account in apps.get_model("sales", "RefundAccount").objects.select_related("purchase").order_by("pk"):
        account.salt = secrets.token_hex(16)
        account.save(update_fields=["salt"])
        entry = given.get(account.purchase.number)
        if entry is not None:
            facts = {name: getattr(account, name) for name in ACCOUNT}
            seals.objects.create(kind="refund_account", object_id=entry, digest=digest_of(facts), at=now)


def _as_sent(apps: Any, parcels: dict[int, dict[str, Any]]) -> None:
    """Seal the numbers that parcels were sent with: what corrections made of them is in the audit trail."""
    entries = apps.get_model("core", "AuditEntry").objects.filter(object_kind="shipment", action="tracking_corrected")
    for pk, data in entries.order_by("-pk").values_list("object_id", "data"):
        if int(pk) in parcels:
            parcels[int(pk)] |= {"carrier": data["old_carrier"], "tracking_no": data["old_number"]}


class Migration(migrations.Migration):
    dependencies = [("sales", "0028_words_in_the_back_office"), ("core", "0008_sealed_facts")]

    operations = [
        migrations.AddField(
            "refundaccount",
            "salt",
            models.CharField(
                blank=True,
                default="",
                help_text="Of its seal, which tells nothing once it is erased",
                max_length=32,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
