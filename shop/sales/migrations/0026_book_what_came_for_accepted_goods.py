"""What came for accepted goods of a purchase that is not paid whole is booked to their suppliers, as it is from now on."""

from django.db import migrations
from django.db.models import Sum
from django.utils import timezone


def fill(apps, editor):
    get = apps.get_model
    purchases = get("sales", "Purchase").objects.filter(terms="postpaid")
    for purchase in purchases.filter(state="unpaid").order_by("pk").iterator():
        _unpaid(get, purchase)
    under_way = get("sales", "OrderFacts").objects.filter(purchase__in=purchases.filter(state="paid"))
    for order in under_way.exclude(state="completed").select_related("order").order_by("pk"):
        delivered = get("sales", "DeliveryDue").objects.filter(order=order).aggregate(fen=Sum("amount_fen"))["fen"] or 0
        own = f"supplier:{order.supplier_id}"
        number = order.order.number
        part = min(delivered, order.total_fen - order.refunded_fen - order.waived_fen)
        _post(get, f"part-received:{number}:0", f"{own}:held", f"{own}:payable", part, "part_received", number)


def _unpaid(get, purchase):
    """Book what covers accepted deliveries, the oldest first, and then orders that were received without one."""
    payments = get("sales", "Payment").objects.filter(payable_kind="purchase", payable_id=purchase.pk)
    came = payments.aggregate(fen=Sum("received_fen"))["fen"] or 0
    back = get("sales", "Refund").objects.filter(payment__in=payments, order=None)
    left = came - (back.aggregate(fen=Sum("amount_fen"))["fen"] or 0)
    if left < 1:
        return
    orders = list(get("sales", "OrderFacts").objects.filter(purchase=purchase).select_related("order").order_by("pk"))
    charged, waits = [], {}
    for order in orders:
        rest = order.total_fen - order.refunded_fen - order.waived_fen
        for row in get("sales", "DeliveryDue").objects.filter(order=order).order_by("pay_by", "pk"):
            charged.append((row.pay_by, row.pk, order.pk, min(row.amount_fen, rest)))
            rest -= min(row.amount_fen, rest)
        waits[order.pk] = rest
    paid = dict.fromkeys(waits, 0)
    for _day, _pk, order_id, fen in sorted(charged):
        paid[order_id] += min(fen, left)
        left -= min(fen, left)
    for order in orders:
        covered = min(waits[order.pk], left)
        left -= covered
        fen = paid[order.pk] + (covered if order.state == "completed" else 0)
        number, waiting = order.order.number, f"purchase:{purchase.number}:received"
        _post(get, f"part:{number}:1", waiting, f"supplier:{order.supplier_id}:payable", fen, "part", number)


def _post(get, key, debit, credit, fen, kind, number):
    if fen < 1:
        return
    accounts, transfers = get("core", "Account").objects, get("core", "Transfer").objects
    debit, credit = (accounts.get_or_create(name=name, defaults={"asset": "CNY"})[0] for name in (debit, credit))
    facts = {"debit": debit, "credit": credit, "amount": fen, "kind": kind, "reference": number}
    transfers.get_or_create(key=key, defaults=facts | {"at": timezone.now()})


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only"),
        ("order", "0021_billingaddress_code_shippingaddress_code"),
        ("sales", "0025_times_in_the_back_office"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
