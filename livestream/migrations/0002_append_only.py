"""Events are written once: the database refuses to change or delete them."""

from django.db import migrations

from shop.core.append_only import protected


class Migration(migrations.Migration):
    dependencies = [("livestream", "0001_initial"), ("core", "0002_append_only")]
    operations = [protected("livestream_liveevent", truncate=False)]
