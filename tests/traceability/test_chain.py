"""The chain of events: canonical, append-only, and a changed byte is named."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from tests.factories import AT
from tests.traceability.growing import GRAMS, finish, make_grown, make_lot, paid_order, send
from traceability.errors import AlreadyRecorded, BeyondHarvest, FromTheFuture, UnknownLot
from traceability.models import SupplierChain, TracedParcel, TraceEvent
from traceability.operations.quality import LabReport, record_test
from traceability.operations.recording import record_packing
from traceability.queries.verifying import verify_all, verify_chain
from traceability.rules import chain
from traceability.states import Grade, LotState

pytestmark = pytest.mark.django_db
TABLE = "traceability_traceevent"


def drop_triggers() -> None:
    """Take the protection off, as somebody with the owner's password could."""
    names = (
        [(f"{TABLE}_append_only", f" ON {TABLE}")]
        if connection.vendor == "postgresql"
        else [(f"{TABLE}_no_update", ""), (f"{TABLE}_no_delete", "")]
    )
    with connection.cursor() as cursor:
        for name, where in names:
            cursor.execute(f"DROP TRIGGER {name}{where}")


def tamper(event: TraceEvent, column: str, value: object) -> None:
    drop_triggers()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET {column} = %s WHERE id = %s", [value, event.pk])


def a_history() -> list[TraceEvent]:
    listing = make_grown()
    finish(make_lot(listing, packed=False))
    send(paid_order(listing))
    return list(TraceEvent.objects.order_by("seq"))


def test_canonical_json_sorts_keys_and_refuses_floats() -> None:
    assert chain.canonical({"b": 1, "a": "柚"}) == '{"a":"柚","b":1}'
    with pytest.raises(TypeError):
        chain.canonical({"a": [{"b": 0.1}]})


def test_a_lots_life_is_four_events_in_the_shape_of_epcis() -> None:
    events = a_history()
    bodies = [json.loads(event.body) for event in events]
    assert [(body["type"], body["action"], body["bizStep"], body["disposition"]) for body in bodies] == [
        ("ObjectEvent", "ADD", "commissioning", "active"),
        ("ObjectEvent", "OBSERVE", "inspecting", "conformant"),
        ("AggregationEvent", "ADD", "packing", "in_progress"),
        ("ObjectEvent", "OBSERVE", "shipping", "in_transit"),
    ]
    assert bodies[0]["eventTime"].endswith("+08:00")
    assert bodies[0]["eventTimeZoneOffset"] == "+08:00"
    assert bodies[0]["quantityList"][0]["quantity"] == 25000
    assert "ilmd" in bodies[0]
    assert all("ilmd" not in body for body in bodies[1:])
    assert bodies[3]["quantityList"] == [
        {"epcClass": f"urn:heqiao:lot:{events[0].lot_id}", "quantity": 5000, "uom": "GRM"}
    ]
    assert [event.previous_hash for event in events] == [chain.START, *[event.hash for event in events[:3]]]


def test_no_event_names_a_person() -> None:
    text = "".join(event.body for event in a_history())
    assert not any(word in text for word in ("周敏", "13800002046", "龙口西路"))


@pytest.mark.parametrize("statement", ["UPDATE {table} SET step = 'x'", "DELETE FROM {table}"])
def test_the_database_refuses_to_change_events(statement: str) -> None:
    a_history()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=TABLE))


def test_a_whole_chain_says_its_totals(capsys: pytest.CaptureFixture[str]) -> None:
    a_history()
    call_command("verify_chains")
    assert capsys.readouterr().out == "1 chains, 4 events: whole\n"


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_one_changed_byte_is_named(seq: int) -> None:
    event = a_history()[seq - 1]
    tamper(event, "body", event.body.replace("GRM", "GRN", 1))
    with pytest.raises(CommandError, match=rf"supplier {event.supplier_id}, event {seq}: its content was changed"):
        call_command("verify_chains")


@pytest.mark.parametrize(
    ("column", "value"), [("step", "inspecting"), ("lot_id", None), ("occurred_at", AT), ("previous_hash", "1" * 64)]
)
def test_a_changed_column_is_named(column: str, value: object) -> None:
    event = a_history()[2]
    if column == "lot_id":
        value = make_lot(make_grown()).pk
    tamper(event, column, value)
    assert [str(broken).split(":")[0] for _s, _n, broken in verify_all() if broken] == [
        f"supplier {event.supplier_id}, event 3"
    ]


def test_a_rewritten_event_breaks_the_next_and_a_missing_last_one_is_missed() -> None:
    events = a_history()
    body = events[1].body.replace('"quantity":25000', '"quantity":26000')
    drop_triggers()
    TraceEvent.objects.filter(pk=events[1].pk).update(body=body, hash=chain.link(events[1].previous_hash, body))
    assert str(verify_chain(events[0].supplier_id)[1]).endswith("event 3: it does not follow the event before it")
    TraceEvent.objects.filter(pk=events[1].pk).update(body=events[1].body, hash=events[1].hash)
    SupplierChain.objects.update(length=5)
    assert str(verify_chain(events[0].supplier_id)[1]).endswith("event 5: it is missing")


def test_an_event_from_the_future_is_refused() -> None:
    lot = make_lot(make_grown(), packed=False)
    with pytest.raises(FromTheFuture):
        record_packing(
            supplier_id=lot.supplier_id, lot_id=lot.pk, grams=1, boxes=1, grade=Grade.FIRST,
            occurred_at=AT + timedelta(seconds=1), actor=None, at=AT,
        )  # fmt: skip
    assert TraceEvent.objects.count() == 1


def test_a_lot_of_another_supplier_is_not_there_and_a_failed_test_holds() -> None:
    lot, other = make_lot(make_grown()), make_grown()
    facts = {
        "lot_id": lot.pk,
        "occurred_at": AT,
        "actor": None,
        "at": AT,
        "test": LabReport("农残", "超标", False, "站"),
    }
    with pytest.raises(UnknownLot):
        record_test(supplier_id=other.supplier_id, **facts)
    record_test(supplier_id=lot.supplier_id, confirm=True, **facts)
    lot.refresh_from_db()
    assert lot.state == LotState.HELD


def test_one_pages_form_is_recorded_once_and_all_packings_stay_within_the_harvest() -> None:
    listing = make_grown()
    lot = make_lot(listing, pieces=10, packed=False)
    facts = {"supplier_id": lot.supplier_id, "lot_id": lot.pk, "occurred_at": AT, "actor": None, "at": AT}
    packing = {"grams": 6 * GRAMS, "boxes": 2, "grade": Grade.FIRST, "confirm": True}
    packing["harvest_by"] = timezone.localdate(AT)
    record_packing(key="page", **packing, **facts)
    with pytest.raises(AlreadyRecorded) as again:
        record_packing(key="page", **packing, **facts)
    assert again.value.details == {"lot_id": lot.pk}
    assert TraceEvent.objects.count() == 2
    with pytest.raises(BeyondHarvest) as refused:
        record_packing(grams=4 * GRAMS + 1, boxes=2, grade=Grade.SECOND, **facts)
    assert "10 kg" in str(refused.value.message)
    record_packing(grams=4 * GRAMS, boxes=2, grade=Grade.SECOND, **facts)
    report = LabReport("农残", "未检出", True, "站")
    record_test(test=report, **facts)
    with pytest.raises(AlreadyRecorded):
        record_test(test=report, **facts)
    assert verify_chain(lot.supplier_id) == (4, None)


@pytest.mark.parametrize("body", ["[]", "not json", '{"eventTime": "never"}', "{}"])
def test_a_body_that_is_no_event_any_more_is_named_even_with_a_new_hash(body: str, client: Client) -> None:
    event = a_history()[1]
    parcel = TracedParcel.objects.get()
    tamper(event, "body", body)
    with connection.cursor() as cursor:
        hashed = chain.link(event.previous_hash, body)
        cursor.execute(f"UPDATE {TABLE} SET hash = %s WHERE id = %s", [hashed, event.pk])
    broken = verify_chain(event.supplier_id)[1]
    assert broken is not None
    assert broken.seq == event.seq
    page = client.get(f"/t/{parcel.code}")
    assert (page.status_code, 'data-testid="broken"' in page.content.decode()) == (200, True)
