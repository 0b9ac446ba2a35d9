"""Events are written once: the database refuses to change or delete them, whoever asks."""

from django.db import migrations

from shop.core.append_only import protected


class Migration(migrations.Migration):
    dependencies = [("traceability", "0001_initial"), ("core", "0002_append_only")]
    operations = [protected("traceability_traceevent")]
