"""Seal which groups and permissions accounts have, and what accounts may do, as they are now."""

from typing import Any

from django.db import migrations

from shop.core.sealed_before import seal_rows


def links(apps: Any, _editor: Any) -> None:
    """Seal the groups and permissions of each account."""
    user, writes = apps.get_model("accounts", "User"), apps.get_model("core", "SealedWrite").objects
    for name, other in (("groups", "group_id"), ("user_permissions", "permission_id")):
        rows = getattr(user, name).through.objects.order_by("pk").values_list("user_id", other)
        writes.bulk_create(
            (
                writes.model(kind=f"accounts.user.{name}", object_id=pk, digests={str(to): "in"})
                for pk, to in rows.iterator(500)
            ),
            batch_size=500,
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_seal_members")]

    operations = [
        seal_rows("accounts.User", "password", "is_superuser", "is_staff", "is_active"),
        migrations.RunPython(links, migrations.RunPython.noop),
    ]
