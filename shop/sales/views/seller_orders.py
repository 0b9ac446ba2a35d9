"""The supplier's orders and after-sales cases."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.queries.trade import SupplierBrief
from shop.core import sent
from shop.core.errors import DomainError
from shop.core.masking import mask_name
from shop.core.money import to_yuan
from shop.core.numbered import numbered
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.refusals import add_refusal
from shop.core.templatetags.heqiao import local
from shop.sales import rules
from shop.sales.accepted_shown import next_of_supplier, show_accepted
from shop.sales.forms.seller import CancelRestForm, CorrectTrackingForm, ShipForm
from shop.sales.models import OrderFacts, Shipment
from shop.sales.operations.shipping import cancel_rest, line_rest, ship_order
from shop.sales.operations.tracking import correct_tracking
from shop.sales.private_numbers import phone_for_supplier
from shop.sales.queries import seller as queries
from shop.sales.queries.carriers import carrier_name
from shop.sales.queries.deliveries import received_of
from shop.sales.queries.in_parcels import in_parcel
from shop.sales.queries.parts_cancelled import cancelled_words
from shop.sales.queries.promises import promised_words
from shop.sales.queries.tracking import corrections_of
from shop.sales.queries.under_certificates import asked_under, to_ask, under_revoked
from shop.sales.queries.weight_words import weight_words
from shop.sales.queries.without_goods import LineWithoutGoods, lines_without_goods
from shop.sales.shown import BADGES, to_pack
from shop.sales.states import OrderState, PurchaseState, Terms
from shop.sales.texts import in_reader_language, thumb_url
from shop.sales.views.seller import console, for_supplier
from traceability.queries.parcels import codes_of, lots_to_choose


def sold_line(order: OrderFacts, line: Any, *, is_owed: bool = False) -> dict[str, Any]:
    """Return a line as the supplier reads it."""
    return {
        "facts": line,
        "name": in_reader_language(line.name_zh, line.name_en),
        "spec": in_reader_language(line.spec_zh, line.spec_en),
        "picture": thumb_url(line.picture_key),
        "rest": line_rest(line),
        "cancelled_words": cancelled_words(order, line),
        "weight": weight_words(line, is_owed=is_owed),
        **promised_words(line),
        # Of a case's line nobody asked.
        "own_cut_fen": getattr(line, "own_cut_fen", 0),
        "sum_fen": line.unit_price_fen * line.ordered - line.discount_fen,
    }


def _row(order: OrderFacts, at: Any) -> dict[str, Any]:
    waits = order.state == OrderState.TO_SHIP
    by = order.ship_by
    return {
        "order": order,
        "note": order.note_said,  # type: ignore[attr-defined]  # noted
        "number": order.order.number,
        "buyer": mask_name(order.purchase.ship_name),
        "place": in_reader_language(order.purchase.ship_division.name_zh, order.purchase.ship_division.name_en),
        "lines": [sold_line(order, line, is_owed=order.purchase.terms == Terms.POSTPAID) for line in order.lines.all()],
        "rest": to_pack(order),
        "badge": BADGES[OrderState(order.state)],
        "is_late": waits and by is not None and by < at,
        "is_soon": waits and by is not None and at <= by <= at + queries.SOON,
        "is_nudged": waits and order.nudged_at is not None,
    }


@require_safe
@for_supplier
def orders(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show the supplier's orders, those to send first, late ones standing out."""
    tab = request.GET.get("state", "to_ship")
    tab = tab if tab in queries.TABS else "to_ship"
    at = timezone.now()
    page = queries.supplier_orders(supplier.pk, tab=tab, page=request.GET.get("page", 1))
    labels = {
        "to_ship": _("To send"),
        "shipped": _("On the way"),
        "completed": _("Received"),
        "": _("All"),
    }
    context = {
        "page": page,
        "rows": [_row(order, at) for order in page.object_list],
        "without_goods": _without_goods(lines_without_goods(supplier.pk, at=at)) if tab == "to_ship" else [],
        "tabs": list(labels.items()),
        "tab": tab,
    }
    return console(request, supplier, "orders", context)


def _without_goods(lines: list[LineWithoutGoods]) -> list[dict[str, Any]]:
    """Return lines without goods as pages name them."""
    return [{"line": line, "name": in_reader_language(line.name_zh, line.name_en), "lots": line.lots} for line in lines]


def _missing(found: OrderFacts, at: Any) -> list[dict[str, Any]]:
    """Return what of one order has no goods; one that is sent, or over, is never asked about."""
    if found.state != OrderState.TO_SHIP:
        return []
    lines = lines_without_goods(found.supplier_id, at=at, listing_ids={line.listing_id for line in found.lines.all()})
    return _without_goods([line for line in lines if line.order_id == found.pk])


@numbered
@require_safe
@for_supplier
def order(request: HttpRequest, supplier: SupplierBrief, number: str) -> HttpResponse:
    """Show one order with what to send and where."""
    return _show(request, supplier, _own(supplier, number))


def _own(supplier: SupplierBrief, number: str) -> OrderFacts:
    found = queries.supplier_order(supplier.pk, number)
    if found is None:
        raise Http404
    return found


def _show(
    request: HttpRequest,
    supplier: SupplierBrief,
    found: OrderFacts,
    *,
    ship_form: ShipForm | None = None,
    short_form: CancelRestForm | None = None,
    tracking_form: tuple[int, CorrectTrackingForm] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    at = timezone.now()
    purchase = found.purchase
    division = purchase.ship_division
    # Who packs needs the whole address; once it arrived nobody does.
    is_open = found.state in (OrderState.TO_SHIP, OrderState.SHIPPED)
    can_ship = found.state == OrderState.TO_SHIP and to_pack(found) > 0
    shipments = list(found.shipments.all())
    codes = codes_of(each.pk for each in shipments)
    corrections = corrections_of(each.pk for each in shipments)
    received_fen = received_of(found)
    context = {
        "row": _row(found, at),
        "next_text": next_of_supplier(found, received_fen),
        "accepted": show_accepted(found),
        "label": found.get_state_display(),
        "ship_to": {
            "name": purchase.ship_name if is_open else mask_name(purchase.ship_name),
            "phone": phone_for_supplier(found),
            "place": division.full_name_zh or division.name_zh,
            "street": purchase.ship_street if is_open else "****",
        },
        "parcels": [
            {
                "shipment": shipment,
                "carrier": carrier_name(shipment.carrier, shipment.shipped_at),
                "pieces": sum(line.quantity for line in shipment.lines.all()),
                "goods": in_parcel(shipment, found.lines.all()),
                "trace": codes.get(shipment.pk),
                "corrections": corrections.get(shipment.pk, ()),
                "tracking_form": _tracking_form(shipment, tracking_form) if is_open else None,
                "is_refused": tracking_form is not None and tracking_form[0] == shipment.pk,
            }
            for shipment in shipments
        ],
        "ship_form": (ship_form or ShipForm(order=found, lots=_lots(found, at))) if can_ship else None,
        "short_form": (short_form or CancelRestForm(order=found)) if can_ship else None,
        "without_goods": _missing(found, at),
        "under_revoked": [
            {
                "name": in_reader_language(each.line.name_zh, each.line.name_en),
                "pieces": each.pieces,
                "words": each.certificate.words,
                "url": local(f"/shop/certificates/{quote(each.certificate.number, safe='')}/"),
            }
            for each in (under_revoked(found.lines.all()) if found.state == OrderState.TO_SHIP else ())
        ],
        "asks_buyer": can_ship and bool(to_ask(found.pk, found.lines.all())),
        "buyer_asked": sorted(asked_under(found.pk).items()),
        "refusal": refusal,
        "invoice": {"title": purchase.invoice_title, "tax_no": purchase.invoice_tax_no},
        "refused_form": tracking_form[1] if tracking_form else None,
        "is_paid": purchase.state == PurchaseState.PAID,
        "part_fen": received_fen,
    }
    return console(request, supplier, "order", context, status=status)


def _too_late(request: HttpRequest, supplier: SupplierBrief, found: OrderFacts) -> HttpResponse:
    """Say to a page that was read before that nothing of the order waits any more, and what became of it."""
    said = _("This order is not waiting to be sent any more: %(state)s.") % {"state": found.get_state_display()}
    return _show(request, supplier, found, refusal=said, status=409)


def _tracking_form(shipment: Shipment, refused: tuple[int, CorrectTrackingForm] | None) -> CorrectTrackingForm | None:
    """Return the form for another number of a parcel, None once it arrived."""
    if refused is not None and refused[0] == shipment.pk:
        return refused[1]
    has_arrived = shipment.received_at is not None or shipment.delivered_at is not None
    return None if has_arrived else CorrectTrackingForm(shipment=shipment)


def _lots(found: OrderFacts, at: Any) -> Any:
    waiting = {line.listing_id for line in found.lines.all() if line_rest(line)}
    return lots_to_choose(found.supplier_id, waiting, at=at)


@for_supplier
@post_only
def ship(request: HttpRequest, supplier: SupplierBrief, number: str) -> HttpResponse:
    """Send a parcel of an order; the same parcel twice is one."""
    found = _own(supplier, number)
    at = timezone.now()
    form = ShipForm(request.POST, order=found, lots=_lots(found, at))
    carrier, tracking_no = request.POST.get("carrier", ""), rules.clean_tracking_no(sent.line(request, "tracking_no"))
    unnumbered = rules.own_parcel_number(number, read_id(sent.line(request, "nth")) or 0)
    if any(each.carrier == carrier and each.tracking_no in {tracking_no, unnumbered} for each in found.shipments.all()):
        # The button twice, or the page once more: it was sent.
        messages.info(request, _("This parcel was noted already."))
        return redirect("seller:order", number)
    if found.state != OrderState.TO_SHIP:
        return _too_late(request, supplier, found)
    status = 422
    refusal = ""
    if form.is_valid():
        try:
            ship_order(order_id=found.pk, parcel=form.parcel, actor=request.user, at=at, lots=form.chosen_lots)
        except DomainError as error:
            status = error.status
            form.asks_weight = error.code == "weight_unlikely" or form.cleaned_data["weights_confirmed"]
            refusal = "" if error.field in form.fields else str(error.message)
            if not refusal:
                add_refusal(form, error)
        else:
            messages.success(request, _("Noted: the buyer is told."))
            return redirect("seller:order", number)
    return _show(request, supplier, found, ship_form=form, refusal=refusal, status=status)


@for_supplier
@post_only
def correct(request: HttpRequest, supplier: SupplierBrief, number: str, shipment_id: int) -> HttpResponse:
    """Put a parcel's carrier and number right."""
    found = _own(supplier, number)
    shipment = next((each for each in found.shipments.all() if each.pk == shipment_id), None)
    if shipment is None:
        raise Http404
    form = CorrectTrackingForm(request.POST, shipment=shipment)
    before = (shipment.carrier, shipment.tracking_no)
    status, refusal = 422, ""
    if form.is_valid():
        try:
            now = correct_tracking(shipment_id=shipment.pk, actor=request.user, at=timezone.now(), **form.cleaned_data)
            same = (now.carrier, now.tracking_no) == before
        except DomainError as error:
            status = error.status
            refusal = "" if error.field in form.fields else str(error.message)
            if not refusal:
                add_refusal(form, error)
        else:
            if same:
                messages.info(request, _("That is the number it had: nothing was changed, and nobody is told."))
            else:
                messages.success(request, _("The number is put right: the buyer is told."))
            return redirect("seller:order", number)
    return _show(request, supplier, found, tracking_form=(shipment.pk, form), refusal=refusal, status=status)


@for_supplier
@post_only
def cancel(request: HttpRequest, supplier: SupplierBrief, number: str) -> HttpResponse:
    """Cancel what can't be sent and give its money back."""
    found = _own(supplier, number)
    if found.state != OrderState.TO_SHIP:
        return _too_late(request, supplier, found)
    form = CancelRestForm(request.POST, order=found)
    if not form.is_valid():
        return _show(request, supplier, found, short_form=form, status=422)
    try:
        fen = cancel_rest(
            order_id=found.pk,
            line_ids=set(form.cleaned_data["lines"]),
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        return _show(request, supplier, found, refusal=str(error.message), status=error.status)
    # Of what nobody paid yet nothing goes back: the buyer is charged less.
    words = (
        _("Cancelled: ¥%(amount)s goes back to the buyer.")
        if found.purchase.state == PurchaseState.PAID
        else _("Cancelled: ¥%(amount)s is not charged.")
    )
    messages.success(request, words % {"amount": f"{to_yuan(fen):,}"})
    return redirect("seller:order", number)
