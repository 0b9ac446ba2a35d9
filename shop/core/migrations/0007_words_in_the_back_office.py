"""Names of fields and kinds as staff reads them; no table is changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_names_in_the_back_office"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(max_length=60, verbose_name="What was done"),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="actor_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="Number of the account"),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="at",
            field=models.DateTimeField(verbose_name="When"),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="data",
            field=models.JSONField(default=dict, verbose_name="Facts noted"),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="object_id",
            field=models.CharField(max_length=60, verbose_name="Its number"),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="object_kind",
            field=models.CharField(max_length=40, verbose_name="Kind of thing"),
        ),
        migrations.AlterField(
            model_name="outboxentry",
            name="args",
            field=models.JSONField(default=dict, verbose_name="Facts noted"),
        ),
        migrations.AlterField(
            model_name="outboxentry",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="Attempts"),
        ),
        migrations.AlterField(
            model_name="outboxentry",
            name="available_at",
            field=models.DateTimeField(verbose_name="Due"),
        ),
        migrations.AlterField(
            model_name="outboxentry",
            name="created_at",
            field=models.DateTimeField(verbose_name="Noted"),
        ),
        migrations.AlterField(
            model_name="outboxentry",
            name="done_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="Done"),
        ),
        migrations.AlterField(
            model_name="outboxentry",
            name="key",
            field=models.CharField(blank=True, max_length=160, null=True, unique=True, verbose_name="Key"),
        ),
        migrations.AlterField(
            model_name="outboxentry",
            name="last_error",
            field=models.TextField(blank=True, verbose_name="Last error"),
        ),
        migrations.AlterField(
            model_name="outboxentry",
            name="task",
            field=models.CharField(max_length=120, verbose_name="Task"),
        ),
    ]
