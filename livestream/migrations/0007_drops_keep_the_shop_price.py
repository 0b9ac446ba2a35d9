"""Keep the shop's price with each drop."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("livestream", "0006_seal_bounds"),
    ]

    operations = [
        migrations.AddField(
            model_name="drop",
            name="list_fen",
            field=models.PositiveIntegerField(blank=True, help_text="The shop's price when it started", null=True),
        ),
    ]
