import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def note_proved(apps, schema_editor):
    """Accounts' purchases that are contacted by a phone which their account has proved."""
    proved = apps.get_model("accounts", "User").objects.filter(
        pk=models.OuterRef("user_id"), phone_verified=True, phone=models.OuterRef("contact_phone")
    )
    purchases = apps.get_model("sales", "Purchase").objects.filter(models.Exists(proved))
    purchases.update(phone_proved_at=F("placed_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_one_time_codes"),
        ("sales", "0018_heavy_pieces"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="purchase",
            name="declined_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Has contact_phone, and says that another bought this",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="phone_proved_at",
            field=models.DateTimeField(blank=True, help_text="When the buyer proved to have contact_phone", null=True),
        ),
        migrations.AlterField(
            model_name="purchase",
            name="guest_token_hash",
            field=models.CharField(blank=True, help_text="Of its token, kept by the browser", max_length=64),
        ),
        migrations.RunPython(note_proved, migrations.RunPython.noop),
    ]
