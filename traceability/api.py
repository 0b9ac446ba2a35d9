"""Lots by API: what a parcel's code tells everybody, and a supplier's own lots with their events."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from catalog.queries import said
from catalog.queries.trade import SupplierBrief, supplier_acting
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Id, Moment, Page
from shop.core.api.paging import Asked, Follow, cut, turn_of
from shop.core.api.routing import ApiRequest
from traceability.models import ProduceLot, ProductionBase
from traceability.operations.places import Spot, add_base
from traceability.operations.recording import (
    MOST_GRAMS,
    LabReport,
    close_lot,
    record_harvest,
    record_packing,
    record_test,
)
from traceability.queries.lots import bases_of, history, lot_of_supplier, lots_of_supplier
from traceability.queries.trace import LotInParcel, trace_page
from traceability.rules.codes import cleaned, is_code
from traceability.shown import title, words

area = Area(gettext_noop("Tracing a parcel"))
lots_area = Area(gettext_noop("Supplier: lots and events"))


class TracedEvent(Answer):
    step: str = Field(examples=["commissioning"])
    title: str = Field(examples=["采收"])
    text: str
    at: Moment


class TracedLot(Answer):
    code: str = Field(examples=["MX-261118-01"])
    product: str
    base: str
    place: str
    harvested_on: date
    best_before: date | None
    quantity: int = Field(description=gettext_noop("Pieces of it in this parcel."))
    conformity_certificate: str | None = Field(examples=["HGZ20261118000001"])
    events: list[TracedEvent]


class Trace(Answer):
    code: str
    supplier: str
    is_intact: bool = Field(description=gettext_noop("Whether no event of the supplier's chain was changed since."))
    lots: list[TracedLot]


def _event(told: Any) -> dict[str, Any]:
    return {"step": told.step, "title": title(told), "text": words(told), "at": told.at}


def _traced(found: LotInParcel) -> dict[str, Any]:
    lot = found.lot
    return {
        "code": lot.code,
        "product": said(lot.listing, "name"),
        "base": said(lot.base, "name"),
        "place": said(lot.base, "place"),
        "harvested_on": lot.harvested_on,
        "best_before": lot.best_before,
        "quantity": sum(row.pieces for row in found.goods),
        "conformity_certificate": found.certificate.number if found.certificate else None,
        "events": [_event(each) for each in found.events],
    }


@area.reads("/trace/{code}", Trace, summary=gettext_noop("The lots in a parcel, by the code on it"))
def trace_parcel(request: ApiRequest, code: str) -> dict[str, Any]:
    plain = cleaned(code)
    page = trace_page(plain) if is_code(plain) else None
    if page is None:
        raise Http404
    return {
        "code": page.parcel.code,
        "supplier": said(page.parcel.supplier, "name"),
        "is_intact": page.broken is None,
        "lots": [_traced(each) for each in page.lots],
    }


class LotsOf(Answer):
    supplier: str = Field(
        "", max_length=80, description=gettext_noop("The supplier's slug; the first that you act for without it.")
    )


class LotsOfFollow(Follow, LotsOf):
    pass


ForOne = Annotated[LotsOf, Query(...)]


def _acting(request: ApiRequest, asked: LotsOf) -> SupplierBrief:
    return supplier_acting(request.user, asked.supplier)


class PlotOut(Answer):
    id: int
    name: str


class BaseOut(Answer):
    id: int
    name: str
    place: str
    latitude: str = Field(examples=["24.266100"])
    longitude: str = Field(examples=["116.077400"])
    plots: list[PlotOut]


class PlotIn(Body):
    name: str = Field(max_length=40)
    area_mu: Decimal = Field(Decimal(0), ge=0, le=100_000, decimal_places=1, examples=["12.5"])


class BaseIn(Body):
    name: str = Field(min_length=1, max_length=40)
    place: str = Field(min_length=1, max_length=80, examples=["广东省梅州市梅县区松口镇"])
    latitude: Decimal = Field(ge=-90, le=90, decimal_places=6, examples=["24.266100"])
    longitude: Decimal = Field(ge=-180, le=180, decimal_places=6, examples=["116.077400"])
    contact: str = Field("", max_length=60)
    plots: list[PlotIn] = Field([], max_length=20)


def _base(row: ProductionBase) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": said(row, "name"),
        "place": said(row, "place"),
        "latitude": f"{Decimal(row.latitude) / 10**6:.6f}",
        "longitude": f"{Decimal(row.longitude) / 10**6:.6f}",
        "plots": [{"id": plot.pk, "name": said(plot, "name")} for plot in row.plots.all()],
    }


@lots_area.reads(
    "/seller/bases", Page[BaseOut], scope="lots:read", summary=gettext_noop("The supplier's bases and fields")
)
def list_bases(request: ApiRequest, turn: Asked, asked: ForOne) -> dict[str, Any]:
    return cut(turn, bases_of(_acting(request, asked).pk), _base)


@lots_area.writes(
    "/seller/bases", BaseOut, scope="lots:write", status=201, summary=gettext_noop("Add a base with its fields")
)
def create_base(request: ApiRequest, body: BaseIn, asked: ForOne) -> dict[str, Any]:
    supplier = _acting(request, asked)
    made = add_base(
        supplier_id=supplier.pk,
        name=(body.name, ""),
        place=(body.place, ""),
        spot=Spot(body.latitude, body.longitude),
        contact=body.contact,
        plots=tuple((plot.name, "", int(plot.area_mu * 10)) for plot in body.plots),
        actor=request.user,
    )
    return next(_base(row) for row in bases_of(supplier.pk) if row.pk == made.pk)


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
    assigned_grams: int = Field(description=gettext_noop("What of it was sent."))


class LotDetail(LotOut):
    conformity_certificate: str | None
    history: list[TracedEvent]


def _lot(row: ProduceLot) -> dict[str, Any]:
    same = ("code", "state", "listing_id", "base_id", "harvested_on", "best_before")
    return {name: getattr(row, name) for name in (*same, "harvested_grams", "assigned_grams")} | {
        "id": row.pk,
        "product": said(row.listing, "name"),
    }


def _own(supplier: SupplierBrief, lot_id: int) -> ProduceLot:
    found = lot_of_supplier(supplier.pk, lot_id)
    if found is None:
        raise Http404
    return found


def _detail(supplier: SupplierBrief, lot_id: int) -> dict[str, Any]:
    row = _own(supplier, lot_id)
    certificate = getattr(row, "certificate", None)
    return _lot(row) | {
        "conformity_certificate": certificate.number if certificate else None,
        "history": [_event(each) for each in history(row) if each.is_readable],
    }


@lots_area.reads(
    "/seller/lots", Page[LotOut], scope="lots:read", summary=gettext_noop("The supplier's lots, the open ones first")
)
def list_lots(request: ApiRequest, asked: Annotated[LotsOfFollow, Query(...)]) -> dict[str, Any]:
    supplier = _acting(request, asked)
    return turn_of(asked, lambda page: lots_of_supplier(supplier.pk, page), _lot)


@lots_area.reads(
    "/seller/lots/{int:lot_id}", LotDetail, scope="lots:read", summary=gettext_noop("A lot and what happened to it")
)
def get_lot(request: ApiRequest, lot_id: int, asked: ForOne) -> dict[str, Any]:
    return _detail(_acting(request, asked), lot_id)


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
    row = _own(_acting(request, asked), lot_id)
    return {"items": [each.body for each in history(row) if each.is_readable]}


class HarvestIn(Body):
    listing_id: Id
    base_id: Id
    plot_id: Id | None = None
    grams: int = Field(ge=1, le=MOST_GRAMS)
    occurred_at: Moment
    best_before: date | None = None


class PackingIn(Body):
    grams: int = Field(ge=1, le=MOST_GRAMS)
    boxes: int = Field(0, ge=0, le=100_000)
    grade: Literal["first", "second", "mixed"] = "first"
    basis: Literal["own_control", "own_test", "commissioned"] = "own_control"
    occurred_at: Moment


class LabTestIn(Body):
    item: str = Field(min_length=1, max_length=60, examples=["农药残留 48 项"])
    result: str = Field(min_length=1, max_length=60, examples=["未检出"])
    passed: bool = Field(description=gettext_noop("A failed test recalls the lot: nothing of it is sent any more."))
    lab: str = Field(min_length=1, max_length=60)
    method: str = Field("", max_length=60)
    report_no: str = Field("", max_length=40)
    occurred_at: Moment


@lots_area.writes(
    "/seller/lots", LotDetail, scope="lots:write", status=201, summary=gettext_noop("Open a lot with its harvest")
)
def create_lot(request: ApiRequest, body: HarvestIn, asked: ForOne) -> dict[str, Any]:
    supplier = _acting(request, asked)
    lot = record_harvest(supplier_id=supplier.pk, **by(request), **body.model_dump(mode="python"))
    return _detail(supplier, lot.pk)


@lots_area.writes(
    "/seller/lots/{int:lot_id}/packings",
    LotDetail,
    scope="lots:write",
    status=201,
    summary=gettext_noop("Record a packing; the first one issues the conformity certificate"),
)
def pack_lot(request: ApiRequest, lot_id: int, body: PackingIn, asked: ForOne) -> dict[str, Any]:
    supplier = _acting(request, asked)
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
    supplier = _acting(request, asked)
    facts = body.model_dump()
    occurred_at = facts.pop("occurred_at")
    record_test(
        supplier_id=supplier.pk, lot_id=lot_id, test=LabReport(**facts), occurred_at=occurred_at, **by(request),
    )  # fmt: skip
    return _detail(supplier, lot_id)


@lots_area.writes(
    "/seller/lots/{int:lot_id}/close",
    LotDetail,
    scope="lots:write",
    summary=gettext_noop("Finish a lot: nothing more is sent of it"),
)
def finish_lot(request: ApiRequest, lot_id: int, asked: ForOne) -> dict[str, Any]:
    supplier = _acting(request, asked)
    close_lot(supplier_id=supplier.pk, lot_id=lot_id, **by(request))
    return _detail(supplier, lot_id)
