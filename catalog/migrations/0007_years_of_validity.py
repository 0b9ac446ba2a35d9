"""Certified output runs by years of validity instead of calendar years; cards know the day on which they change."""

from datetime import date, timedelta
from typing import Any

from django.db import migrations, models


def _anniversary(first: date, years: int) -> date:
    try:
        return first.replace(year=first.year + years)
    except ValueError:
        return date(first.year + years, 3, 1)


def give_days(apps: Any, _editor: Any) -> None:
    """Give each calendar year the year of validity that begins in it; a surplus last one is no year of its own."""
    years = apps.get_model("catalog", "CertifiedYear")
    for row in years.objects.select_related("certificate").order_by("certificate_id", "year"):
        first, last = row.certificate.valid_from, row.certificate.valid_until
        start = _anniversary(first, row.year - first.year)
        if start > last:
            row.delete()
            continue
        years.objects.filter(pk=row.pk).update(
            starts_on=start,
            ends_on=min(_anniversary(first, row.year - first.year + 1) - timedelta(days=1), last),
            output_grams=row.certificate.yearly_output_grams,
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_stock_changes")]
    operations = [
        migrations.AddField("certifiedyear", "starts_on", models.DateField(null=True)),
        migrations.AddField("certifiedyear", "ends_on", models.DateField(null=True)),
        migrations.AddField("certifiedyear", "output_grams", models.BigIntegerField(null=True)),
        migrations.RunPython(give_days, migrations.RunPython.noop),
        migrations.AlterField("certifiedyear", "starts_on", models.DateField()),
        migrations.AlterField("certifiedyear", "ends_on", models.DateField(help_text="Its last day")),
        migrations.AlterField("certifiedyear", "output_grams", models.BigIntegerField()),
        migrations.AddConstraint(
            "certifiedyear",
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="certified_year_days"),
        ),
        migrations.AddField(
            "listingcard",
            "changes_on",
            models.DateField(null=True, help_text="The first day on which the same facts make another card"),
        ),
        migrations.AddIndex(
            "listingcard",
            models.Index(fields=["changes_on"], name="card_changes", condition=models.Q(changes_on__isnull=False)),
        ),
    ]
