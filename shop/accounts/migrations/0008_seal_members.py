"""Seal organisations and memberships of before, as they are now: the seals' time says so."""

from django.db import migrations

from shop.core.sealed_before import seal_rows


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_words_in_the_back_office"), ("core", "0009_sealed_writes")]

    operations = [
        seal_rows(
            "accounts.Organisation", "kind", "name_zh", "name_en", "credit_code", "division_id", "phone", "is_active"
        ),
        seal_rows("accounts.Membership", "user_id", "organisation_id", "role", "joined_at"),
    ]
