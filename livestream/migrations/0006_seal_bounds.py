"""Seal bounds of drops of before, as they are now: the seals' time says so."""

from django.db import migrations

from shop.core.sealed_before import seal_rows


class Migration(migrations.Migration):
    dependencies = [("livestream", "0005_bounds_of_drops_and_cancelled_sessions"), ("core", "0009_sealed_writes")]

    operations = [
        seal_rows("livestream.DropBounds", "document", "valid_from", "valid_until", "deep_percent", "traded_days"),
    ]
