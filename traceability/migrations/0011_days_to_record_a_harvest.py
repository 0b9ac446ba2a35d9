"""Until when the harvest of goods that stay on sale is recorded: a number with dates, and its first row."""

from datetime import date
from typing import Any

from django.db import migrations, models

from shop.core.sealed_before import seal_rows


def begin(apps: Any, _editor: Any) -> None:
    """Write the term that holds until the platform decides otherwise."""
    apps.get_model("traceability", "HarvestTerm").objects.create(
        days=3, document="平台起始规则", valid_from=date(2020, 1, 1)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("traceability", "0010_seal_rules"),
        ("core", "0009_sealed_writes"),
    ]

    operations = [
        migrations.CreateModel(
            name="HarvestTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("document", models.CharField(max_length=200, verbose_name="Document or decision")),
                ("valid_from", models.DateField(verbose_name="First day")),
                (
                    "valid_until",
                    models.DateField(
                        blank=True, help_text="Empty: until the next row begins.", null=True, verbose_name="Last day"
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        help_text="Of goods that stay on sale when their lot is finished.",
                        verbose_name="Days to record a harvest",
                    ),
                ),
            ],
            options={
                "verbose_name": "term to record a harvest",
                "verbose_name_plural": "terms to record a harvest",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("valid_from",),
                        name="harvest_term_once",
                        violation_error_message="A row that begins on this day exists already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="harvest_term_days",
                        violation_error_message="The last day is before the first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__gt", 0)),
                        name="harvest_term_days_positive",
                        violation_error_message="Enter at least one day.",
                    ),
                ],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
        seal_rows("traceability.HarvestTerm", "valid_from", "valid_until", "days", "document"),
    ]
