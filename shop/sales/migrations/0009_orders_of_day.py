from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0008_guest_links")]
    operations = [
        migrations.RemoveIndex(model_name="orderfacts", name="order_sold"),
        migrations.AddIndex(
            model_name="orderfacts",
            index=models.Index(
                condition=models.Q(("sold_at__isnull", False)), fields=["placed_at"], name="order_sold_of_day"
            ),
        ),
    ]
