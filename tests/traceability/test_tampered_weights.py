"""Weights of lots that no event holds, changed past the operations, are noticed: what is gone, and what is owed."""

import importlib

import pytest
from django.apps import apps

from tests.factories import AT, make_user
from tests.tampering import faults, tamper
from tests.traceability.growing import GRAMS, make_grown, make_lot, paid_order
from tests.traceability.test_held_stock import dispose, fail
from traceability.models import ProduceLot
from traceability.operations.recording import close_lot

pytestmark = pytest.mark.django_db


@pytest.fixture
def lots() -> dict[str, ProduceLot]:
    """A lot that was disposed of and owes eight pieces to an order, one that was finished with a rest, one on sale."""
    owing, listing = make_grown(make_user(), stock=20), make_grown(make_user(), stock=20)
    made = {"disposed": make_lot(owing, pieces=20)}
    paid_order(owing, 8)
    fail(made["disposed"])
    dispose(made["disposed"])
    made |= {"closed": make_lot(listing, pieces=4), "open": make_lot(listing, pieces=20)}
    close_lot(supplier_id=listing.supplier_id, lot_id=made["closed"].pk, actor=None, at=AT, rest="gone")
    assert faults() == []
    return {name: ProduceLot.objects.get(pk=lot.pk) for name, lot in made.items()}


@pytest.mark.parametrize(
    ("which", "change"),
    [("disposed", "0"), ("disposed", "gone_grams - 1"), ("closed", "0"), ("closed", "gone_grams - 1"), ("open", "1")],
)
def test_gone_grams_that_were_changed_are_noticed(lots: dict[str, ProduceLot], which: str, change: str) -> None:
    tamper(f"UPDATE traceability_producelot SET gone_grams = {change} WHERE id = %s", lots[which].pk)

    # Nothing is gone of it, and it owes all the same.
    also = [f"grams that lot {lots[which].pk} owes"] if (which, change) == ("disposed", "0") else []
    assert faults() == [f"gone grams of lot {lots[which].pk}", *also]


@pytest.mark.parametrize(("which", "change"), [("disposed", "0"), ("disposed", "owed_grams - 1")])
def test_owed_grams_that_were_changed_are_noticed(lots: dict[str, ProduceLot], which: str, change: str) -> None:
    assert lots["disposed"].owed_grams == 8 * GRAMS
    tamper(f"UPDATE traceability_producelot SET owed_grams = {change} WHERE id = %s", lots[which].pk)

    assert faults() == [f"grams that lots of listing {lots[which].listing_id} owe"]


def test_what_was_gone_with_lots_of_before_is_written_down(lots: dict[str, ProduceLot]) -> None:
    tamper("UPDATE traceability_producelot SET gone_grams = 0 WHERE state = 'disposed'")

    importlib.import_module("traceability.migrations.0009_gone_with_disposed_lots").fill(apps, None)

    assert (faults(), ProduceLot.objects.get(pk=lots["disposed"].pk).gone_grams) == ([], lots["disposed"].gone_grams)
