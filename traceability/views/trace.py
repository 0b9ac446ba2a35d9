"""What a buyer sees who scans the code on a parcel. No login; the address has no language, the reader does."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.queries import english, local, said
from catalog.queries.certificates import CertificateShown
from catalog.queries.certificates import certificates_of as certificates_of_listing
from shop.core.kept import kept_page
from shop.core.masking import mask_name
from shop.core.times import full_day, spoken_day
from traceability.drawing import draw
from traceability.operations.printing import certificate_pdf
from traceability.operations.scanning import count_scan
from traceability.queries.trace import LotInParcel, TracePage, certificates_of, is_known, trace_facts, trace_page
from traceability.rules.codes import cleaned, grouped, is_code
from traceability.rules.weights import in_words
from traceability.shown import timeline
from traceability.states import LotState

LANGUAGES = dict(settings.LANGUAGES)
HALF_A_YEAR = 180 * 86400
MANY_SCANS = 20
SCANS = "hq:scans"
View = Callable[..., HttpResponse]


def spoken(view: View) -> View:
    """Have the view speak the language of `lang`, else the one chosen last, else the browser's."""

    @wraps(view)
    def speak(request: HttpRequest, **given: Any) -> HttpResponse:
        asked = request.GET.get("lang", "")
        chosen = asked if asked in LANGUAGES else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in LANGUAGES:
            wanted = request.headers.get("Accept-Language", "")
            chosen = "en" if wanted.strip().lower().startswith("en") else settings.LANGUAGE_CODE
        translation.activate(chosen)
        response = view(request, **given)
        if asked in LANGUAGES:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, asked, max_age=HALF_A_YEAR, samesite="Lax")
        return response

    return never_cache(speak)


@require_safe
@spoken
def entrance(request: HttpRequest) -> HttpResponse:
    """A place to type a code; with `code`, the way to its page."""
    typed = request.GET.get("code", "")
    if not typed.strip():
        return _render(request, "entrance", {"typed": "", "wrong": bool(typed)})
    code = cleaned(typed)
    if not is_code(code):
        return _unknown(request, typed, status=422)
    return HttpResponseRedirect(f"/t/{code}")


@require_safe
@spoken
def trace(request: HttpRequest, code: str) -> HttpResponse:
    """The lots in one parcel; for a code that can't be or isn't known, what to do."""
    plain = cleaned(code)
    if not is_code(plain):
        return _unknown(request, code)
    if plain != code:
        return HttpResponsePermanentRedirect(f"/t/{plain}")
    found = trace_facts(code)
    if found is None:
        return _unknown(request, code)
    scans = count_scan(parcel_id=found.parcel_id)
    many = scans > MANY_SCANS
    today = timezone.localdate()

    def facts() -> object:
        now = trace_facts(code)
        return (now.shown if now else None), many, today

    def make() -> HttpResponse:
        page = trace_page(code, found)
        return _unknown(request, code) if page is None else _render(request, "trace", shown(page, many))

    return kept_page(request, facts=facts, known=(found.shown, many, today), make=make, holes={SCANS: scans})


@require_safe
@spoken
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The 合格证 of the lots in a parcel."""
    plain = cleaned(code)
    found = certificates_of(plain)
    if not found:
        return _to_the_parcel(request, code)
    return _render(request, "certificate", {"code": plain, "certificates": [_paper(each) for each in found]})


@require_safe
@spoken
def certificate_file(request: HttpRequest, code: str) -> HttpResponse:
    """The same as PDF, for printing. In Chinese: it is a form of the law."""
    plain = cleaned(code)
    found = certificates_of(plain)
    if not found:
        return _to_the_parcel(request, code)
    return pdf(certificate_pdf(certificates=found, code=plain), f"hegezheng-{plain}")


def _to_the_parcel(request: HttpRequest, code: str) -> HttpResponse:
    """Without certificates, the page of the parcel says what is known of it."""
    plain = cleaned(code)
    return HttpResponseRedirect(f"/t/{plain}") if is_known(plain) else _unknown(request, code)


def pdf(content: bytes, name: str) -> HttpResponse:
    """Return a PDF that opens in the browser."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _paper(row: Any) -> dict[str, Any]:
    return {"row": row, "product": said(row.lot.listing, "name"), "weight": in_words(row.grams), "lot": row.lot.code}


def _render(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shared = {"other": "zh-hans" if english() else "en", "shop_url": local("/shop/"), "home_url": local("/")}
    return render(request, f"traceability/{name}.html", {**shared, **context}, status=status)


def _unknown(request: HttpRequest, typed: str, status: int = 404) -> HttpResponse:
    return _render(request, "unknown", {"typed": typed[:40], "is_code": is_code(cleaned(typed))}, status=status)


def shown(page: TracePage, many_scans: bool) -> dict[str, Any]:
    """Return what the trace page's template shows; how often it was opened is a hole."""
    supplier = page.parcel.supplier
    today = timezone.localdate()
    certified = {each.lot.listing_id for each in page.lots if each.lot.pk in page.certified}
    proofs = {pk: certificates_of_listing(pk, today) for pk in certified}
    return {
        "code": page.parcel.code,
        "printed": grouped(page.parcel.code),
        "scans": SCANS,
        "many_scans": many_scans,
        "page": page,
        "broken": _broken_words(page),
        "title": said(page.lots[0].lot.listing, "name") if page.lots else said(supplier, "name"),
        "lots": [_lot(page, each, proofs) for each in page.lots],
        "shipped": spoken_day(page.parcel.shipped_at),
        "supplier": {
            "name": said(supplier, "name"),
            "url": local(f"/suppliers/{supplier.slug}/"),
            "head": mask_name(supplier.head_name) if supplier.head_name else "",
            "story": said(supplier, "story").split("\n")[0],
            "households": supplier.households,
        },
    }


def _broken_words(page: TracePage) -> str:
    if page.broken is None:
        return ""
    facts = {"n": page.broken.seq, "step": page.broken_step or "?"}
    return _("Event %(n)d of this supplier's records (%(step)s) is not as it was written.") % facts


def _lot(page: TracePage, each: LotInParcel, proofs: dict[int, list[CertificateShown]]) -> dict[str, Any]:
    lot = each.lot
    test = each.tests[-1].test if each.tests else None
    return {
        "lot": lot,
        "name": said(lot.listing, "name"),
        "url": local(f"/shop/p/{lot.listing.slug}/"),
        "is_recalled": lot.state == LotState.RECALLED,
        "in_parcel": [{"name": said(row, "name"), "pieces": row.pieces} for row in each.goods],
        "harvested": spoken_day(lot.harvested_on),
        "best_before": full_day(lot.best_before),
        "test": test,
        "timeline": [*timeline(each.events), _here(page)],
        "map": draw(lot.base, each.plots, lot.plot),
        "place": said(lot.base, "place") or said(lot.base, "name"),
        "base": said(lot.base, "name"),
        "plot": said(lot.plot, "name") if lot.plot else "",
        "area": f"{lot.plot.area_tenth_mu / 10:g}" if lot.plot and lot.plot.area_tenth_mu else "",
        "altitude": lot.base.altitude_m,
        "spot": f"{lot.base.latitude / 1e6:.4f}, {lot.base.longitude / 1e6:.4f}",
        "paper": _paper_short(each),
        "proofs": proofs.get(lot.listing_id, []),
    }


def _here(page: TracePage) -> dict[str, str]:
    return {
        "title": _("Your parcel"),
        "when": "",
        "text": _("Code %(code)s") % {"code": grouped(page.parcel.code)},
        "state": "now",
    }


def _paper_short(each: LotInParcel) -> dict[str, Any] | None:
    row = each.certificate
    if row is None:
        return None
    return {
        "row": row,
        "product": f"{said(each.lot.listing, 'name')} · {in_words(row.grams)}",
        "sold": in_words(each.lot.assigned_grams),
        "left": in_words(each.lot.harvested_grams - each.lot.assigned_grams),
        "percent": each.lot.assigned_grams * 100 // each.lot.harvested_grams,
    }
