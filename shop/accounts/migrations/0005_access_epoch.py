from django.db import migrations, models


def forget_kept_addresses(apps, schema_editor):
    """allauth's own table of e-mails is not used: what stands in it may be an address that was changed."""
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0004_one_time_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="access_epoch",
            field=models.PositiveIntegerField(default=0, help_text="Counted up, it ends every session of before"),
        ),
        migrations.RunPython(forget_kept_addresses, migrations.RunPython.noop),
    ]
