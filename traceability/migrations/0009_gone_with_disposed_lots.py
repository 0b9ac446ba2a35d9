"""Write down what was gone with the lots that were disposed of before that was counted: all that they had left."""

from typing import Any

from django.db import migrations
from django.db.models import F


def fill(apps: Any, _editor: Any) -> None:
    lots = apps.get_model("traceability", "ProduceLot").objects.filter(state="disposed", gone_grams=0)
    lots.update(gone_grams=F("packed_grams") - F("assigned_grams") - F("mixed_grams"))


class Migration(migrations.Migration):
    dependencies = [("traceability", "0008_what_is_gone_with_a_lot")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
