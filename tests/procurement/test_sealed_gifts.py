"""Gifts, certificates, declarations and what is due: sealed by the operations, and by the migration where they were before."""

import importlib
from typing import Any

import pytest
from django.apps import apps

from procurement.models import BudgetUnit, Pledge, QuotaDeclaration, UnitOrder
from procurement.operations.accepting import accept_goods
from procurement.personal_data import erase_donor
from shop.core.models import SealedWrite
from shop.core.models.sealed_rows import columns_of, digests_of
from shop.core.row_projections import sealed_models
from shop.sales.models import DeliveryDue
from tests.factories import AT, make_certificate
from tests.sales.selling import ship
from tests.tampering import faults, tamper

from .giving import gift, listing, need  # noqa: F401  reason: fixtures
from .offices import Office, make_office, ordered

pytestmark = pytest.mark.django_db


def _digests(pledge: Pledge) -> list[dict[str, str]]:
    rows = SealedWrite.objects.filter(kind="procurement.pledge", object_id=pledge.pk).order_by("pk")
    return list(rows.values_list("digests", flat=True))


def test_words_of_an_erased_donor_are_no_fault_and_can_not_be_guessed(need: Any, listing: Any) -> None:  # noqa: F811
    pledge = gift(need, listing)
    salt = pledge.seal_salt
    assert (len(salt), faults()) == (32, [])
    tamper("UPDATE procurement_pledge SET donor_name = '张三'")
    assert faults() == [f"donor_name of procurement.pledge {pledge.pk}"]
    tamper("UPDATE procurement_pledge SET donor_name = %s", pledge.donor_name)

    erase_donor(pledge.donor, AT)

    pledge.refresh_from_db()
    assert (pledge.donor_name, pledge.words, pledge.seal_salt, faults()) == ("", "", "", [])
    before, _after = _digests(pledge)
    facts = {"donor_name": "启明灯具", "words": "", "seal_salt": ""}
    assert digests_of(facts, ("donor_name",), ("donor_name",))["donor_name"] != before["donor_name"]
    assert (
        digests_of(facts | {"seal_salt": salt}, ("donor_name",), ("donor_name",))["donor_name"] == before["donor_name"]
    )


def test_what_was_written_before_is_sealed_as_it_is_found(need: Any, listing: Any) -> None:  # noqa: F811
    pledge = gift(need, listing)
    make_certificate(listing)
    make_office()
    tamper("DELETE FROM core_sealedwrite WHERE id > 0")
    assert len(faults()) > 8
    names = (
        "shop.core",
        "shop.accounts",
        "shop.accounts",
        "catalog",
        "traceability",
        "shop.sales",
        "procurement",
        "livestream",
        "traceability",
        "procurement",
        "shop.sales",
    )
    numbers = ("0009", "0008", "0009", "0013", "0010", "0031", "0016", "0006", "0011", "0017", "0033")

    for package, number in zip(names, numbers, strict=True):
        _sealed_again(package, number)

    pledge.refresh_from_db()
    assert (len(pledge.seal_salt), faults()) == (32, [])
    assert {model._meta.label_lower for model in sealed_models() if model.objects.exists()} == set(
        SealedWrite.objects.values_list("kind", flat=True)
    )


def _sealed_again(package: str, number: str) -> None:
    """Run what a migration does to rows once more."""
    found = importlib.import_module(f"{package}.migrations")
    (name,) = (path.stem for path in __import__("pathlib").Path(found.__path__[0]).glob(f"{number}_*.py"))
    migration = importlib.import_module(f"{package}.migrations.{name}").Migration
    for operation in migration.operations:
        code = getattr(operation, "code", None)
        if code is not None and code.__name__ in ("seal", "salt", "links"):
            code(apps, None)


@pytest.mark.usefixtures("that_day")
def test_what_is_due_of_a_delivery_before_it_is_paid_is_noticed(office: Office, listing: Any) -> None:  # noqa: F811
    (order,) = ordered(office, (listing, 5))
    ship(order)
    accept_goods(order_id=order.pk, accepted={}, actor=office.buyer, at=AT)
    due = DeliveryDue.objects.get()
    assert faults() == []
    for column in ("amount_fen = amount_fen - 100", "pay_by = '2030-01-01 00:00:00+00:00'"):
        tamper(f"UPDATE sales_deliverydue SET {column}")
        assert f"{column.split()[0]} of sales.deliverydue {due.pk}" in faults()


@pytest.mark.usefixtures("that_day")
def test_the_year_of_a_declaration_and_what_decides_its_rate_are_noticed(office: Office) -> None:
    declaration = QuotaDeclaration.objects.get(unit=office.unit)
    other = make_office().unit
    for table, name, value in (
        ("quotadeclaration", "year", 2031),
        ("quotadeclaration", "unit_id", other.pk),
        ("declarationsnapshot", "year", 2031),
        ("declarationsnapshot", "unit_id", other.pk),
        ("declarationsnapshot", "ratio_bp", 1),
        ("quotapolicy", "ratio_bp", 1),
    ):
        tamper(f"UPDATE procurement_{table} SET {name} = %s", value)
        assert any(said.startswith(f"{name} of procurement.{table} ") for said in faults())
    assert columns_of(BudgetUnit)
    assert declaration.pk


@pytest.mark.usefixtures("that_day")
def test_an_order_that_is_said_to_be_of_another_unit_or_fund_is_noticed(office: Office, listing: Any) -> None:  # noqa: F811
    (order,) = ordered(office, (listing, 5))
    other = make_office().unit
    tamper("UPDATE procurement_unitorder SET unit_id = %s", other.pk)
    assert f"unit of order {order.pk}, which another bought" in faults()
    tamper("UPDATE procurement_unitorder SET unit_id = %s", office.unit.pk)
    UnitOrder.objects.get()
    tamper("UPDATE procurement_unitorder SET fund = 'union'")
    assert f"fund of order {order.pk}, of which the request names another" in faults()
