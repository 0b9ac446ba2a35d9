"""Pieces that were held for a lot leave the shelf when it is disposed of: a kind of change of its own."""

from django.db import migrations, models

KINDS = [
    ("opening", "First stock"),
    ("adjusted", "Changed by hand"),
    ("stocktake", "Counted"),
    ("shipped", "Sent"),
    ("carved", "Set apart"),
    ("returned", "Back to the shop"),
    ("disposed", "Disposed of"),
]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_stock_reasons_and_ways")]

    operations = [
        migrations.AlterField(
            model_name="stockchange",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=10),
        ),
    ]
