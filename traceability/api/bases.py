"""A supplier's own bases, by API."""

from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_noop
from pydantic import Field

from catalog.queries import said
from shop.core.acting import by
from shop.core.api import Answer, Body, Page, once
from shop.core.api.paging import Asked, cut
from shop.core.api.routing import ApiRequest
from traceability.api.shared import ForOne, acting, lots_area
from traceability.models import ProductionBase
from traceability.operations.places import Spot, add_base, complete_base
from traceability.queries.lots import bases_of


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
    contact: str = Field(max_length=60, examples=["0753-2860123"])
    plots: Annotated[list[PlotIn], once("name")] = Field([], max_length=20)


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
    return cut(turn, bases_of(acting(request, asked).pk), _base)


@lots_area.writes(
    "/seller/bases", BaseOut, scope="lots:write", status=201, summary=gettext_noop("Add a base with its fields")
)
def create_base(request: ApiRequest, body: BaseIn, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
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


class BaseChange(Body):
    place: str = Field("", max_length=80, description=gettext_noop("Kept where one stands already."))
    contact: str = Field(max_length=60, examples=["0753-2860123"])


@lots_area.writes(
    "/seller/bases/{int:base_id}",
    BaseOut,
    scope="lots:write",
    summary=gettext_noop("Complete what certificates need of a base"),
)
def change_base(request: ApiRequest, base_id: int, body: BaseChange, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    complete_base(supplier_id=supplier.pk, base_id=base_id, **body.model_dump(), **by(request))
    return next(_base(row) for row in bases_of(supplier.pk) if row.pk == base_id)
