"""One open basket per owner, kept by the database (Oscar's table has no such constraint); moves are append-only."""

from django.db import migrations


def protect_moves(apps, schema_editor):
    table = "sales_ordermove"
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION heqiao_append_only()"
        )
        return
    for operation in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, 'append-only: {operation} on {table} refused'); END"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0001_initial"),
        ("core", "0002_append_only"),
        ("basket", "0012_line_code"),
    ]
    operations = [
        migrations.RunSQL(
            "CREATE UNIQUE INDEX heqiao_one_open_basket ON basket_basket (owner_id) WHERE status = 'Open'",
            "DROP INDEX heqiao_one_open_basket",
        ),
        migrations.RunPython(protect_moves, migrations.RunPython.noop),
    ]
