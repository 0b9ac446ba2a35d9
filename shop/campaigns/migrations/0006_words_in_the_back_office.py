"""What the CMS calls our pages; no table is changed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0005_texts_without_what_is_unseen"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="campaignpage",
            options={"verbose_name": "Campaign page"},
        ),
        migrations.AlterModelOptions(
            name="homepage",
            options={"verbose_name": "Home page"},
        ),
    ]
