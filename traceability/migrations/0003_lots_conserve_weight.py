"""Lots conserve weight and may be mixed; tests have a kind, certificates a form, a packing and parents."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_years_of_validity"),
        ("catalogue", "0032_category_exclude_from_menu_category_long_description"),
        ("traceability", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="LotSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grams", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="TestRequirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(help_text="What a test must name to be this one", max_length=60)),
                ("document", models.CharField(max_length=120)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, help_text="Its last day", null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="producelot",
            name="lot_within_harvest",
        ),
        migrations.AddField(
            model_name="conformitycertificate",
            name="form",
            field=models.CharField(
                choices=[("one", "Form one: producer"), ("two", "Form two: buyer or packer")],
                default="one",
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="conformitycertificate",
            name="packing",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificate",
                to="traceability.traceevent",
            ),
        ),
        migrations.AddField(
            model_name="conformitycertificate",
            name="parents",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="conformitycertificate",
            name="salt",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="labtest",
            name="kind",
            field=models.CharField(
                choices=[("own", "Own test"), ("commissioned", "Commissioned test")], default="own", max_length=12
            ),
        ),
        migrations.AddField(
            model_name="producelot",
            name="kind",
            field=models.CharField(
                choices=[("harvest", "Harvest"), ("mix", "Mixed or packed anew")], default="harvest", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="producelot",
            name="mixed_grams",
            field=models.BigIntegerField(default=0, help_text="Packed, and then mixed into other lots"),
        ),
        migrations.AddField(
            model_name="producelot",
            name="packed_grams",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="producelot",
            name="product_en",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="producelot",
            name="product_zh",
            field=models.CharField(blank=True, help_text="As the product was called then", max_length=60),
        ),
        migrations.AddField(
            model_name="producelot",
            name="required_tests",
            field=models.JSONField(default=list, help_text="Tests without which it may not be packed"),
        ),
        migrations.AddField(
            model_name="producelot",
            name="sorted_out_grams",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="conformitycertificate",
            name="basis",
            field=models.CharField(
                choices=[
                    ("own_control", "Own quality control"),
                    ("own_test", "Own test"),
                    ("commissioned", "Commissioned test"),
                    ("collected", "Producers' certificates taken and kept"),
                ],
                default="own_control",
                max_length=14,
            ),
        ),
        migrations.AlterField(
            model_name="conformitycertificate",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="traceability.producelot"
            ),
        ),
        migrations.AlterField(
            model_name="conformitycertificate",
            name="producer",
            field=models.CharField(max_length=120),
        ),
        migrations.AlterField(
            model_name="producelot",
            name="harvested_on",
            field=models.DateField(help_text="Of a mix: the earliest of its parts"),
        ),
        migrations.AlterField(
            model_name="producelot",
            name="state",
            field=models.CharField(
                choices=[
                    ("awaiting", "Waits for its test"),
                    ("open", "Open"),
                    ("held", "Held: test failed"),
                    ("closed", "Sent out"),
                    ("recalled", "Recalled"),
                    ("disposed", "Disposed of"),
                ],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="traceevent",
            name="step",
            field=models.CharField(
                choices=[
                    ("commissioning", "Harvested"),
                    ("transforming", "Mixed or packed anew"),
                    ("packing", "Sorted and packed"),
                    ("inspecting", "Tested"),
                    ("shipping", "Sent"),
                    ("destroying", "Disposed of"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="lotsource",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sources", to="traceability.producelot"
            ),
        ),
        migrations.AddField(
            model_name="lotsource",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="mixed_into", to="traceability.producelot"
            ),
        ),
        migrations.AddField(
            model_name="testrequirement",
            name="category",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.category"
            ),
        ),
        migrations.AddConstraint(
            model_name="lotsource",
            constraint=models.UniqueConstraint(fields=("lot", "source"), name="lot_source_once"),
        ),
        migrations.AddConstraint(
            model_name="lotsource",
            constraint=models.CheckConstraint(condition=models.Q(("grams__gt", 0)), name="lot_source_weighs"),
        ),
        migrations.AddConstraint(
            model_name="testrequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                name="requirement_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="testrequirement",
            constraint=models.UniqueConstraint(fields=("category", "item", "valid_from"), name="requirement_once"),
        ),
    ]
