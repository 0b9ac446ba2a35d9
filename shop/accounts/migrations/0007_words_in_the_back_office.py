"""Names of fields and kinds as staff reads them; no table is changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_names_in_the_back_office"),
        ("core", "0007_words_in_the_back_office"),
    ]

    operations = [
        migrations.AlterField(
            model_name="membership",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="accounts.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "Owner"),
                    ("member", "Member"),
                    ("buyer", "Buyer of a unit"),
                    ("approver", "Approver"),
                    ("finance", "Finance"),
                ],
                max_length=20,
                verbose_name="Role",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="organisation",
            name="credit_code",
            field=models.CharField(
                blank=True,
                help_text="18 characters (GB 32100)",
                max_length=18,
                null=True,
                unique=True,
                verbose_name="Credit code",
            ),
        ),
        migrations.AlterField(
            model_name="organisation",
            name="division",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="core.division",
                verbose_name="Division",
            ),
        ),
        migrations.AlterField(
            model_name="organisation",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="In use"),
        ),
        migrations.AlterField(
            model_name="organisation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("supplier", "Supplier"),
                    ("budget_unit", "Budget unit"),
                    ("supervising_unit", "Supervising unit"),
                    ("finance_office", "Finance office"),
                    ("labor_union", "Labour union"),
                    ("beneficiary", "Beneficiary"),
                    ("donor", "Donor"),
                    ("buyer", "Buyer alliance"),
                    ("platform", "Platform"),
                ],
                max_length=20,
                verbose_name="Kind",
            ),
        ),
        migrations.AlterField(
            model_name="organisation",
            name="name_en",
            field=models.CharField(blank=True, max_length=160, verbose_name="Name in English"),
        ),
        migrations.AlterField(
            model_name="organisation",
            name="name_zh",
            field=models.CharField(max_length=120, verbose_name="Name in Chinese"),
        ),
        migrations.AlterField(
            model_name="organisation",
            name="phone",
            field=models.CharField(blank=True, max_length=20, verbose_name="Phone"),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name="E-mail"),
        ),
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(default="zh-hans", max_length=10, verbose_name="Language"),
        ),
        migrations.AlterField(
            model_name="user",
            name="large_text",
            field=models.BooleanField(default=False, verbose_name="Large text"),
        ),
        migrations.AlterField(
            model_name="user",
            name="name",
            field=models.CharField(
                blank=True, help_text="Others see it masked.", max_length=60, verbose_name="Name of the person"
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="phone",
            field=models.CharField(blank=True, max_length=20, null=True, unique=True, verbose_name="Phone"),
        ),
        migrations.AlterField(
            model_name="user",
            name="phone_verified",
            field=models.BooleanField(default=False, verbose_name="Phone proved"),
        ),
    ]
