"""The supplier's lots, from a phone. Everything is of the supplier that the person acts for; else 404."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from catalog.queries import local, said
from catalog.queries.shelf import pieces_left_with
from catalog.queries.trade import SupplierBrief, listings_of
from shop.core.acting import by
from shop.core.post_only import post_only
from shop.core.texts import sentences
from shop.core.times import full_day
from traceability.forms import (
    CloseForm,
    DisposalForm,
    HarvestForm,
    MixForm,
    PackingForm,
    ReportForm,
)
from traceability.hooks import Waiting, waiting_of
from traceability.models import LabTest, ProduceLot
from traceability.operations.mixing import mix_lots
from traceability.operations.printing import SealedPaper, certificate_pdf, labels_pdf
from traceability.operations.quality import dispose_of_lot, record_test
from traceability.operations.recording import close_lot, record_harvest, record_packing
from traceability.queries.beyond import beyond_lots, beyond_words
from traceability.queries.kept import (
    taken_off_of,
    without_harvest,
    without_harvest_of_lot,
    without_harvest_words,
)
from traceability.queries.lots import (
    bases_of,
    can_be_sent,
    can_certify,
    history,
    is_expired,
    lot_of_supplier,
    lots_of_supplier,
    lots_to_mix,
    open_tests,
    products_to_mix,
)
from traceability.queries.reports import lots_of_report
from traceability.queries.stopped import pool_name, rest_on_shelf
from traceability.queries.trace import lot_fault
from traceability.queries.waiting import waiting_once_gone, waiting_words
from traceability.rules.weights import in_words
from traceability.shown import broken_words, timeline
from traceability.states import DISPOSITIONS, LotState
from traceability.views.console import console, do, for_supplier, leads_back
from traceability.views.trace import pdf

BADGES = {
    LotState.AWAITING: "limited",
    LotState.OPEN: "proven",
    LotState.HELD: "overdue",
    LotState.CLOSED: "neutral",
    LotState.RECALLED: "overdue",
    LotState.DISPOSED: "neutral",
}


def _state_words(lot: ProduceLot) -> tuple[str, str]:
    """Return how a lot stands, and the badge for it: an open one whose best days are over is expired."""
    if is_expired(lot, timezone.now()):
        return pgettext("lot", "Expired"), "overdue"
    if lot.state == LotState.CLOSED and (lot.left_grams or lot.gone_grams or not lot.assigned_grams):
        return pgettext("lot", "Finished"), "neutral"
    return lot.get_state_display(), BADGES[LotState(lot.state)]


def _row(lot: ProduceLot) -> dict[str, Any]:
    label, badge = _state_words(lot)
    return {
        "lot": lot,
        "name": said(lot.listing, "name"),
        "place": " · ".join(filter(None, [said(lot.base, "name"), said(lot.plot, "name") if lot.plot else ""])),
        "label": label,
        "badge": badge,
        "harvested": in_words(lot.harvested_grams),
        "packed": in_words(lot.packed_grams),
        "sorted_out": in_words(lot.sorted_out_grams) if lot.sorted_out_grams else "",
        "unpacked": in_words(lot.unpacked_grams) if lot.unpacked_grams else "",
        "mixed": in_words(lot.mixed_grams) if lot.mixed_grams else "",
        "gone": in_words(lot.gone_grams) if lot.gone_grams else "",
        "sent": in_words(lot.assigned_grams),
        "left": in_words(lot.left_grams) if can_be_sent(lot, timezone.now()) else in_words(0),
        "percent": lot.assigned_grams * 100 // lot.harvested_grams,
    }


@require_safe
@for_supplier
def lots(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show the lots, what is left of each."""
    page = lots_of_supplier(supplier.pk, request.GET.get("page", 1))
    kept = [
        (each.name, each.lot.pk, without_harvest_words(each))
        for each in without_harvest(at=timezone.now(), supplier_id=supplier.pk)
    ]
    beyond = [beyond_words(each) for each in beyond_lots(at=timezone.now(), supplier_id=supplier.pk)]
    rows = [_row(lot) for lot in page.object_list]
    return console(request, supplier, "lots", {"page": page, "rows": rows, "kept": kept, "beyond": beyond})


@require_http_methods(["GET", "HEAD", "POST"])
@for_supplier
@leads_back
def harvest(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Open a lot with its harvest; without a base, that comes first."""
    bases = bases_of(supplier.pk)
    if not bases:
        return redirect(local("/seller/lots/bases/"))
    choices = {"listings": listings_of(supplier.pk), "bases": bases}
    if request.method != "POST":
        return console(request, supplier, "harvest", {"form": HarvestForm(**choices)})
    form = HarvestForm(request.POST, **choices)
    opened: list[ProduceLot] = []
    refused = do(form, lambda: opened.append(record_harvest(**by(request, supplier_id=supplier.pk), **form.facts())))
    if refused:
        return console(request, supplier, "harvest", {"form": form}, refused)
    messages.success(request, _("Lot %(code)s is open.") % {"code": opened[0].code})
    return redirect(local(f"/seller/lots/{opened[0].pk}/"))


@require_safe
@for_supplier
def lot(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """Show one lot: what is left, what happened, what to record next."""
    return _lot(request, supplier, _own(supplier, lot_id))


def _own(supplier: SupplierBrief, lot_id: int) -> ProduceLot:
    found = lot_of_supplier(supplier.pk, lot_id)
    if found is None:
        raise Http404
    return found


def _lot(
    request: HttpRequest,
    supplier: SupplierBrief,
    found: ProduceLot,
    *,
    pack_form: PackingForm | None = None,
    test_form: ReportForm | None = None,
    dispose_form: DisposalForm | None = None,
    close_form: CloseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    told = history(found)
    kilograms = f"{Decimal(found.unpacked_grams) / 1000:f}" if found.unpacked_grams > 0 else ""
    missing = open_tests(found, told)
    context = {
        "row": _row(found),
        "timeline": timeline(told),
        "certificates": [
            {"row": row, "weight": in_words(row.grams), "basis": row.get_basis_display()}
            for row in found.certificates.all()
        ],
        "uncertified": "" if can_certify(found, timezone.now()) else uncertified_words(_state_words(found)[0]),
        "missing": missing,
        "sources": [(row.source, in_words(row.grams)) for row in found.sources.all()],
        "may": DISPOSITIONS[found.state],
        "pack_form": pack_form or PackingForm(initial={"kilograms": kilograms}),
        "test_form": test_form or ReportForm(initial={"item": missing[0] if missing else ""}),
        "dispose_form": dispose_form or DisposalForm(),
        "close_form": close_form or CloseForm(),
        "rest": rest_on_shelf(found, timezone.now()) if found.state == LotState.OPEN else None,
        "waits": waiting_words(_waits(found, close_form)),
        "left_with": pieces_left_with(pool_name(found.pk)) if found.gone_grams else None,
        "kept": _kept_words(found),
        "steps": {each.step for each in told},
        "broken": broken_words(lot_fault(found)),
    }
    return console(request, supplier, "lot", context, status)


def _waits(lot: ProduceLot, close_form: CloseForm | None) -> Waiting:
    """Return what finishing an open lot would leave without goods; nothing where its form says so already."""
    if lot.state != LotState.OPEN or (close_form is not None and close_form.asks):
        return Waiting()
    return waiting_once_gone(lot, timezone.now())


def _kept_words(lot: ProduceLot) -> str:
    """Return what stays on sale of a finished lot without a harvest, or what of that was taken off sale."""
    if lot.state == LotState.OPEN:
        return ""
    if (left := without_harvest_of_lot(lot, timezone.now())) is not None:
        return without_harvest_words(left)
    if (gone := taken_off_of(lot.pk)) is None:
        return ""
    words = ngettext(
        "%(n)d piece stayed on sale, and was taken off on %(day)s: no harvest was recorded in time.",
        "%(n)d pieces stayed on sale, and were taken off on %(day)s: no harvest was recorded in time.",
        gone[0],
    )
    return words % {"n": gone[0], "day": full_day(gone[1])}


@for_supplier
@post_only
@leads_back
def pack(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """Record a packing."""
    found, form = _own(supplier, lot_id), PackingForm(request.POST)
    refused = do(form, lambda: record_packing(lot_id=lot_id, **by(request, supplier_id=supplier.pk), **form.facts()))
    if refused:
        return _lot(request, supplier, found, pack_form=form, status=refused)
    messages.success(request, _("Recorded: sorted and packed."))
    return redirect(local(f"/seller/lots/{lot_id}/"))


@for_supplier
@post_only
@leads_back
def test(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """Record a test."""
    found, form = _own(supplier, lot_id), ReportForm(request.POST)
    made: list[LabTest] = []
    refused = do(
        form,
        lambda: made.append(record_test(lot_id=lot_id, **by(request, supplier_id=supplier.pk), **form.facts())),
    )
    if refused:
        return _lot(request, supplier, found, test_form=form, status=refused)
    done = [_("Recorded: the test stands on the trace page.")]
    if others := lots_of_report(made[0]):
        words = _("Its report stands for these lots too: %(lots)s.") % {"lots": ", ".join(others)}
        done.append(words)
    messages.success(request, sentences(*done))
    return redirect(local(f"/seller/lots/{lot_id}/"))


@for_supplier
@post_only
def close(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """Finish a lot."""
    found, form = _own(supplier, lot_id), CloseForm(request.POST)
    refused = do(form, lambda: close_lot(lot_id=lot_id, **by(request, supplier_id=supplier.pk), **form.facts()))
    if refused:
        return _lot(request, supplier, found, close_form=form, status=refused)
    gone, kept = pieces_left_with(pool_name(lot_id))
    done = [_("The lot is finished: nothing more is sent of it.")]
    if gone:
        words = ngettext("%(n)d piece left your stock.", "%(n)d pieces left your stock.", gone)
        done.append(words % {"n": gone})
    if kept:
        words = ngettext("%(n)d piece stays: record its harvest.", "%(n)d pieces stay: record their harvest.", kept)
        left = without_harvest_of_lot(found, timezone.now())
        done.append(without_harvest_words(left) if left else words % {"n": kept})
    _said(request, found, sentences(*done))
    return redirect(local("/seller/lots/"))


@for_supplier
@post_only
@leads_back
def dispose(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """Record that what is left of a stopped lot was disposed of."""
    found, form = _own(supplier, lot_id), DisposalForm(request.POST)
    refused = do(form, lambda: dispose_of_lot(lot_id=lot_id, **by(request, supplier_id=supplier.pk), **form.facts()))
    if refused:
        return _lot(request, supplier, found, dispose_form=form, status=refused)
    _said(request, found, _("Recorded: the lot is disposed of."))
    return redirect(local(f"/seller/lots/{lot_id}/"))


def _said(request: HttpRequest, lot: ProduceLot, done: str) -> None:
    """Say what was done, and what becomes of orders that wait for such goods."""
    left = waiting_words(waiting_of(lot.listing_id, timezone.now()))
    messages.success(request, sentences(done, left))


@require_http_methods(["GET", "HEAD", "POST"])
@for_supplier
@leads_back
def mix(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Mix lots, or pack one anew: a new lot, whose certificate is of form two."""
    at = timezone.now()
    mixable = products_to_mix(supplier.pk, at=at)
    products = [row for row in listings_of(supplier.pk) if row.pk in mixable]
    asked = (request.POST if request.method == "POST" else request.GET).get("listing", "")
    product = next((row for row in products if str(row.pk) == asked), next(iter(products), None))
    form = MixForm(
        request.POST if request.method == "POST" else None,
        lots=lots_to_mix(supplier.pk, product.pk, at=at) if product else [],
        listings=[product] if product else [],
        bases=bases_of(supplier.pk),
    )
    status = 200
    if request.method == "POST":
        made: list[ProduceLot] = []
        status = do(form, lambda: made.append(mix_lots(**by(request, supplier_id=supplier.pk), **form.facts())))
        if not status:
            messages.success(
                request, _("Lot %(code)s is open: pack it, and its certificate is issued.") % {"code": made[0].code}
            )
            return redirect(local(f"/seller/lots/{made[0].pk}/"))
    context = {
        "form": form,
        "rows": form.rows(),
        "product": product,
        "products": [
            {
                "url": local(f"/seller/lots/mix/?listing={row.pk}"),
                "name": said(row, "name"),
                "is_chosen": row == product,
            }
            for row in products
        ],
    }
    return console(request, supplier, "mix", context, status or 200)


@require_safe
@for_supplier
def paper(request: HttpRequest, supplier: SupplierBrief, lot_id: int) -> HttpResponse:
    """The 合格证 of a lot's packings as PDF; 409 with the reason for a lot that is suspended, gone, or was changed."""
    found = _own(supplier, lot_id)
    if not can_certify(found, timezone.now()):
        messages.error(request, uncertified_words(_state_words(found)[0]))
        return _lot(request, supplier, found, status=409)
    if lot_fault(found) is not None:
        words = _("The conformity certificates of this lot are not printed: its records were changed.")
        messages.error(request, words)
        return _lot(request, supplier, found, status=409)
    sealed = {each.certificate.get("number") for each in history(found)}
    printed = [SealedPaper(row, row.number in sealed) for row in found.certificates.all()]
    if not printed:
        raise Http404
    return pdf(certificate_pdf(papers=printed), f"hegezheng-{found.code}")


def uncertified_words(state: str) -> str:
    """Return why the certificates of a lot are not printed."""
    return _("The conformity certificates of this lot are not printed: %(state)s.") % {"state": state}


@require_safe
@for_supplier
def labels(request: HttpRequest, supplier: SupplierBrief, shipment_id: int) -> HttpResponse:
    """The label of a parcel as PDF."""
    found = labels_pdf(supplier_id=supplier.pk, shipment_ids=[shipment_id])
    if not found:
        raise Http404
    return pdf(found, f"label-{shipment_id}")
