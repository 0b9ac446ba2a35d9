"""Let suppliers say down to which price others may sell live."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0013_seal_certificates"),
    ]

    operations = [
        migrations.AddField(
            model_name="specification",
            name="live_floor_fen",
            field=models.PositiveIntegerField(
                blank=True, help_text="Others sell it live at this or more; empty: at the shop's price only", null=True
            ),
        ),
    ]
