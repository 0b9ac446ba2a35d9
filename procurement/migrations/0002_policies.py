"""The policies known at the start (later ones are rows that staff add), and decisions that can't be edited."""

from django.db import migrations

from shop.core.append_only import protected

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


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial"), ("core", "0002_append_only")]
    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
        protected(TABLE, truncate=False),
    ]
