"""Acceptances belong to deliveries: several for an order, with the names of who received, line by line."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("procurement", "0004_fill_versions"),
        ("sales", "0012_deliveries"),
    ]

    operations = [
        migrations.AddField(
            model_name="budgetunit",
            name="needs_two_receivers",
            field=models.BooleanField(
                default=False, help_text="Two people accept together: school canteens, since 2025"
            ),
        ),
        # The key changes from the order's to one of its own: both tables are made anew, nothing is released yet.
        migrations.DeleteModel(name="AcceptancePhoto"),
        migrations.DeleteModel(name="GoodsAcceptance"),
        migrations.CreateModel(
            name="GoodsAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveSmallIntegerField(default=1)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("formal", "By hand"),
                            ("by_time", "By time: nobody accepted it within the days of the terms"),
                        ],
                        default="formal",
                        max_length=10,
                    ),
                ),
                ("receiver_name", models.CharField(blank=True, max_length=40)),
                (
                    "second_name",
                    models.CharField(blank=True, help_text="Who received it together with the first", max_length=40),
                ),
                ("short_fen", models.BigIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("actor_id", models.BigIntegerField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="sales.orderfacts",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="procurement.budgetunit",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "sequence"],
                "constraints": [
                    models.UniqueConstraint(fields=["order", "sequence"], name="acceptance_sequence_once"),
                    models.CheckConstraint(
                        condition=Q(kind="by_time") | ~Q(receiver_name=""), name="acceptance_names_its_receiver"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AcceptanceLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sent", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("weighed_grams", models.PositiveBigIntegerField(blank=True, null=True)),
                ("short_fen", models.BigIntegerField(default=0)),
                (
                    "acceptance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.goodsacceptance",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptance_lines",
                        to="sales.linefacts",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["acceptance", "line"], name="acceptance_line_once"),
                    models.CheckConstraint(
                        condition=Q(accepted__lte=F("sent"), short_fen__gte=0), name="acceptance_line_within_sent"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AcceptancePhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "acceptance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="procurement.goodsacceptance",
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.picture"
                    ),
                ),
            ],
        ),
    ]
