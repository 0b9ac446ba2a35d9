"""A supplier's own lots, by API."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from catalog.queries import said
from catalog.queries.trade import SupplierBrief
from shop.core.acting import by
from shop.core.api import Answer, Body, Id, Moment, Page, once
from shop.core.api.paging import turn_of
from shop.core.api.routing import ApiRequest, Key
from traceability.api.shared import ForOne, LotsOfTurn, acting, lots_area
from traceability.api.told import RECORDS_CHANGED, Paper, TracedEvent, event, paper
from traceability.models import ProduceLot
from traceability.operations.mixing import MOST_SOURCES, mix_lots
from traceability.operations.quality import LabReport, dispose_of_lot, record_test
from traceability.operations.recording import MOST_GRAMS, close_lot, record_harvest, record_packing
from traceability.queries.beyond import beyond_lots
from traceability.queries.kept import without_harvest_of_lot
from traceability.queries.lots import (
    can_be_sent,
    can_certify,
    history,
    lot_of_supplier,
    lots_of_supplier,
)
from traceability.queries.stopped import rest_on_shelf
from traceability.queries.trace import lot_fault
from traceability.queries.waiting import waiting_once_gone
from traceability.states import LotState


class LotOut(Answer):
    id: int
    code: str
    state: str = Field(examples=["open"])
    listing_id: int
    product: str
    base_id: int
    harvested_on: date
    best_before: date | None
    harvested_grams: int
    packed_grams: int
    sorted_out_grams: int = Field(description=gettext_noop("Never sold: harvested = packed + sorted out + unpacked."))
    unpacked_grams: int
    mixed_grams: int = Field(description=gettext_noop("What went into other lots."))
    assigned_grams: int = Field(description=gettext_noop("What of it was sent."))
    gone_grams: int = Field(description=gettext_noop("What was left when it was finished, expired or was disposed of."))
    left_grams: int = Field(description=gettext_noop("What can be sent: packed, less mixed, sent and gone."))
    required_tests: list[str] = Field(description=gettext_noop("Tests that must pass before it is packed."))


class MixedFrom(Answer):
    lot_id: int
    code: str
    grams: int


class RestOut(Answer):
    on_sale: int = Field(description=gettext_noop("Pieces on sale that only this lot covers."))
    in_orders: int = Field(description=gettext_noop("Pieces that wait in orders and that only this lot covers."))


class WaitsOut(Answer):
    orders: int = Field(description=gettext_noop("Paid orders."))
    pieces: int = Field(description=gettext_noop("Pieces of paid orders."))
    numbers: list[str] = Field(description=gettext_noop("Numbers of the paid orders."))
    unpaid_orders: int = Field(description=gettext_noop("Orders that are not paid yet."))
    unpaid_pieces: int = Field(description=gettext_noop("Pieces of orders that are not paid yet."))


class WithoutHarvestOut(Answer):
    on_sale: int
    in_orders: int
    due_on: date | None = Field(
        description=gettext_noop("The last day to record their harvest: what no lot covers then is taken off sale.")
    )
    reason: str


class ConfirmedOut(Answer):
    harvest_by: date
    pieces: int


class BeyondOut(Answer):
    on_sale: int
    in_orders: int
    harvest_by: date | None = Field(description=gettext_noop("The first confirmed day; null where none was confirmed."))
    confirmed: list[ConfirmedOut] = Field(
        description=gettext_noop(
            "How many on sale are taken off after which confirmed day when their harvest is not recorded."
        )
    )
    unconfirmed: int = Field(description=gettext_noop("On sale and confirmed by nobody: no day takes them off."))


class LotDetail(LotOut):
    rest: RestOut | None = Field(
        description=gettext_noop("What leaves the shelf when an open lot is finished and its rest is gone.")
    )
    waits: WaitsOut | None = Field(
        description=gettext_noop("Orders that no sound lot would be left for if an open lot were finished.")
    )
    without_harvest: WithoutHarvestOut | None = Field(
        description=gettext_noop("What stays of a finished lot as of another harvest that is not recorded.")
    )
    beyond_lots: BeyondOut | None = Field(
        description=gettext_noop("Pieces of the product on the shelf that none of its lots covers.")
    )
    is_verified: bool = Field(
        description=gettext_noop("False where sealed records were changed: then nothing said of the lot is confirmed.")
    )
    unverified_code: str = Field(
        examples=["records_changed"], description=gettext_noop("Why it could not; empty where it could.")
    )
    conformity_certificate: str | None
    certificates: list[Paper]
    mixed_from: list[MixedFrom]
    history: list[TracedEvent]


def _lot(row: ProduceLot) -> dict[str, Any]:
    same = ("code", "state", "listing_id", "base_id", "harvested_on", "best_before")
    weights = ("harvested_grams", "packed_grams", "sorted_out_grams", "unpacked_grams", "mixed_grams", "assigned_grams")
    return {name: getattr(row, name) for name in (*same, *weights, "gone_grams", "required_tests")} | {
        "left_grams": row.left_grams if can_be_sent(row, timezone.now()) else 0,
        "id": row.pk,
        "product": said(row.listing, "name"),
    }


def _own(supplier: SupplierBrief, lot_id: int) -> ProduceLot:
    found = lot_of_supplier(supplier.pk, lot_id)
    if found is None:
        raise Http404
    return found


def _without_harvest(row: ProduceLot) -> dict[str, Any] | None:
    left = None if row.state == LotState.OPEN else without_harvest_of_lot(row, timezone.now())
    if left is None:
        return None
    return {
        "on_sale": left.rest.on_sale, "in_orders": left.rest.in_orders, "due_on": left.due_on, "reason": left.note,
    }  # fmt: skip


def _beyond(row: ProduceLot) -> dict[str, Any] | None:
    for each in beyond_lots(at=timezone.now(), listing_ids=[row.listing_id]):
        same = ("on_sale", "in_orders", "harvest_by", "unconfirmed")
        confirmed = [{"harvest_by": day, "pieces": pieces} for day, pieces in each.by_day]
        return {name: getattr(each, name) for name in same} | {"confirmed": confirmed}
    return None


def _detail(supplier: SupplierBrief, lot_id: int) -> dict[str, Any]:
    row = _own(supplier, lot_id)
    told = history(row)
    papers = list(row.certificates.all())
    sealed = {each.certificate.get("number") for each in told}
    is_intact = lot_fault(row) is None
    may_certify = can_certify(row, timezone.now())
    rest = rest_on_shelf(row, timezone.now()) if row.state == LotState.OPEN else None
    return _lot(row) | {
        "rest": {"on_sale": rest.on_sale, "in_orders": rest.in_orders} if rest else None,
        "waits": waiting_once_gone(row, timezone.now()).facts if rest else None,
        "without_harvest": _without_harvest(row),
        "beyond_lots": _beyond(row),
        "is_verified": is_intact,
        "unverified_code": "" if is_intact else RECORDS_CHANGED,
        "conformity_certificate": papers[0].number if is_intact and papers and may_certify else None,
        "certificates": [
            paper(each, is_sealed=is_intact and each.number in sealed, is_intact=is_intact) for each in papers
        ],
        "mixed_from": [
            {"lot_id": each.source_id, "code": each.source.code, "grams": each.grams} for each in row.sources.all()
        ],
        "history": [event(each) for each in told if each.is_readable],
    }


@lots_area.reads(
    "/seller/lots", Page[LotOut], scope="lots:read", summary=gettext_noop("The supplier's lots, the open ones first")
)
def list_lots(request: ApiRequest, asked: Annotated[LotsOfTurn, Query(...)]) -> dict[str, Any]:
    supplier = acting(request, asked)
    return turn_of(asked, lambda page: lots_of_supplier(supplier.pk, page), _lot)


@lots_area.reads(
    "/seller/lots/{int:lot_id}", LotDetail, scope="lots:read", summary=gettext_noop("A lot and what happened to it")
)
def get_lot(request: ApiRequest, lot_id: int, asked: ForOne) -> dict[str, Any]:
    return _detail(acting(request, asked), lot_id)


class EpcisEvents(Answer):
    items: list[dict[str, Any]] = Field(
        examples=[[{"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning"}]],
        description=gettext_noop("Events in the shape of EPCIS 2.0, as they stand in the chain."),
    )


@lots_area.reads(
    "/seller/lots/{int:lot_id}/events",
    EpcisEvents,
    scope="lots:read",
    summary=gettext_noop("The events of a lot, in the shape of EPCIS 2.0"),
)
def list_lot_events(request: ApiRequest, lot_id: int, asked: ForOne) -> dict[str, Any]:
    row = _own(acting(request, asked), lot_id)
    return {"items": [each.body for each in history(row) if each.is_readable]}


class HarvestIn(Body):
    listing_id: Id
    base_id: Id
    plot_id: Id | None = None
    grams: int = Field(ge=1, le=MOST_GRAMS)
    occurred_at: Moment
    best_before: date | None = None
    confirm: bool = Field(
        False, description=gettext_noop("True: a lot that is expired already is recorded; else 409 harvest_expired.")
    )


class PackingIn(Body):
    grams: int = Field(ge=1, le=MOST_GRAMS)
    boxes: int = Field(0, ge=0, le=100_000)
    grade: Literal["first", "second", "mixed"] = "first"
    sorted_out_grams: int = Field(0, ge=0, le=MOST_GRAMS, description=gettext_noop("Never sold."))
    occurred_at: Moment
    confirm: bool = Field(
        False,
        description=gettext_noop(
            "True: pieces on the shelf may be of no lot; else 409 shelf_beyond_lots says how many, where more stands there than was confirmed before."
        ),
    )
    harvest_by: date | None = Field(
        None,
        description=gettext_noop(
            "With `confirm`: the day by which their harvest is recorded. After it, what nobody ordered is taken off sale."
        ),
    )


class SourceIn(Body):
    lot_id: Id
    grams: int = Field(ge=1, le=MOST_GRAMS)


class MixIn(Body):
    listing_id: Id
    base_id: Id
    sources: Annotated[list[SourceIn], once("lot_id")] = Field(min_length=1, max_length=MOST_SOURCES)
    occurred_at: Moment


class Confirmed(Body):
    confirm: bool = Field(
        False, description=gettext_noop("True: orders may be left without goods; else 409 orders_wait says which.")
    )


class FinishIn(Confirmed):
    rest: Literal["", "gone", "other"] = Field(
        "",
        description=gettext_noop(
            "What of the shelf only this lot covers is gone and leaves the stock, or is of another harvest and stays: to be said where something is left."
        ),
    )
    reason: str = Field("", max_length=120, description=gettext_noop("Needed where pieces stay: which harvest."))


class DisposalIn(Confirmed):
    method: str = Field(min_length=1, max_length=120, examples=["就地深埋"])
    occurred_at: Moment


class LabTestIn(Body):
    kind: Literal["own", "commissioned"] = Field(
        "own", description=gettext_noop("A commissioned test has a report_no.")
    )
    item: str = Field(min_length=1, max_length=60, examples=["农药残留 48 项"])
    result: str = Field(min_length=1, max_length=60, examples=["未检出"])
    passed: bool = Field(description=gettext_noop("A failed test holds the lot, and recalls what was sent of it."))
    confirm: bool = Field(
        False,
        description=gettext_noop("True: goods may be stopped; else 409 lot_stop_unconfirmed says what is concerned."),
    )
    lab: str = Field(
        "",
        max_length=60,
        description=gettext_noop("Needed of a commissioned test; of an own one yourselves, left out."),
    )
    method: str = Field("", max_length=60)
    report_no: str = Field("", max_length=40)
    occurred_at: Moment


@lots_area.writes(
    "/seller/lots",
    LotDetail,
    scope="lots:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Open a lot with its harvest"),
)
def create_lot(request: ApiRequest, body: HarvestIn, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    lot = record_harvest(supplier_id=supplier.pk, **by(request), **body.model_dump(mode="python"))
    return _detail(supplier, lot.pk)


@lots_area.writes(
    "/seller/lots/{int:lot_id}/packings",
    LotDetail,
    scope="lots:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Record a packing, which issues its conformity certificate"),
)
def pack_lot(request: ApiRequest, lot_id: int, body: PackingIn, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    record_packing(supplier_id=supplier.pk, lot_id=lot_id, **by(request), **body.model_dump())
    return _detail(supplier, lot_id)


@lots_area.writes(
    "/seller/lots/{int:lot_id}/tests",
    LotDetail,
    scope="lots:write",
    status=201,
    summary=gettext_noop("Record a laboratory test"),
)
def test_lot(request: ApiRequest, lot_id: int, body: LabTestIn, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    facts = body.model_dump()
    own = {name: facts.pop(name) for name in ("occurred_at", "confirm")}
    record_test(supplier_id=supplier.pk, lot_id=lot_id, test=LabReport(**facts), **own, **by(request))
    return _detail(supplier, lot_id)


@lots_area.writes(
    "/seller/lots/{int:lot_id}/dispose",
    LotDetail,
    scope="lots:write",
    summary=gettext_noop("Record that a held or recalled lot was disposed of"),
)
def dispose(request: ApiRequest, lot_id: int, body: DisposalIn, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    dispose_of_lot(supplier_id=supplier.pk, lot_id=lot_id, **by(request), **body.model_dump())
    return _detail(supplier, lot_id)


@lots_area.writes(
    "/seller/mixed-lots",
    LotDetail,
    scope="lots:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Mix lots, or pack one anew, into a new lot"),
)
def create_mix(request: ApiRequest, body: MixIn, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    facts = body.model_dump() | {"sources": [(each.lot_id, each.grams) for each in body.sources]}
    return _detail(supplier, mix_lots(supplier_id=supplier.pk, **by(request), **facts).pk)


@lots_area.writes(
    "/seller/lots/{int:lot_id}/close",
    LotDetail,
    scope="lots:write",
    summary=gettext_noop("Finish a lot: nothing more is sent of it"),
)
def finish_lot(request: ApiRequest, lot_id: int, body: FinishIn, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    close_lot(supplier_id=supplier.pk, lot_id=lot_id, **by(request), **body.model_dump())
    return _detail(supplier, lot_id)
