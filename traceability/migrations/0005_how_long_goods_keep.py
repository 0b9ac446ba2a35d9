"""How long goods may be stored and keep: a table with dates, and the first row, which holds for all goods."""

from datetime import date
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def begin(apps: Any, _editor: Any) -> None:
    """Write the limit that holds where nothing else is said."""
    apps.get_model("traceability", "KeepingLimit").objects.create(
        stored_days=365, keeps_days=1095, document="平台起始规则", valid_from=date(2020, 1, 1)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("traceability", "0004_old_lots"),
        ("catalogue", "0032_category_exclude_from_menu_category_long_description"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeepingLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stored_days",
                    models.PositiveSmallIntegerField(help_text="From the harvest to the packing, at most"),
                ),
                (
                    "keeps_days",
                    models.PositiveSmallIntegerField(
                        help_text="Best before, at most, where a product has no shelf life"
                    ),
                ),
                ("document", models.CharField(max_length=120)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, help_text="Its last day", null=True)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: all goods for which nothing else is said",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.category",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                        name="keeping_limit_days",
                    ),
                    models.UniqueConstraint(fields=("category", "valid_from"), name="keeping_limit_once"),
                    models.UniqueConstraint(
                        fields=("valid_from",), condition=Q(category__isnull=True), name="keeping_limit_of_all_once"
                    ),
                ],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
