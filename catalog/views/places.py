"""Villages, regional halls, storefronts."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.models import Supplier, Village
from catalog.operations.follows import toggle_follow
from catalog.places import place, short
from catalog.queries import places
from catalog.queries.follows import is_following, village_called
from catalog.words import local, paragraphs, said
from shop.core.masking import mask_name
from shop.core.post_only import post_only

SEASON_KINDS = {"harvest": "pick", "ripen": "soon", "grow": "grow"}


def supplier_facts(supplier: Supplier) -> dict[str, Any]:
    """Return a supplier as the cards of suppliers show it."""
    return {
        "name": said(supplier, "name"),
        "url": local(f"/suppliers/{supplier.slug}/"),
        "place": place(supplier.county),
        "kind": supplier.get_kind_display(),
        "head": mask_name(supplier.head_name) if supplier.head_name else "",
        "founded": supplier.founded_year,
        "households": supplier.households,
        "recommended": supplier.county_recommended,
        "portrait": places.shown_picture(supplier.portrait),
        "picture": places.shown_picture(supplier.picture),
    }


@require_safe
def villages(request: HttpRequest) -> HttpResponse:
    """Every village, one product each."""
    page = places.village_list(request.GET.get("page", "1"))
    cards = [places.village_card(village) for village in page.object_list]
    return render(request, "catalog/villages.html", {"page": page, "cards": cards, "total": page.paginator.count})


@require_safe
def village(request: HttpRequest, slug: str) -> HttpResponse:
    """A village: its specialty, its year, its things."""
    page = places.village_page(slug)
    if page is None:
        raise Http404(slug)
    row = page.village
    story = paragraphs(said(row, "story"))
    context = {
        "page": page,
        "village": row,
        "name": said(row, "name"),
        "specialty": said(row, "specialty"),
        "headline": said(row, "headline"),
        "lead": story[0] if story else "",
        "story": story[1:],
        "picture": places.shown_picture(row.picture),
        "figures": _figures(row),
        "year": _year(row, timezone.localtime()),
        "suppliers": [supplier_facts(each) for each in page.suppliers],
        "hall_url": local(f"/halls/{row.county_id[:6]}/"),
        "following": is_following(request.user, row),
    }
    return render(request, "catalog/village.html", context)


@never_cache
@post_only
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a village, or stop. A guest signs in first, and comes back to the village."""
    row = village_called(slug)
    if row is None:
        raise Http404(slug)
    back = local(f"/villages/{slug}/")
    if not request.user.is_authenticated:
        return redirect_to_login(back, local("/account/login/"))
    on = toggle_follow(user=request.user, village=row, at=timezone.now())
    messages.success(
        request, _("You follow this village: we tell you what comes on sale.") if on else _("You no longer follow it.")
    )
    return HttpResponseRedirect(back)


def _figures(row: Village) -> list[dict[str, str]]:
    """Return the village's figures: those it gave, else the households."""
    given = [
        {"value": str(each.get("value", "")), "unit": said(each, "unit"), "label": said(each, "label")}
        for each in row.figures[:4]
    ]
    if not given and row.households:
        given = [{"value": f"{row.households:,}", "unit": _("households"), "label": _("growing together")}]
    return given


def _year(row: Village, now: datetime) -> list[dict[str, Any]]:
    """Return the village's twelve months; nothing when it gave none."""
    if len(row.year) != 12:
        return []
    return [
        {
            "name": date_format(datetime(2026, month, 1), _("M")),  # noqa: DTZ001  # a month's name, no moment
            "label": said(each, "label"),
            "kind": SEASON_KINDS.get(each.get("kind", ""), ""),
            "now": month == now.month,
        }
        for month, each in enumerate(row.year, 1)
    ]


@require_safe
def halls(request: HttpRequest) -> HttpResponse:
    """Every regional hall, by province."""
    groups = places.hall_list()
    return render(request, "catalog/halls.html", {"groups": groups, "total": sum(len(each) for _, each in groups)})


@require_safe
def hall(request: HttpRequest, code: str) -> HttpResponse:
    """The hall of a province, a prefecture or a county."""
    page = places.hall_page(code)
    if page is None:
        raise Http404(code)
    context = {
        "page": page,
        "name": short(page.division),
        "above": [{"name": short(row), "url": local(f"/halls/{row.code}/")} for row in page.trail[:-1]],
        "suppliers": [supplier_facts(each) for each in page.suppliers],
        "list_url": f"{local('/shop/')}?county={page.division.code}" if len(page.division.code) == 6 else "",
    }
    return render(request, "catalog/hall.html", context)


@require_safe
def suppliers(request: HttpRequest) -> HttpResponse:
    """Every supplier."""
    page = places.supplier_list(request.GET.get("page", "1"))
    context = {
        "page": page,
        "suppliers": [supplier_facts(each) for each in page.object_list],
        "total": page.paginator.count,
    }
    return render(request, "catalog/suppliers.html", context)


@require_safe
def supplier(request: HttpRequest, slug: str) -> HttpResponse:
    """A storefront."""
    page = places.supplier_page(slug, request.GET.get("page", "1"))
    if page is None:
        raise Http404(slug)
    row = page.supplier
    story = paragraphs(said(row, "story"))
    context = {
        "page": page,
        "supplier": row,
        "facts": supplier_facts(row),
        "name": said(row, "name"),
        "lead": story[0] if story else "",
        "story": story[1:],
        "village_url": local(f"/villages/{row.village.slug}/") if row.village else "",
        "village_name": said(row.village, "name") if row.village else "",
        "hall_url": local(f"/halls/{row.county_id[:6]}/"),
        "holiday_until": row.holiday_until if row.holiday_until and row.holiday_until > timezone.localdate() else None,
    }
    return render(request, "catalog/supplier.html", context)
