"""Create the groups that stand for roles; their permissions are set after every migrate."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROLES = (
    "budget_buyer", "budget_approver", "budget_finance", "supervising", "finance_office", "labor_union",
    "cooperative", "county_reviewer", "platform_reviewer", "campaign_staff", "donor", "alliance_buyer",
    "platform_admin",
)  # fmt: skip


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
