"""Accounts that units pay from, changed past the operations, are noticed: a transfer from them asks for no reason."""

import importlib

import pytest
from django.apps import apps

from procurement.models import UnitPayer
from procurement.operations.payers import end_payer, register_payer
from shop.core.models import SealedFacts
from tests.factories import AT
from tests.tampering import faults, tamper

from .offices import make_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer() -> UnitPayer:
    """Two registered accounts of a unit; the first."""
    office = make_office()
    first, _second = (
        register_payer(
            unit_id=office.unit.pk,
            name="朝霞小学食堂专户",
            bank="广州农商",
            account=f"6222020000{n}",
            actor=office.finance,
            at=AT,
        )
        for n in (1, 2)
    )
    assert faults() == []
    return first


@pytest.mark.parametrize(
    "change", ["name = '张三'", "bank = '工行'", "account = '62220209999'", "added_by_id = 4", "unit_id = %(other)s"]
)
def test_an_account_that_says_something_else_is_noticed(payer: UnitPayer, change: str) -> None:
    other = make_office().unit.pk
    tamper(f"UPDATE procurement_unitpayer SET {change % {'other': other}} WHERE id = %s", payer.pk)

    assert faults() == [f"what unit_payer {payer.pk} said when it was written"]


def test_an_account_that_was_added_deleted_ended_or_opened_again_is_noticed(payer: UnitPayer) -> None:
    tamper("UPDATE procurement_unitpayer SET ended_at = %s WHERE id = %s", AT, payer.pk)
    assert faults() == [f"end of unit_payer {payer.pk}"]
    UnitPayer.objects.filter(pk=payer.pk).update(ended_at=None)
    end_payer(payer_id=payer.pk, actor=payer.unit.organisation.memberships.get(role="finance").user, at=AT)
    assert faults() == []
    tamper("UPDATE procurement_unitpayer SET ended_at = NULL, ended_by_id = NULL WHERE id = %s", payer.pk)
    assert faults() == [f"end of unit_payer {payer.pk}"]
    tamper("DELETE FROM procurement_unitpayer WHERE id = %s", payer.pk)
    added = UnitPayer.objects.create(unit=payer.unit, name="张三", bank="工行", account="62220209999", added_at=AT)

    assert faults() == [
        f"sealed unit_payer {payer.pk} is missing", f"what unit_payer {added.pk} said when it was written",
    ]  # fmt: skip


def test_accounts_of_before_are_sealed_as_they_are_found(payer: UnitPayer) -> None:
    kept = set(SealedFacts.objects.filter(kind="unit_payer").values_list("object_id", "digest"))
    tamper("DELETE FROM core_sealedfacts WHERE kind = 'unit_payer'")
    assert len(faults()) == 2

    importlib.import_module("procurement.migrations.0015_seal_payers").fill(apps, None)

    assert faults() == []
    assert set(SealedFacts.objects.filter(kind="unit_payer").values_list("object_id", "digest")) == kept
    assert payer.pk in dict(kept)
