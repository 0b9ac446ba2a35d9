"""Stock and money have one owner each: no module above the spine writes a column of theirs itself."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.architecture.writes import World, guilty_writes, returned_models

ROOT = Path(settings.BASE_DIR)
# The packages that trade through the spine, with the app whose models are their own.
PACKAGES = {
    "procurement": "procurement",
    "livestream": "livestream",
    "traceability": "traceability",
    "shop/campaigns": "campaigns",
}
OWNERS = ("catalog", "sales", "core", "order", "partner", "basket", "payment", "offer", "voucher")
MODULES = ("catalog.models", "shop.sales.models", "shop.core.models", "oscar")
# Columns of stock and money that do not say so by their end.
PLAIN = {
    "on_hand", "reserved", "num_in_stock", "num_allocated", "price", "amount", "balance", "ordered", "shipped", "accepted",
    "cancelled",
}  # fmt: skip


def guarded_columns() -> set[str]:
    return {
        each.attname
        for label in OWNERS
        for model in apps.get_app_config(label).get_models()
        for each in model._meta.concrete_fields
        if each.attname in PLAIN or each.attname.endswith("_fen")
    }


def world_of(label: str, folder: Path) -> World:
    models = list(apps.get_app_config(label).get_models())
    own = {model.__name__: {each.attname for each in model._meta.concrete_fields} for model in models}
    relations = {
        each.name
        for model in models
        for each in model._meta.get_fields()
        if each.is_relation and each.related_model is not None and each.related_model._meta.app_label in OWNERS
    }
    returns: dict[str, str] = {}
    for path in folder.rglob("*.py"):
        returns |= returned_models(ast.parse(path.read_text(encoding="utf-8")), own)
    tables = {model._meta.db_table for owner in OWNERS for model in apps.get_app_config(owner).get_models()}
    return World(guarded_columns(), tables, MODULES, own, relations, returns)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_writes_stock_or_money_itself(package: str) -> None:
    folder = ROOT / package
    world = world_of(PACKAGES[package], folder)
    guilty = [
        f"{path.relative_to(ROOT)}:{found}"
        for path in sorted(folder.rglob("*.py"))
        if "migrations" not in path.parts
        for found in guilty_writes(path.read_text(encoding="utf-8"), world)
    ]
    assert not guilty, "\n".join(guilty)


def test_columns_come_from_the_models() -> None:
    assert {
        "on_hand",
        "reserved",
        "total_fen",
        "refunded_fen",
        "waived_fen",
        "price_fen",
        "amount",
    } <= guarded_columns()


@pytest.mark.parametrize(
    "code",
    [
        "Stock.objects.filter(pk=1).update(on_hand=3)",
        "Stock.objects.filter(pk=1).update(reserved=F('reserved') + 1)",
        "rows.update(**{'reserved': 0})",
        "def f(rows):\n    changes = {'on_hand': 3}\n    rows.update(**changes)",
        "def f(rows):\n    changes = {}\n    changes['on_hand'] = 3\n    rows.update(**changes)",
        "drop.stock.on_hand -= 1",
        "drop.stock.save()",
        "row.order.waived_fen, x = 5, 6",
        "row.order.save(update_fields=['waived_fen'])",
        "order.lines.update(refunded_fen=100)",
        "listing.specifications.all().bulk_update(rows, ['price_fen'])",
        "setattr(order, 'total_fen', 1)",
        "PurchaseRequest.objects.get().purchase.orders.update(total_fen=1)",
        "def f(request: PurchaseRequest):\n    request.refunded_fen = 1",
        "def f(order):\n    order.total_fen = 1",
        "transfers.create(amount=1, debit=a, credit=b)",
        "records.update_or_create(pk=1, defaults={'num_in_stock': 4})",
        "cursor.execute('UPDATE catalog_stock SET on_hand = 0')",
        "cursor.execute('insert into core_transfer (amount) values (1)')",
        "from catalog.models import Stock",
        "import oscar.apps.partner.models",
        "from shop.sales import models",
    ],
)
def test_each_way_of_writing_is_found(code: str) -> None:
    world = world_of("procurement", ROOT / "procurement")
    assert guilty_writes(code, replace(world, relations={*world.relations, "stock"})), code


@pytest.mark.parametrize(
    "code",
    [
        "def f(request: PurchaseRequest):\n    request.total_fen = 1\n    request.save()",
        "def f():\n    request = lock_request(1)\n    request.goods_fen, request.freight_fen = 1, 2",
        "PurchaseRequest.objects.create(total_fen=0)",
        "Need.objects.filter(pk=1).update(state='closed')",
        "stock.carve(stock_id=1, pool='x', pieces=3)",
        "ledger.post(postings, at=at)",
        "kept = {'on_hand': 1}\nfacts.append(kept)",
    ],
)
def test_what_is_a_packages_own_is_no_such_write(code: str) -> None:
    assert guilty_writes(code, world_of("procurement", ROOT / "procurement")) == []
