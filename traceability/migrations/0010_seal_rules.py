"""Seal required tests and limits of keeping of before, as they are now: the seals' time says so."""

from django.db import migrations

from shop.core.sealed_before import seal_rows


class Migration(migrations.Migration):
    dependencies = [("traceability", "0009_gone_with_disposed_lots"), ("core", "0009_sealed_writes")]

    operations = [
        seal_rows("traceability.TestRequirement", "valid_from", "valid_until", "category_id", "item", "document"),
        seal_rows(
            "traceability.KeepingLimit",
            "valid_from",
            "valid_until",
            "category_id",
            "stored_days",
            "keeps_days",
            "document",
        ),
    ]
