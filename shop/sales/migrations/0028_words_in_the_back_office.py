"""Names of fields and kinds as staff reads them; no table is changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0010_lots_disposed_of"),
        ("sales", "0027_bounds_of_offers"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="offerfunding",
            options={"verbose_name": "Who pays for the offer", "verbose_name_plural": "Who pays for the offer"},
        ),
        migrations.AlterField(
            model_name="offerfunding",
            name="funded_by",
            field=models.CharField(
                choices=[("platform", "Platform"), ("supplier", "Supplier")],
                default="platform",
                max_length=10,
                verbose_name="Paid by",
            ),
        ),
        migrations.AlterField(
            model_name="offerfunding",
            name="supplier",
            field=models.ForeignKey(
                blank=True,
                help_text="Who pays, where a supplier does. It is asked, and the offer waits for its consent.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.supplier",
                verbose_name="Supplier",
            ),
        ),
        migrations.AlterField(
            model_name="paytime",
            name="kind",
            field=models.CharField(
                choices=[("drop", "Flash sale in a live room"), ("pool", "Any other pool")],
                max_length=20,
                verbose_name="Kind of pool",
            ),
        ),
    ]
