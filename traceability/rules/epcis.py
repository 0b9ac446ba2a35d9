"""Events in the shape of EPCIS 2.0. Plain values in, plain data out; weights are integers in grams (GRM).

What is ours and not GS1's stands under `heqiao:`. Nothing here names a person: events can't be erased.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"heqiao": "urn:heqiao:"}]
DISPOSITIONS = {
    "commissioning": "active",
    "transforming": "active",
    "packing": "in_progress",
    "shipping": "in_transit",
    "destroying": "destroyed",
}


@dataclass(frozen=True)
class Happening:
    """What happened to a lot: where, how many grams, and what else belongs to the step.

    `inputs`: (lot, grams) of what was mixed into it.
    """

    step: str
    occurred_at: datetime
    recorded_at: datetime
    lot_id: int
    lot_code: str
    base_id: int
    grams: int
    plot_id: int | None = None
    harvested_on: date | None = None
    best_before: date | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[tuple[int, int], ...] = ()


class Test(Protocol):
    """A laboratory test, as a report or as a row."""

    @property
    def kind(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def lab(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def passed(self) -> bool: ...
    @property
    def report_no(self) -> str: ...
    @property
    def result(self) -> str: ...


def test_facts(test: Test) -> dict[str, Any]:
    """Return what an event says of a test."""
    return {
        "kind": str(test.kind),
        "item": test.item,
        "lab": test.lab,
        "method": test.method,
        "passed": test.passed,
        "reportNo": test.report_no,
        "result": test.result,
    }


def lot_class(lot_id: int) -> str:
    """Return the class that a lot's goods are of."""
    return f"urn:heqiao:lot:{lot_id}"


def offset(at: datetime) -> str:
    """Return the offset of a time as EPCIS writes it: +08:00."""
    return at.isoformat()[-6:]


def body(what: Happening, *, supplier_id: int, sequence: int) -> dict[str, Any]:
    """Return the event; harvest is Object ADD with ilmd, packing Aggregation ADD, test and shipping Object OBSERVE.

    A mix is a Transformation (which has no action) with ilmd, disposal an Object DELETE.
    """
    is_packing = what.step == "packing"
    is_mix = what.step == "transforming"
    is_new = what.step == "commissioning" or is_mix
    quantities = [{"epcClass": lot_class(what.lot_id), "quantity": what.grams, "uom": "GRM"}]
    facts: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "AggregationEvent" if is_packing else "TransformationEvent" if is_mix else "ObjectEvent",
        "eventID": f"urn:heqiao:event:{supplier_id}:{sequence}",
        "eventTime": what.occurred_at.isoformat(timespec="seconds"),
        "eventTimeZoneOffset": offset(what.occurred_at),
        "recordTime": what.recorded_at.isoformat(timespec="seconds"),
        "action": "ADD" if is_new or is_packing else "DELETE" if what.step == "destroying" else "OBSERVE",
        "bizStep": what.step,
        "disposition": DISPOSITIONS.get(what.step, "conformant"),
        "readPoint": {"id": f"urn:heqiao:plot:{what.plot_id}" if what.plot_id else f"urn:heqiao:base:{what.base_id}"},
        "bizLocation": {"id": f"urn:heqiao:base:{what.base_id}"},
        "heqiao:lot": what.lot_id,
        "heqiao:lotNumber": what.lot_code,
    }
    if is_mix:
        del facts["action"]
        facts["inputQuantityList"] = [
            {"epcClass": lot_class(lot_id), "quantity": grams, "uom": "GRM"} for lot_id, grams in what.inputs
        ]
        facts["outputQuantityList"] = quantities
    elif is_packing:
        facts["parentID"] = f"urn:heqiao:packed:{supplier_id}:{sequence}"
        facts["childEPCs"] = []
        facts["childQuantityList"] = quantities
    else:
        facts["quantityList"] = quantities
    if is_new:
        facts["ilmd"] = {
            "cbvmda:lotNumber": what.lot_code,
            "cbvmda:harvestEndDate": what.harvested_on.isoformat() if what.harvested_on else "",
            "cbvmda:bestBeforeDate": what.best_before.isoformat() if what.best_before else "",
        }
    facts.update({f"heqiao:{name}": value for name, value in what.extra.items()})
    if what.step == "inspecting" and not facts.get("heqiao:test", {}).get("passed", True):
        facts["disposition"] = "non_conformant"
    return facts
