"""Seal units, policies, declarations, needs, gifts and receipts of before, as they are now."""

from typing import Any

from django.db import migrations, models

from shop.core.digests import digest_of
from shop.core.models import new_salt
from shop.core.sealed_before import seal_rows

SALTED = ("donor_name", "words")


def salt(apps: Any, _editor: Any) -> None:
    """Give each gift a salt of its own, and seal its donor's words with it."""
    gifts, writes = apps.get_model("procurement", "Pledge").objects, apps.get_model("core", "SealedWrite")
    for gift in gifts.order_by("pk").iterator(500):
        gift.seal_salt = new_salt() if gift.donor_name or gift.words else ""
        gift.save(update_fields=["seal_salt"])
        salted = {name: {name: getattr(gift, name), "seal_salt": gift.seal_salt} for name in SALTED}
        digests = {name: digest_of(facts) for name, facts in salted.items()}
        writes.objects.create(kind="procurement.pledge", object_id=gift.pk, digests=digests)


class Migration(migrations.Migration):
    dependencies = [("procurement", "0015_seal_payers"), ("core", "0009_sealed_writes")]

    operations = [
        migrations.AddField(
            "pledge",
            "seal_salt",
            models.CharField(
                blank=True,
                default=new_salt,
                help_text="Erased with the donor's words, so that nobody guesses them",
                max_length=32,
            ),
        ),
        seal_rows(
            "procurement.QuotaPolicy",
            "region_code",
            "basis",
            "canteen",
            "from_year",
            "until_year",
            "cap_head_fen",
            "document",
            "ratio_bp",
            "declare_by",
            "fulfil_by",
            "term_days",
            "name_zh",
            "name_en",
        ),
        seal_rows(
            "procurement.QuotaDeclaration",
            "unit_id",
            "year",
            "version",
            "state",
            "canteen",
            "represented_by_id",
            "canteen_spend_fen",
            "union_fen",
            "union_funds_fen",
            "union_gifts_fen",
            "union_reserved_fen",
            "shares",
            "change_reason",
            "accepted_at",
            "in_force_id",
            "ratio_bp",
            "canteen_reserved_fen",
            "reserved_fen",
            "policy_id",
            "contact_name",
            "contact_phone",
            "note",
            "submitted_at",
            "decided_at",
            "reason",
        ),
        seal_rows(
            "procurement.DeclarationSnapshot",
            "declaration_id",
            "unit_id",
            "year",
            "version",
            "canteen",
            "represented_by_id",
            "canteen_spend_fen",
            "union_fen",
            "ratio_bp",
            "policy_id",
            "shares",
            "canteen_reserved_fen",
            "union_reserved_fen",
            "reserved_fen",
            "change_reason",
            "submitted_by_id",
            "submitted_at",
            "confirmed_by_id",
            "confirmed_at",
        ),
        seal_rows(
            "procurement.Need",
            "slug",
            "beneficiary_id",
            "state",
            "title_zh",
            "title_en",
            "text_zh",
            "text_en",
            "picture_key",
            "people",
            "until",
            "ship_name",
            "ship_phone",
            "ship_division_id",
            "ship_street",
            "published_at",
        ),
        seal_rows("procurement.NeedLine", "need_id", "specification_id", "wanted"),
        seal_rows(
            "procurement.Pledge",
            "need_id",
            "beneficiary_id",
            "donor_id",
            "purchase_id",
            "certificate_code",
            "created_at",
        ),
        seal_rows("procurement.ReceiptLink", "order_id", "token_hash", "created_at", "expires_at", "used_at"),
        seal_rows("procurement.PledgeReceipt", "pledge_id", "picture_id", "words", "at"),
        seal_rows(
            "procurement.BudgetUnit",
            "organisation_id",
            "kind",
            "parent_id",
            "path",
            "region_code",
            "approvals",
            "people",
            "ship_name",
            "ship_phone",
            "ship_division_id",
            "ship_street",
            "needs_two_receivers",
            "terms",
        ),
        migrations.RunPython(salt, migrations.RunPython.noop),
    ]
