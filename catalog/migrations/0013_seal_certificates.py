"""Seal certificates of before, as they are now: the seals' time says so."""

from django.db import migrations

from shop.core.sealed_before import seal_rows


class Migration(migrations.Migration):
    dependencies = [("catalog", "0012_gone_with_lots_and_revoked"), ("core", "0009_sealed_writes")]

    operations = [
        seal_rows(
            "catalog.Certificate",
            "kind",
            "number",
            "issuer_zh",
            "issuer_en",
            "holder_id",
            "scope_zh",
            "scope_en",
            "area_mu",
            "valid_from",
            "valid_until",
            "yearly_output_grams",
            "is_revoked",
            "revoked_at",
            "revoked_reason",
        ),
        seal_rows(
            "catalog.CertifiedYear", "certificate_id", "year", "starts_on", "ends_on", "output_grams", "account_id"
        ),
        seal_rows("catalog.CertifiedListing", "certificate_id", "listing_id", "draws"),
    ]
