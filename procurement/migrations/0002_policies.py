"""The policies known at the start (later ones are rows that staff add), and decisions that can't be edited."""

from django.db import migrations

POLICIES = [
    # region, from year, basis points, name
    ("", 2020, 1000, "全国", "National"),
    ("44", 2020, 1500, "广东 2020", "Guangdong 2020"),
    ("44", 2021, 3000, "广东 2021", "Guangdong 2021"),
]
TABLE = "procurement_requestdecision"


def add(apps, schema_editor):
    policy = apps.get_model("procurement", "QuotaPolicy")
    for region, year, ratio, zh, en in POLICIES:
        policy.objects.get_or_create(
            region_code=region, from_year=year, defaults={"ratio_bp": ratio, "name_zh": zh, "name_en": en}
        )


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}"
            " FOR EACH ROW EXECUTE FUNCTION heqiao_append_only()"
        )
    else:
        for operation in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_no_{operation.lower()} BEFORE {operation} ON {TABLE}"
                f" BEGIN SELECT RAISE(ABORT, 'append-only: {operation} on {TABLE} refused'); END"
            )


def unprotect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_append_only ON {TABLE}")
    else:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_update")
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_delete")


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial"), ("core", "0002_append_only")]
    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
        migrations.RunPython(protect, unprotect),
    ]
