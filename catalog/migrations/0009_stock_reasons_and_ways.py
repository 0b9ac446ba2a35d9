"""A reason belongs to pieces that came or to pieces that went; what was entered the other way becomes a correction."""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

from shop.core.append_only import protected

CAME = ["came_back", "harvest"]
WENT = ["own_use", "sold_elsewhere", "spoiled"]
guard = protected("catalog_stockchange")


def correct_reasons(apps: Any, _editor: BaseDatabaseSchemaEditor) -> None:
    """Call what has a reason of the other direction an earlier mistake: its pieces and its note stay."""
    change = apps.get_model("catalog", "StockChange")
    change.objects.filter(Q(reason__in=WENT, pieces__gt=0) | Q(reason__in=CAME, pieces__lt=0)).update(reason="mistake")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_private_pictures")]

    operations = [
        migrations.RunPython(guard.reverse_code, guard.code),
        migrations.RunPython(correct_reasons, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="stockchange",
            constraint=models.CheckConstraint(
                condition=~Q(reason__in=WENT, pieces__gt=0) & ~Q(reason__in=CAME, pieces__lt=0),
                name="stock_change_reason_fits_its_way",
            ),
        ),
        # SQLite builds the table anew for a constraint, without its triggers.
        migrations.RunPython(guard.code, guard.reverse_code),
    ]
