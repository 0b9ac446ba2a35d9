"""Events are written once: the database refuses to change or delete them, whoever asks."""

from django.db import migrations

TABLE = "traceability_traceevent"


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}"
            " FOR EACH ROW EXECUTE FUNCTION heqiao_append_only()"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}"
            " FOR EACH STATEMENT EXECUTE FUNCTION heqiao_append_only()"
        )
        return
    for operation in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_{operation.lower()} BEFORE {operation} ON {TABLE}"
            f" BEGIN SELECT RAISE(ABORT, 'append-only: {operation} on {TABLE} refused'); END"
        )


def unprotect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_append_only ON {TABLE}")
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_truncate ON {TABLE}")
        return
    for operation in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_{operation}")


class Migration(migrations.Migration):
    dependencies = [("traceability", "0001_initial"), ("core", "0002_append_only")]
    operations = [migrations.RunPython(protect, unprotect)]
