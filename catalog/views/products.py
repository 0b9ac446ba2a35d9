"""The product page, its delivery line and its reviews."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from catalog import hooks
from catalog.models import Listing
from catalog.queries.choosing import spec_data
from catalog.queries.delivery import Delivery, days_left
from catalog.queries.lists import KnownPaginator
from catalog.queries.neighbours import cards_instead
from catalog.queries.places import shown_picture
from catalog.queries.products import (
    REVIEWS_PER_PAGE,
    ProductPage,
    delivery_to,
    product_page,
    product_version,
    review_page,
)
from catalog.queries.structured import product_data
from catalog.queries.undated import undated_words
from catalog.rules.badges import plain_kind
from catalog.states import StorageClass
from catalog.words import local, paragraphs, said
from shop.accounts.queries import has_proved_phone
from shop.core.marks import mark
from shop.core.money import to_yuan
from shop.core.numbers import read_id
from shop.core.times import full_day, spoken_day

GONE = 410
PARTS_SECONDS = 300
TOKEN_MARK = mark("product-token")
NEEDS_PHONE_MARK = mark("product-needs-phone")


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product; when it is not on sale any more, what may take its place."""
    now = timezone.now()
    asked = {"to": request.COOKIES.get("hq_to"), "chosen": request.GET.get("spec")}
    version = product_version(slug, **asked, at=now)
    version = f"{version}:{TOKEN_MARK}:{NEEDS_PHONE_MARK}" if version else None
    parts = cache.get(version) if version else None
    if parts is None:
        page = product_page(slug, **asked, at=now)
        if page is None:
            raise Http404(slug)
        if isinstance(page, Listing):
            return gone(request, page)
        parts = _parts(page)
        cache.set(version, parts, PARTS_SECONDS)
    safe = {name: mark_safe(html) for name, html in parts.items()}
    # Who proved a phone is not asked for one. A page kept by `shop.config.pagecache` is never of who signed in.
    needs_phone = "" if not parts["needs_phone"] or has_proved_phone(request.user) else parts["needs_phone"]
    main = parts["main"].replace(NEEDS_PHONE_MARK, needs_phone)
    safe["main"] = mark_safe(main.replace(TOKEN_MARK, get_token(request)))
    return render(request, "catalog/product.html", {"parts": safe})


def _parts(page: ProductPage) -> dict[str, str]:
    """Return the page's finished parts, the same for every visitor; forms hold a mark for the visitor's token."""
    listing = page.listing
    name, summary = said(listing, "name"), said(listing, "summary")
    address = settings.SITE_URL + local(f"/shop/p/{listing.slug}/")
    supplier_name = said(listing.supplier, "name")
    sold = [choice.pk for choice in page.choices if choice.can_buy and not page.waits]
    context = {
        "page": page,
        "panels": hooks.panels_of(listing.slug, sold, timezone.now()) if sold else [],
        "listing": listing,
        "name": name,
        "summary": summary,
        "badge": said(listing, "badge"),
        "badge_kind": plain_kind(listing.badge_kind),
        "supplier_name": supplier_name,
        "supplier_url": local(f"/suppliers/{listing.supplier.slug}/"),
        "village_url": local(f"/villages/{listing.village.slug}/") if listing.village else "",
        "village_name": said(listing.village, "name") if listing.village else "",
        "origin_picture": shown_picture(_origin_picture(listing)),
        "hall_url": local(f"/halls/{listing.county_id[:6]}/"),
        "reference_source": said(listing, "reference_source"),
        "arrival": arrival_words(page.delivery),
        "undated": undated_words(page.undated),
        "facts": _facts(page),
        "months": _months(page),
        "today": timezone.localdate(),
        "description": paragraphs(said(listing, "description")),
        "spec_data": spec_data(page),
        "share_url": address,
        "SITE_URL": settings.SITE_URL,
        "csrf_token": TOKEN_MARK,
        "needs_phone_mark": NEEDS_PHONE_MARK if listing.purchase_limit else "",
        "onward": local(f"/shop/p/{listing.slug}/"),
    }
    facts = {"name": name, "supplier": supplier_name, "place": page.place}
    return {
        "title": conditional_escape(" · ".join((str(name), str(page.place), _("Heqiao")))),
        "description": conditional_escape(summary or _("%(name)s from %(supplier)s, %(place)s.") % facts),
        "og": render_to_string("catalog/product_og.html", context),
        "json_ld": _json_ld(product_data(page, address, settings.SITE_URL), _trail_data(page, address)),
        "main": render_to_string("catalog/product_main.html", context),
        "bar": render_to_string("catalog/product_bar.html", context),
        "needs_phone": render_to_string("catalog/needs_phone.html", context) if listing.purchase_limit else "",
    }


def _origin_picture(listing: Listing) -> Any:
    return (listing.village.picture if listing.village else None) or listing.supplier.picture


def gone(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Say that a product is not on sale any more, with others of its kind."""
    context = {"name": said(listing, "name"), "cards": cards_instead(listing)}
    return render(request, "catalog/gone.html", context, status=GONE)


def arrival_words(delivery: Delivery) -> dict[str, str]:
    """Return the lines of 送至: freight and the day of arrival, or that it can't be served."""
    if not delivery.quote.served:
        return {
            "place": delivery.place,
            "refusal": _("Can't be delivered to %(place)s. Please choose another place.") % {"place": delivery.place},
            "freight": "",
            "when": "",
        }
    fen, over = delivery.quote.full_fen, delivery.free_over_fen
    if not fen:
        freight = _("free delivery")
    elif over is None:
        freight = _("freight ¥%(fen)s") % {"fen": to_yuan(fen)}
    else:
        free = f"{to_yuan(over):f}".removesuffix(".00")
        freight = _("freight ¥%(fen)s, free from ¥%(over)s") % {"fen": to_yuan(fen), "over": free}
    return {"place": delivery.place, "refusal": "", "freight": freight, "when": _when(delivery)}


def _when(delivery: Delivery) -> str:
    """Return when it arrives; of what can't be bought now, from when it can."""
    if delivery.arrives_by is not None:
        return _("Order now, there by %(day)s") % {"day": spoken_day(delivery.arrives_by)}
    if delivery.waits_for_harvest:
        return _("Ships once its next harvest is recorded: no day is promised yet")
    if not delivery.can_buy and not delivery.waits_for_season:
        return _("Can't be bought now")
    if delivery.season_starts is None:
        return _("Not on sale yet")
    month = date_format(datetime(2026, delivery.season_starts, 1), pgettext("month alone", "F"))  # noqa: DTZ001  # a month, no moment
    return _("Not on sale now: the season starts in %(month)s") % {"month": month}


@require_safe
def delivery(request: HttpRequest, slug: str) -> HttpResponse:
    """The delivery line for another place (`to`) or specification (`spec`), as JSON."""
    found = delivery_to(
        slug,
        to=request.GET.get("to") or request.COOKIES.get("hq_to"),
        chosen=request.GET.get("spec"),
        at=timezone.now(),
    )
    if found is None:
        raise Http404(slug)
    shown, left = found
    words = {"left": left_words(left), "promised": shown.arrives_by is not None, **arrival_words(shown)}
    return JsonResponse({"to": shown.to, "served": shown.quote.served, **words})


@require_safe
def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """All reviews of a product."""
    number = read_id(request.GET.get("page"), most_digits=5) or 1
    found = review_page(slug, (number - 1) * REVIEWS_PER_PAGE, REVIEWS_PER_PAGE)
    if found is None:
        raise Http404(slug)
    listing, shown, total = found
    page = KnownPaginator(total, REVIEWS_PER_PAGE).get_page(number)
    if page.number != number:
        return redirect(f"{request.path}?page={page.number}")
    context = {
        "listing": listing,
        "name": said(listing, "name"),
        "product_url": local(f"/shop/p/{listing.slug}/"),
        "reviews": shown,
        "page": page,
        "good_percent": listing.review_good_count * 100 // total if total else None,
    }
    return render(request, "catalog/reviews.html", context)


def _facts(page: ProductPage) -> list[dict[str, str]]:
    """Return the food label: what must stand on it, and, of the lot that ships next, its dates and what is left then."""
    listing = page.listing
    storage = f"{StorageClass(listing.storage_class).label} {said(listing, 'storage_note')}".strip()
    rows = [
        ("net", _("Net content"), page.chosen.net),
        ("origin", _("Origin"), page.place),
        ("produced", _("Produced on"), _or_later(page.dates.harvested_on if page.dates else None)),
        ("undated", _("Production date"), undated_words(page.undated)),
        ("best-before", _("Best before"), _or_later(page.dates.best_before if page.dates else None)),
        ("dated-pieces", _("These dates hold for"), _next_pieces(page.dated_pieces)),
        ("shelf-life", _("Shelf life"), _days(listing.shelf_life_days)),
        ("days-left", _("Left on arrival"), left_words(days_left(page.dates, page.delivery))),
        ("storage", _("Storage"), storage),
        ("supplier", _("Supplier"), said(listing.supplier, "name")),
    ]
    return [{"name": name, "label": label, "value": value} for name, label, value in rows if value]


def _next_pieces(pieces: int | None) -> str:
    """Return how many pieces are promised the dates; "" where all are."""
    return "" if pieces is None else ngettext("the next %(n)d piece", "the next %(n)d pieces", pieces) % {"n": pieces}


def _or_later(day: Any) -> str:
    """Return a day of the lot that ships next: what is bought now is of it, or of a later one."""
    return _("%(day)s or later") % {"day": full_day(day)} if day else ""


def left_words(days: int | None) -> str:
    """Return how many days are left on arrival at the least; "" when nothing can be promised."""
    return _("at least %(days)s") % {"days": _days(days)} if days else ""


def _days(count: int | None) -> str:
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count} if count else ""


def _months(page: ProductPage) -> list[dict[str, Any]]:
    """Return the twelve months for the season bar; nothing for what has no season."""
    if not page.months:
        return []
    kinds = dict.fromkeys(page.months, "pick")
    return [
        {
            "number": month,
            "name": date_format(datetime(2026, month, 1), _("M")),  # noqa: DTZ001  # a month, no moment
            "kind": kinds.get(month, ""),
            "now": month == page.month,
        }
        for month in range(1, 13)
    ]


def _trail_data(page: ProductPage, address: str) -> dict[str, Any]:
    steps = [(node.name, settings.SITE_URL + node.url) for node in page.trail]
    steps.append((said(page.listing, "name"), address))
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": i, "name": name, "item": url} for i, (name, url) in enumerate(steps, 1)
        ],
    }


_UNSAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def _json_ld(*data: dict[str, Any]) -> SafeString:
    """Return JSON that can stand inside a script element: no text can close it."""
    return mark_safe(json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE))
