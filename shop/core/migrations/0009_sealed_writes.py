"""Keep hashes of what was written to rows, column by column; nobody changes or deletes them."""

import django.utils.timezone
from django.db import migrations, models

from shop.core.append_only import protected
from shop.core.sealed_before import seal_rows


class Migration(migrations.Migration):
    dependencies = [("core", "0008_sealed_facts")]

    operations = [
        migrations.CreateModel(
            name="SealedWrite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60)),
                (
                    "object_id",
                    models.BigIntegerField(help_text="No foreign key: a seal stays when its row is gone"),
                ),
                ("digests", models.JSONField(default=dict)),
                ("is_gone", models.BooleanField(default=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"indexes": [models.Index(fields=["kind", "object_id"], name="sealed_write_of")]},
        ),
        protected("core_sealedwrite"),
        seal_rows("core.AssistancePairing", "assisting_id", "assisted_id", "since_year", "until_year"),
    ]
