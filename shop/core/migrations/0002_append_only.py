"""Transfers and audit entries can't be changed or deleted, whoever asks the database."""

from django.db import migrations

from shop.core.append_only import protected


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [protected("core_transfer"), protected("core_auditentry")]
