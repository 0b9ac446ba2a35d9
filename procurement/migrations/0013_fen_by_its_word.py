"""Write the unit of the most a head in Latin letters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procurement", "0012_shopping_lists")]

    operations = [
        migrations.AlterField(
            model_name="quotapolicy",
            name="cap_head_fen",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Of gifts of the labour union.",
                null=True,
                verbose_name="Most a head and year, in fen",
            ),
        ),
    ]
