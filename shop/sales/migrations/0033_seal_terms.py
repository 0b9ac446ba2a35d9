"""Seal the terms of after-sales and of weights of before, as they are now."""

from django.db import migrations

from shop.core.sealed_before import seal_rows


class Migration(migrations.Migration):
    dependencies = [("sales", "0032_missing_goods_are_claimed")]

    operations = [
        seal_rows(
            "sales.AfterSaleTerms",
            "since",
            "answer_hours",
            "offer_hours",
            "appeal_hours",
            "decide_hours",
            "send_back_hours",
            "confirm_hours",
            "source",
        ),
        seal_rows(
            "sales.WeightTerms",
            "since",
            "least_percent",
            "most_percent",
            "packed_least_percent",
            "packed_likely_percent",
            "packed_most_percent",
            "source",
        ),
    ]
