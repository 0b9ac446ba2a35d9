"""What a buyer sees who scans the code on a parcel. No login; the address has no language, the reader does."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.queries import english, local, said
from catalog.queries.certificates import CertificateShown, certificates_of, revoked_of
from shop.core.kept import kept_page
from shop.core.languages import spoken
from shop.core.marks import mark
from shop.core.masking import mask_name
from shop.core.times import full_day, spoken_day
from traceability.drawing import draw
from traceability.evidence import any_of, badge_of, evidence_of, rows, shared_by
from traceability.models import ConformityCertificate
from traceability.operations.printing import SealedPaper, certificate_pdf
from traceability.operations.scanning import count_scan
from traceability.queries.trace import LotInParcel, TracePage, is_known, step_of, trace_facts, trace_page
from traceability.rules.codes import cleaned, grouped, is_code
from traceability.rules.weights import in_words
from traceability.shown import broken_words, suspended_words, timeline

MANY_SCANS = 20
SCANS = mark("scans")


@require_safe
@never_cache
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
@never_cache
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
@never_cache
@spoken
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The 合格证 of the lots in a parcel, each with whether it still says what was sealed."""
    plain = cleaned(code)
    found = trace_facts(plain) if is_code(plain) else None
    lots = found.lots() if found else []
    papers = [_paper(lot, row) for lot in lots for row in lot.papers]
    if found is None or not papers:
        return _to_the_parcel(request, code)
    context = {
        "code": plain,
        "papers": papers,
        "broken": broken_words(found.broken, step_of(found.broken)),
        # Of changed records nothing is printed that could be shown around.
        "is_printed": found.broken is None and any(lot.is_certified for lot in lots if lot.papers),
    }
    return _render(request, "certificate", context)


@require_safe
@never_cache
@spoken
def certificate_file(request: HttpRequest, code: str) -> HttpResponse:
    """The same as PDF, for printing. In Chinese: it is a form of the law.

    Of a suspended lot none is printed; where no other is left, the page says why.
    """
    plain = cleaned(code)
    found = trace_facts(plain) if is_code(plain) else None
    lots = [lot for lot in found.lots() if lot.papers] if found else []
    if found is None or not lots:
        return _to_the_parcel(request, code)
    papers = [SealedPaper(row, row.number in lot.sealed) for lot in lots if lot.is_certified for row in lot.papers]
    if not papers:
        return HttpResponseRedirect(f"/t/{plain}/certificate/")
    with translation.override("zh-hans"):
        warning = broken_words(found.broken, step_of(found.broken))
    return pdf(certificate_pdf(papers=papers, code=plain, warning=warning), f"hegezheng-{plain}")


def _to_the_parcel(request: HttpRequest, code: str) -> HttpResponse:
    """Without certificates, the page of the parcel says what is known of it."""
    plain = cleaned(code)
    return HttpResponseRedirect(f"/t/{plain}") if is_known(plain) else _unknown(request, code)


def pdf(content: bytes, name: str) -> HttpResponse:
    """Return a PDF that opens in the browser."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _paper(lot: LotInParcel, row: ConformityCertificate) -> dict[str, Any]:
    return {
        "row": row,
        "weight": in_words(row.grams),
        "lot": lot.lot.code,
        "is_sealed": row.number in lot.sealed,
        "suspended": suspended_words(lot),
    }


def _render(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shared = {"other": "zh-hans" if english() else "en", "shop_url": local("/shop/"), "home_url": local("/")}
    return render(request, f"traceability/{name}.html", {**shared, **context}, status=status)


def _unknown(request: HttpRequest, typed: str, status: int = 404) -> HttpResponse:
    return _render(request, "unknown", {"typed": typed[:40], "is_code": is_code(cleaned(typed))}, status=status)


def shown(page: TracePage, many_scans: bool) -> dict[str, Any]:
    """Return what the trace page's template shows; how often it was opened is a hole."""
    supplier = page.parcel.supplier
    today = timezone.localdate()
    proofs = {pk: certificates_of(pk, today) for pk in sorted(page.certified)}
    revoked = {pk: revoked_of(pk, today) for pk in sorted(page.revoked)}
    lots = [_lot(page, each, proofs, revoked) for each in page.lots]
    return {
        "code": page.parcel.code,
        "printed": grouped(page.parcel.code),
        "scans": SCANS,
        "many_scans": many_scans,
        "page": page,
        "broken": broken_words(page.broken, page.broken_step),
        "title": _name(page.lots[0]) if page.lots else said(supplier, "name"),
        "lots": lots,
        # What is said above all lots is said of one that must not be eaten, where there is one.
        "head": next((each for each in lots if each["is_recalled"]), lots[0]) if lots else None,
        "shipped": spoken_day(page.parcel.shipped_at),
        "supplier": {
            "name": said(supplier, "name"),
            "url": local(f"/suppliers/{supplier.slug}/"),
            "head": mask_name(supplier.head_name) if supplier.head_name else "",
            "story": said(supplier, "story").split("\n")[0],
            "households": supplier.households,
        },
    }


Proofs = dict[int, list[CertificateShown]]


def _lot(page: TracePage, each: LotInParcel, proofs: Proofs, revoked: Proofs) -> dict[str, Any]:
    lot = each.lot
    test = each.tests[-1].test if each.tests else None
    own = shared_by([proofs.get(pk, []) for pk in (lot.listing_id, *sorted(each.made_of))])
    found = evidence_of(each, own, is_intact=page.broken is None)
    return {
        "lot": lot,
        "name": _name(each),
        "url": local(f"/shop/p/{lot.listing.slug}/"),
        "is_recalled": each.is_stopped,
        "verdict": _verdict(each, test, is_intact=page.broken is None),
        "last_test": _test_words(each, test, is_intact=page.broken is None),
        "is_sealed": each.is_sealed,
        "in_parcel": [{"name": said(row, "name"), "pieces": row.pieces} for row in each.goods],
        "harvested": spoken_day(lot.harvested_on),
        "best_before": full_day(lot.best_before),
        "test": test,
        "badge": badge_of(found, lot),
        "evidence": rows(found),
        "sources": [_source(part) for part in each.sources],
        "timeline": [*timeline(each.events), _here(page)],
        "map": draw(lot.base, each.plots, lot.plot),
        "place": said(lot.base, "place") or said(lot.base, "name"),
        "base": said(lot.base, "name"),
        "plot": said(lot.plot, "name") if lot.plot else "",
        "area": f"{lot.plot.area_tenth_mu / 10:g}" if lot.plot and lot.plot.area_tenth_mu else "",
        "altitude": lot.base.altitude_m,
        "spot": f"{lot.base.latitude / 1e6:.4f}, {lot.base.longitude / 1e6:.4f}",
        "paper": _paper_short(each),
        "proofs": own,
        "revoked": any_of(revoked, (lot.listing_id, *sorted(each.made_of))),
    }


def _verdict(each: LotInParcel, test: dict[str, Any] | None, *, is_intact: bool) -> dict[str, str]:
    """Return the verdict on a lot, and how it is said: that it was stopped, before what its last test says."""
    if is_intact and each.is_stopped:
        return {"text": each.lot.get_state_display(), "kind": "bad"}
    return _test_words(each, test, is_intact=is_intact)


def _test_words(each: LotInParcel, test: dict[str, Any] | None, *, is_intact: bool) -> dict[str, str]:
    """Return what is said of a lot's last test, and how: nothing of records that were changed.

    Of a lot that was stopped, a test that passed is told without the colour of a verdict.
    """
    if test is None:
        return {"text": "—", "kind": ""}
    if not is_intact:
        return {"text": _("Not confirmed"), "kind": "warn"}
    if test.get("passed") and each.is_stopped:
        return {"text": _("passed"), "kind": ""}
    return {"text": _("passed"), "kind": "good"} if test.get("passed") else {"text": _("failed"), "kind": "bad"}


def _name(each: LotInParcel) -> str:
    """Return the product's name as it was when the lot began; as it is now only where none was kept."""
    lot = each.lot
    return (said(lot, "product") if lot.product_zh else "") or said(lot.listing, "name")


def _source(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a mix as its event says it."""
    pick = 1 if english() else 0

    def words(name: str) -> str:
        both = part.get(name) or ["", ""]
        return str(both[pick] or both[0])

    return {
        "lot": part.get("lotNumber", ""),
        "weight": in_words(int(part.get("quantity", 0))),
        "product": words("product"),
        "place": " ".join(filter(None, [words("place"), words("field")])),
        "harvested": part.get("harvestedOn", ""),
        "certificates": part.get("certificates") or [],
    }


def _here(page: TracePage) -> dict[str, str]:
    return {
        "title": _("Your parcel"),
        "when": "",
        "text": _("Code %(code)s") % {"code": grouped(page.parcel.code)},
        "state": "now",
    }


def _paper_short(each: LotInParcel) -> dict[str, Any] | None:
    if not each.papers:
        return None
    lot, last = each.lot, each.papers[-1]
    return {
        "row": last,
        "count": len(each.papers),
        "product": f"{_name(each)} · {in_words(sum(row.grams for row in each.papers))}",
        "sold": in_words(lot.assigned_grams),
        "left": in_words(lot.left_grams if each.is_certified else 0),
        "percent": lot.assigned_grams * 100 // lot.packed_grams if lot.packed_grams else 0,
        "suspended": suspended_words(each),
        "is_sealed": all(row.number in each.sealed for row in each.papers),
    }
