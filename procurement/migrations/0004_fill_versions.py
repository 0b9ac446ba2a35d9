"""What stood before: each order counts for its own unit, what was confirmed is in force, the union's part has a budget."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q, Sum

from shop.core.append_only import protected

ADDRESS = ("ship_name", "ship_phone", "ship_division_id", "ship_street")
SNAPPED = (
    "unit_id", "year", "version", "canteen", "represented_by_id", "canteen_spend_fen", "union_fen", "ratio_bp",
    "policy_id", "shares", "canteen_reserved_fen", "union_reserved_fen", "reserved_fen", "submitted_by_id",
    "submitted_at",
)  # fmt: skip


def fill(apps, editor):
    get = apps.get_model
    get("procurement", "UnitOrder").objects.filter(counts_for=None).update(counts_for_id=F("unit_id"))
    _requests(get)
    _declarations(get)
    _budgets(get)


def _requests(get):
    """A request goes where its purchase went, an open one to its unit's address."""
    for request in get("procurement", "PurchaseRequest").objects.select_related("unit", "purchase").iterator():
        goes = request.purchase or request.unit
        for name in ADDRESS:
            setattr(request, name, getattr(goes, name))
        request.save(update_fields=[name.removesuffix("_id") for name in ADDRESS])
        facts = {name: getattr(request, name) for name in (*ADDRESS, "fund", "terms", "note", "freight_fen", "year")}
        get("procurement", "RequestVersion").objects.filter(request=request).update(facts=facts)


def _declarations(get):
    snapshots = get("procurement", "DeclarationSnapshot").objects
    for row in get("procurement", "QuotaDeclaration").objects.select_related("policy").iterator():
        row.union_reserved_fen = row.union_fen
        row.shares = [
            {
                "basis": "canteen_food", "base_fen": row.canteen_spend_fen, "ratio_bp": row.ratio_bp,
                "reserved_fen": row.canteen_reserved_fen, "policy": row.policy_id, "name_zh": row.policy.name_zh,
                "name_en": row.policy.name_en, "document": "",
            }
        ]  # fmt: skip
        if row.state == "confirmed":
            row.in_force = snapshots.create(
                declaration=row, confirmed_by_id=row.decided_by_id, confirmed_at=row.decided_at,
                **{name: getattr(row, name) for name in SNAPPED},
            )  # fmt: skip
        row.save()


def _budgets(get):
    """What requests of the union took off the canteen's budget stands as taken off the union's own."""
    orders = get("procurement", "UnitOrder").objects.filter(fund="union", request__isnull=False)
    alive = orders.exclude(order__state="cancelled").values_list("unit_id", "request__year")
    spent = {
        (unit_id, year): fen
        for unit_id, year, fen in alive.annotate(
            fen=Sum(F("order__total_fen") - F("order__refunded_fen") - F("order__waived_fen"))
        )
    }
    waits = get("procurement", "PurchaseRequest").objects.filter(Q(state="approved"), fund="union")
    for unit_id, year, fen in waits.values_list("unit_id", "year").annotate(fen=Sum("approved_fen")):
        spent[unit_id, year] = spent.get((unit_id, year), 0) + fen
    accounts, transfers = get("core", "Account").objects, get("core", "Transfer").objects
    now = get("procurement", "UnitOrder").objects.aggregate(at=models.Max("order__placed_at"))["at"]
    for (unit_id, year), fen in spent.items():
        if not fen:
            continue
        sides = [
            accounts.get_or_create(name=name, defaults={"asset": "CNY"})[0]
            for name in (f"budget:{unit_id}:{year}:spent", f"budget:{unit_id}:{year}:union:spent")
        ]
        transfers.get_or_create(
            key=f"budget:own_fund:{unit_id}:{year}",
            defaults={
                "debit": sides[0], "credit": sides[1], "amount": fen, "kind": "budget_moved",
                "reference": f"{unit_id}/{year}", "at": now,
            },
        )  # fmt: skip


class Migration(migrations.Migration):
    # Not in one transaction: PostgreSQL alters no table that has rows with checks of keys still to come.
    atomic = False
    dependencies = [
        ("procurement", "0003_declared_versions"),
        ("core", "0002_append_only"),
        ("sales", "0007_reports"),
    ]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "unitorder",
            "counts_for",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="counted_orders",
                to="procurement.budgetunit",
            ),
        ),
        protected("procurement_declarationsnapshot", truncate=False),
    ]
