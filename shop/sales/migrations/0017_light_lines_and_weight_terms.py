"""What weighed less at the door stands apart of what was rejected; between which percents a weight is believed."""

from datetime import date
from typing import Any

import django.core.validators
import django.db.models.expressions
from django.db import migrations, models


def _begin(apps: Any, _editor: Any) -> None:
    """Write the first row of percents."""
    apps.get_model("sales", "WeightTerms").objects.create(since=date(2026, 1, 1))


class Migration(migrations.Migration):
    dependencies = [
        ("order", "0021_billingaddress_code_shippingaddress_code"),
        ("sales", "0016_transfer_slips"),
    ]

    operations = [
        migrations.CreateModel(
            name="WeightTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(unique=True)),
                (
                    "least_percent",
                    models.PositiveSmallIntegerField(
                        default=25,
                        help_text="Lighter is a slip of the unit, or pieces that did not arrive.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="At the door: least percent of the weight of the accepted pieces",
                    ),
                ),
                (
                    "most_percent",
                    models.PositiveSmallIntegerField(
                        default=200,
                        help_text="Heavier is a slip of the unit or the comma.",
                        validators=[
                            django.core.validators.MinValueValidator(100),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="At the door: most percent of the weight of the accepted pieces",
                    ),
                ),
                (
                    "packed_least_percent",
                    models.PositiveSmallIntegerField(
                        default=34,
                        help_text="Of goods charged by weight; the most is what was charged.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="When packing: least percent of the weight that was charged",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="Document or decision")),
            ],
            options={
                "verbose_name": "weights that are believed",
                "verbose_name_plural": "weights that are believed",
                "ordering": ["-since"],
            },
        ),
        migrations.AddField(
            model_name="linefacts",
            name="light_fen",
            field=models.BigIntegerField(
                default=0, help_text="Of refunded_fen: accepted pieces that weighed less at the door"
            ),
        ),
        migrations.AddConstraint(
            model_name="linefacts",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("light_fen__gte", 0),
                    (
                        "light_fen__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("refunded_fen"), "-", models.F("weighed_back_fen")
                        ),
                    ),
                ),
                name="line_light_within_refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="weightterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("least_percent__gt", 0),
                    ("least_percent__lte", 100),
                    ("most_percent__gte", 100),
                    ("packed_least_percent__gt", 0),
                    ("packed_least_percent__lte", 100),
                ),
                name="weight_terms_around_what_is_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="weightterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("least_percent__lt", models.F("most_percent"))),
                name="weight_terms_least_below_most",
            ),
        ),
        migrations.RunPython(_begin, migrations.RunPython.noop),
    ]
