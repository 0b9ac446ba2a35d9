"""The bank's numbers are compared by letters and digits alone: a dash more or less is no other payment.

Rows that become the same by that are kept: lines of the statement are counted as the one line that they are; of
remittances of one payment, and of refunds, the later one's key says its own id, so that no third one joins them.
"""

import unicodedata
from typing import Any

from django.db import migrations, models
from django.db.models import Q


def key_of(text: str) -> str:
    """Return letters and digits, as `rules.reference_key` does today; without any, what no other text gives."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in unicodedata.normalize("NFKC", plain) if sign.isalnum())[:60] or f"#{text}"


def fill_keys(apps: Any, _editor: Any) -> None:
    """Write the keys of what was booked and paid out."""
    _fill(apps.get_model("sales", "Remittance").objects.exclude(reference=""), "reference", "payment_id")
    by_hand = apps.get_model("sales", "Refund").objects.exclude(provider_ref="").filter(payment__gateway="transfer")
    _fill(by_hand, "provider_ref", "")
    kept: dict[str, Any] = {}
    for row in apps.get_model("sales", "StatementLine").objects.order_by("pk"):
        key = key_of(row.reference)
        first = kept.get(key)
        if first is None:
            kept[key], row.key = row, key
            row.save(update_fields=["key"])
            continue
        first.booked_fen += row.booked_fen
        first.amount_fen = max(first.amount_fen, row.amount_fen, first.booked_fen)
        first.is_stated = first.is_stated or row.is_stated
        row.delete()
        first.save(update_fields=["booked_fen", "amount_fen", "is_stated"])


def _fill(rows: Any, name: str, within: str) -> None:
    seen = set()
    for row in rows.order_by("pk"):
        key = key_of(getattr(row, name))
        if (getattr(row, within) if within else 0, key) in seen:
            key = f"{key}#{row.pk}"
        seen.add((getattr(row, within) if within else 0, key))
        row.reference_key = key
        row.save(update_fields=["reference_key"])


class Migration(migrations.Migration):
    dependencies = [("sales", "0022_late_interest")]

    operations = [
        migrations.RemoveConstraint(model_name="remittance", name="remittance_reference_once"),
        migrations.RemoveIndex(model_name="remittance", name="remittance_by_reference"),
        migrations.AlterField(
            model_name="remittance",
            name="reference",
            field=models.CharField(blank=True, help_text="The bank's number of the line, as typed", max_length=60),
        ),
        migrations.AddField(
            model_name="remittance",
            name="reference_key",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Its letters and digits, by which lines are compared",
                max_length=80,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="refund",
            name="reference_key",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Of what finance paid: the letters and digits of the bank's reference",
                max_length=80,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="statementline",
            name="reference",
            field=models.CharField(help_text="The bank's number of the line, as typed first", max_length=60),
        ),
        migrations.AddField(
            model_name="statementline",
            name="key",
            field=models.CharField(default="", max_length=80),
            preserve_default=False,
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="statementline",
            name="key",
            field=models.CharField(
                help_text="Its letters and digits, by which lines are compared", max_length=80, unique=True
            ),
        ),
        migrations.AddIndex(
            model_name="remittance",
            index=models.Index(
                condition=~Q(reference_key=""), fields=["reference_key"], name="remittance_by_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.UniqueConstraint(
                condition=~Q(reference_key=""),
                fields=("payment", "reference_key"),
                name="remittance_reference_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=~Q(reference_key=""), fields=("reference_key",), name="refund_reference_key_once"
            ),
        ),
    ]
