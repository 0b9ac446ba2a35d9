"""Heavier pieces are sent for what was charged; a light weight is asked about: between which percents, since when."""

from typing import Any

import django.core.validators
from django.db import migrations, models


def raise_likely(apps: Any, _editor: Any) -> None:
    """Have rows whose least is above the new default of what is likely ask about nothing more than they refused."""
    rows = apps.get_model("sales", "WeightTerms").objects
    rows.filter(packed_least_percent__gt=66).update(packed_likely_percent=models.F("packed_least_percent"))


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0017_light_lines_and_weight_terms"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="weightterms",
            name="weight_terms_around_what_is_due",
        ),
        migrations.AddField(
            model_name="linefacts",
            name="heavy_grams",
            field=models.PositiveIntegerField(default=0, help_text="What they weigh above that, and nobody pays"),
        ),
        migrations.AddField(
            model_name="weightterms",
            name="packed_likely_percent",
            field=models.PositiveSmallIntegerField(
                default=66,
                help_text="Less has to be confirmed: the weight of one piece is easily entered for two.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)],
                verbose_name="When packing: least percent that is taken without asking",
            ),
        ),
        migrations.AddField(
            model_name="weightterms",
            name="packed_most_percent",
            field=models.PositiveSmallIntegerField(
                default=130,
                help_text="What is above the weight that was charged is sent, and costs nothing.",
                validators=[
                    django.core.validators.MinValueValidator(100),
                    django.core.validators.MaxValueValidator(1000),
                ],
                verbose_name="When packing: most percent of the weight that was charged",
            ),
        ),
        migrations.AlterField(
            model_name="linefacts",
            name="weighed_grams",
            field=models.PositiveIntegerField(
                default=0, help_text="What is charged of the sent pieces of a weighed line"
            ),
        ),
        migrations.AlterField(
            model_name="weightterms",
            name="packed_least_percent",
            field=models.PositiveSmallIntegerField(
                default=34,
                help_text="Of goods charged by weight. Less is refused.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)],
                verbose_name="When packing: least percent of the weight that was charged",
            ),
        ),
        migrations.RunPython(raise_likely, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="weightterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("least_percent__gt", 0),
                    ("least_percent__lte", 100),
                    ("most_percent__gte", 100),
                    ("packed_least_percent__gt", 0),
                    ("packed_least_percent__lte", models.F("packed_likely_percent")),
                    ("packed_likely_percent__lte", 100),
                    ("packed_most_percent__gte", 100),
                ),
                name="weight_terms_around_what_is_due",
            ),
        ),
    ]
