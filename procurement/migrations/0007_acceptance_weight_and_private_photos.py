"""What was not charged for weight stands apart; photos of acceptances, of receipts and slips leave the public media."""

from collections.abc import Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Q

from shop.core.private_files import private_storage
from shop.sales.rules import pieces_paid
from shop.sales.weight_rules import less_for_weight, weight_reduction

KINDS = ("webp", "avif")


def split_short(apps: Any, _editor: BaseDatabaseSchemaEditor) -> None:
    """Work out what of each short line was for weight, by the rule that it was reduced by then."""
    rows = apps.get_model("procurement", "AcceptanceLine").objects
    lines = apps.get_model("sales", "LineFacts").objects
    for row in rows.filter(short_fen__gt=0, weighed_grams__isnull=False).select_related("line").order_by("pk"):
        line = row.line
        value = pieces_paid(line.unit_price_fen, row.accepted, line.ordered, line.discount_fen)
        should = line.net_grams * row.accepted
        if line.is_weighed and line.shipped:
            value -= less_for_weight(line.weighed_back_fen, row.accepted, line.shipped)
            should = line.weighed_grams * row.accepted // line.shipped
        fen = min(row.short_fen, weight_reduction(value, should, row.weighed_grams))
        rows.filter(pk=row.pk).update(weight_fen=fen)
        lines.filter(pk=line.pk, refunded_fen__gte=F("weighed_back_fen") + F("light_fen") + fen).update(
            light_fen=F("light_fen") + fen
        )


def hide_photos(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Move the files of private photos where no address leads; the public ones go once the rows say so."""
    pictures = apps.get_model("catalog", "Picture").objects
    used = Q(pk__in=apps.get_model("procurement", "AcceptancePhoto").objects.values("picture"))
    used |= Q(pk__in=apps.get_model("procurement", "PledgeReceipt").objects.exclude(picture=None).values("picture"))
    used |= Q(pk__in=apps.get_model("sales", "Refund").objects.exclude(proof=None).values("proof"))
    shown = apps.get_model("catalog", "ListingPicture").objects.values("picture")
    gone: list[str] = []
    for picture in pictures.filter(used, is_private=False).exclude(pk__in=shown):
        names = [f"{picture.key}-{width}.{kind}" for width in picture.widths for kind in KINDS]
        for name in names:
            if name.endswith("webp") and default_storage.exists(name) and not private_storage().exists(name):
                with default_storage.open(name) as stream:
                    private_storage().save(name, ContentFile(stream.read()))
        gone += names
        pictures.filter(pk=picture.pk).update(is_private=True)
    transaction.on_commit(lambda: _delete(gone), using=editor.connection.alias)


def _delete(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0008_private_pictures"),
        ("procurement", "0006_cancel_requests"),
        ("sales", "0017_light_lines_and_weight_terms"),
    ]

    operations = [
        migrations.AddField(
            model_name="acceptanceline",
            name="weight_fen",
            field=models.BigIntegerField(default=0, help_text="Of short_fen: accepted pieces that weighed less"),
        ),
        migrations.AddConstraint(
            model_name="acceptanceline",
            constraint=models.CheckConstraint(
                condition=Q(weight_fen__gte=0, weight_fen__lte=F("short_fen")),
                name="acceptance_line_weight_within_short",
            ),
        ),
        migrations.RunPython(split_short, migrations.RunPython.noop),
        migrations.RunPython(hide_photos, migrations.RunPython.noop),
    ]
