"""When an order became a sale, who assisted the county then, what came back: what reports count."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import ExtractYear


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the new facts of orders that are there, by the rules that new ones follow."""
    orders, lines = apps.get_model("sales", "OrderFacts"), apps.get_model("sales", "LineFacts")
    purchases = apps.get_model("sales", "Purchase").objects.filter(pk=OuterRef("purchase_id"))
    dropped = Q(purchase__terms="postpaid", state="cancelled", refunded_fen=0)
    paid = orders.objects.filter(purchase__paid_at__isnull=False).exclude(dropped)
    paid.update(sold_at=Subquery(purchases.values("paid_at")[:1]))
    received = orders.objects.filter(purchase__terms="postpaid", completed_at__isnull=False)
    received.filter(Q(sold_at=None) | Q(sold_at__gt=F("completed_at"))).update(sold_at=F("completed_at"))
    cases = apps.get_model("sales", "AfterSale").objects.filter(kind="return", state="approved")
    for line_id, pieces in cases.order_by().values_list("line_id").annotate(pieces=Sum("quantity")):
        lines.objects.filter(pk=line_id).update(returned=pieces)
    _fill_pairings(apps)


def _fill_pairings(apps: Apps) -> None:
    lines = apps.get_model("sales", "LineFacts")
    pairings = list(apps.get_model("core", "AssistancePairing").objects.order_by("assisting_id", "assisted_id"))
    first = lines.objects.aggregate(at=Min("order__placed_at"))["at"]
    if not pairings or first is None:
        return
    sold = lines.objects.exclude(county_code="").annotate(year=ExtractYear("order__placed_at"))
    for code, year in sold.order_by().values_list("county_code", "year").distinct():
        pairs = sorted(
            {
                f"{row.assisting_id}-{row.assisted_id}"
                for row in pairings
                if code.startswith(row.assisted_id) and row.since_year <= year <= (row.until_year or year)
            }
        )
        if pairs:
            of_year = sold.filter(county_code=code, year=year).values("pk")
            lines.objects.filter(pk__in=of_year).update(pairing=",".join(pairs))


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only"),
        ("catalog", "0004_certificates"),
        ("order", "0021_billingaddress_code_shippingaddress_code"),
        ("sales", "0006_certified_lines"),
    ]

    operations = [
        migrations.AddField(
            model_name="linefacts",
            name="pairing",
            field=models.CharField(
                blank=True,
                help_text="Who assisted the county then: assisting-assisted codes, e.g. 4406-5134",
                max_length=120,
            ),
        ),
        migrations.AddField(
            model_name="linefacts",
            name="returned",
            field=models.PositiveIntegerField(default=0, help_text="Came back after the sale"),
        ),
        migrations.AddField(
            model_name="orderfacts",
            name="sold_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When it became a sale: paid, or received where the goods came first",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="orderfacts",
            index=models.Index(fields=["sold_at"], name="order_sold"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
