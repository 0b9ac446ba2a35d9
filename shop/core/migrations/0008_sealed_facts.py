"""Keep a hash of what papers said when they were made; nobody changes or deletes it."""

from django.db import migrations, models

from shop.core.append_only import protected


class Migration(migrations.Migration):
    dependencies = [("core", "0007_words_in_the_back_office")]

    operations = [
        migrations.CreateModel(
            name="SealedFacts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                (
                    "object_id",
                    models.BigIntegerField(help_text="No foreign key: a seal stays when its row is gone"),
                ),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["kind", "object_id"], name="sealed_once")],
            },
        ),
        protected("core_sealedfacts"),
    ]
