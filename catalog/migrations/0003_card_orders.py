"""Orders of the list of everything, as those of a category have them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_card_search")]

    operations = [
        migrations.AddIndex(
            model_name="listingcard", index=models.Index(fields=["-sold_count", "listing"], name="card_sold")
        ),
        migrations.AddIndex(
            model_name="listingcard", index=models.Index(fields=["jin_fen", "listing"], name="card_jin")
        ),
        migrations.AddIndex(
            model_name="listingcard", index=models.Index(fields=["-fresh_rank", "listing"], name="card_fresh")
        ),
        migrations.AddIndex(
            model_name="listingcard",
            index=models.Index(fields=["province_code", "-rank", "listing"], name="card_province_rank"),
        ),
    ]
