"""Seal what is due of deliveries, approvals of offers, and dated settings of before, as they are now: the seals' time says so."""

from django.db import migrations

from shop.core.sealed_before import seal_rows


class Migration(migrations.Migration):
    dependencies = [("sales", "0030_carriers"), ("core", "0009_sealed_writes")]

    operations = [
        seal_rows(
            *("sales.Carrier", "document", "valid_from", "valid_until", "code", "name_zh", "name_en"),
            *("number_pattern", "example", "position"),
        ),
        seal_rows("sales.OfferBounds", "document", "valid_from", "valid_until", "deep_percent"),
        seal_rows(
            "sales.OfferApproval", "offer_id", "terms", "asked_by_id", "asked_at", "approved_by_id", "approved_at"
        ),
        seal_rows("sales.LateInterest", "document", "valid_from", "valid_until", "daily_bp"),
        seal_rows(
            "sales.PayTime", "valid_from", "valid_until", "kind", "online_minutes", "transfer_minutes", "document"
        ),
        seal_rows("sales.DeliveryDue", "order_id", "key", "amount_fen", "accepted_at", "pay_by"),
    ]
