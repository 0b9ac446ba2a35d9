"""Halls, villages, suppliers, certificates."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import Field

from catalog.api.shared import CertificateOut, Named, certificate, named
from catalog.models import Supplier, Village
from catalog.places import place
from catalog.queries import places
from catalog.queries.certificates import CertificatePage, certificate_page, number_of
from catalog.words import said
from shop.core.api import Answer, Area, Moment, Page
from shop.core.api.paging import Asked, turn_of
from shop.core.api.routing import ApiRequest

area = Area(gettext_noop("Places and certificates"))


class HallOut(Answer):
    code: str = Field(examples=["441403"])
    name: str
    product_count: int
    is_assisted: bool
    is_watched: bool


class HallsOut(Answer):
    items: list[HallOut]


def _hall(row: places.Hall) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "product_count": row.count,
        "is_assisted": row.is_assisted,
        "is_watched": row.is_watched,
    }


@area.reads("/halls", HallsOut, summary=gettext_noop("The regional halls: provinces and their counties"))
def list_halls(request: ApiRequest) -> dict[str, Any]:
    return {"items": [_hall(each) for province, counties in places.hall_list() for each in (province, *counties)]}


class SupplierOut(Answer):
    slug: str
    name: str
    kind: str
    place: str
    county: str
    households: int = Field(description=gettext_noop("Households that it works with."))
    county_recommended: bool


class HallDetail(Answer):
    code: str
    name: str
    pairings: list[str]
    households: int
    product_count: int
    suppliers: list[SupplierOut]
    counties: list[HallOut]


def _supplier(row: Supplier) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "name": said(row, "name"),
        "kind": row.kind,
        "place": place(row.county),
        "county": row.county_id,
        "households": row.households,
        "county_recommended": row.county_recommended,
    }


@area.reads("/halls/{code}", HallDetail, summary=gettext_noop("The hall of a province, a prefecture or a county"))
def get_hall(request: ApiRequest, code: str) -> dict[str, Any]:
    page = places.hall_page(code)
    if page is None:
        raise Http404
    return {
        "code": page.division.code,
        "name": said(page.division, "name"),
        "pairings": page.pairings,
        "households": page.households,
        "product_count": page.total,
        "suppliers": [_supplier(each) for each in page.suppliers],
        "counties": [_hall(each) for each in page.counties],
    }


class VillageOut(Answer):
    slug: str
    name: str
    place: str
    county: str
    specialty: str = Field(examples=["金柚"])
    households: int


class VillageDetail(VillageOut):
    headline: str
    story: str
    product_count: int
    suppliers: list[SupplierOut]


def _village(row: Village) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "name": said(row, "name"),
        "place": place(row.county),
        "county": row.county_id,
        "specialty": said(row, "specialty"),
        "households": row.households,
    }


@area.reads("/villages", Page[VillageOut], summary=gettext_noop("The villages, one product each"))
def list_villages(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return turn_of(turn, places.village_list, _village)


@area.reads("/villages/{slug}", VillageDetail, summary=gettext_noop("A village and who sells from there"))
def get_village(request: ApiRequest, slug: str) -> dict[str, Any]:
    page = places.village_page(slug)
    if page is None:
        raise Http404
    return _village(page.village) | {
        "headline": said(page.village, "headline"),
        "story": said(page.village, "story"),
        "product_count": page.total,
        "suppliers": [_supplier(each) for each in page.suppliers],
    }


class SupplierDetail(SupplierOut):
    story: str
    phone: str
    village: Named | None
    product_count: int


@area.reads("/suppliers", Page[SupplierOut], summary=gettext_noop("The suppliers"))
def list_suppliers(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return turn_of(turn, places.supplier_list, _supplier)


@area.reads("/suppliers/{slug}", SupplierDetail, summary=gettext_noop("A supplier"))
def get_supplier(request: ApiRequest, slug: str) -> dict[str, Any]:
    page = places.supplier_page(slug, 1)
    if page is None:
        raise Http404
    return _supplier(page.supplier) | {
        "story": said(page.supplier, "story"),
        "phone": page.phone,
        "village": named(page.supplier.village),
        "product_count": page.page.paginator.count,
    }


class CertificateDetail(CertificateOut):
    area_mu: int | None
    is_revoked: bool
    revoked_at: Moment | None
    revoked_reason: str
    holder: Named


def _certificate_detail(page: CertificatePage) -> dict[str, Any]:
    return certificate(page.shown) | {
        "area_mu": page.shown.area_mu,
        "is_revoked": page.shown.is_revoked,
        "revoked_at": page.shown.revoked_at,
        "revoked_reason": page.shown.revoked_reason,
        "holder": {"slug": page.holder_slug, "name": page.holder_name},
    }


@area.reads(
    "/certificates/{number}", CertificateDetail, summary=gettext_noop("A certificate and how much of its year is sold")
)
def get_certificate(request: ApiRequest, number: str) -> dict[str, Any]:
    page = certificate_page(number_of(number) or number, timezone.localdate())
    if page is None:
        raise Http404
    return _certificate_detail(page)
