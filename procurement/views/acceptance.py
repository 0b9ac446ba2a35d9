"""Accepting a unit's order, delivery by delivery, and the paper that says how."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.operations.kept_photos import FormPhotos
from procurement.acceptances_shown import show_acceptances, show_schedule
from procurement.forms.acceptance import AcceptForm, DeliveredLine
from procurement.models import UnitOrder
from procurement.operations.accepting import accept_goods
from procurement.paid_shown import show_orders
from procurement.queries.acceptances import acceptances_of, receivers_of
from procurement.queries.papers import acceptance_faults
from procurement.queries.units import Seat
from procurement.request_shown import is_elsewhere
from procurement.shown import parcels, place_of_order, thumb
from procurement.texts import words
from procurement.views.entry import console, for_unit, seat_at, unconfirmed
from procurement.views.orders import found_order
from shop.core import sent
from shop.core.errors import DomainError
from shop.core.numbered import numbered
from shop.core.refusals import add_refusal
from shop.core.templatetags.heqiao import local, yuan
from shop.sales.queries.deliveries import schedule_of, waiting_parcels


def _delivered(row: UnitOrder, shipments: Sequence[Any]) -> list[DeliveredLine]:
    """Return the lines of some parcels together, in the order's own order."""
    sent: dict[int, int] = {}
    for shipment in shipments:
        for part in shipment.lines.all():
            sent[part.line_id] = sent.get(part.line_id, 0) + part.quantity
    return [
        DeliveredLine(
            line_id=line.pk,
            name=f"{words(line.name_zh, line.name_en)} {words(line.spec_zh, line.spec_en)}".strip(),
            sent=sent[line.pk],
            net_grams=line.net_grams,
        )
        for line in row.order.lines.all()
        if line.pk in sent
    ]


def _chosen(request: HttpRequest, waiting: Sequence[Any]) -> Sequence[Any]:
    """Return the parcel that is asked for, or all that wait; of a form, those that it showed and that wait still."""
    if request.method == "POST" and (shown := request.POST.getlist("shown")):
        return [each for each in waiting if str(each.pk) in shown]
    asked = request.POST.get("parcel", "") or request.GET.get("parcel", "")
    return [each for each in waiting if str(each.pk) == asked] or waiting


def _is_stale(request: HttpRequest, chosen: Sequence[Any]) -> bool:
    """Whether a parcel that the form showed was decided on meanwhile, maybe by this very form."""
    return {str(each.pk) for each in chosen} < set(request.POST.getlist("shown"))


@numbered
@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def accept(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Accept a delivery of an order, line by line, by pieces and weight, with names and photos."""
    row = found_order(request, number)
    seat = seat_at(request, row.unit_id)
    waiting = waiting_parcels(row.order)
    chosen = _chosen(request, waiting)
    facts: dict[str, Any] = {
        "lines": _delivered(row, chosen),
        "needs_two": row.unit.needs_two_receivers,
        "people": receivers_of(row.unit, besides=request.user.pk or 0),
    }
    form = AcceptForm(initial={"receiver": getattr(request.user, "name", "")}, **facts)
    status, refusal = 200, ""
    if (asked := request.GET.get("parcel")) and asked not in {str(each.pk) for each in waiting}:
        refusal = _("The delivery that this link names is not waiting here: these are.")
    if _is_stale(request, chosen):
        status = 409
        refusal = _("This delivery was accepted already. What was noted then stands: look at the order.")
        chosen = waiting
        kept = {name: sent.line(request, name) for name in ("receiver", "second", "witness", "note")}
        form = AcceptForm(initial=kept, **(facts | {"lines": _delivered(row, waiting)}))
    elif request.method == "POST":
        photos = FormPhotos(request, "photos", owner=f"acceptance:{row.pk}")
        form = AcceptForm(request.POST, request.FILES, **facts)
        status = 422
        if form.is_valid():
            try:
                done = accept_goods(
                    order_id=row.pk,
                    accepted=form.accepted,
                    weighed=form.weighed,
                    shipment_ids=[each.pk for each in chosen],
                    receivers=form.receivers,
                    actor=request.user,
                    at=timezone.now(),
                    note=form.cleaned_data["note"],
                    photos=photos.uploads,
                )
            except DomainError as error:
                status = error.status
                add_refusal(form, error)
            else:
                messages.success(request, _said(any(form.accepted.values()), done.short_fen))
                return HttpResponseRedirect(local(f"/units/orders/{number}/"))
        photos.keep(form, timezone.now())
    lines = {line.pk: line for line in row.order.lines.all()}
    context = {
        "it": show_orders([row], timezone.now())[0],
        "form": form,
        "refusal": refusal,
        "parcels": [each | {"is_chosen": len(chosen) == 1 and each["pk"] == chosen[0].pk} for each in parcels(row, {})],
        "waiting": {each.pk for each in waiting},
        "shown": [each.pk for each in chosen],
        "chosen": chosen[0].pk if len(chosen) == 1 and len(waiting) > 1 else "",
        "rows": [
            {
                "line": line,
                "pieces": pieces,
                "weight": weight,
                "name": words(lines[line.line_id].name_zh, lines[line.line_id].name_en),
                "spec": words(lines[line.line_id].spec_zh, lines[line.line_id].spec_en),
                "picture": thumb(lines[line.line_id].picture_key),
            }
            for line, pieces, weight in form.line_fields
        ],
        "can_accept": bool(waiting),
    }
    return console(request, seat, "accept", context, status)


@numbered
@require_safe
@for_unit
def paper(request: HttpRequest, seat: Seat, number: str, sequence: int) -> HttpResponse:
    """Show one acceptance as it is printed, signed and kept."""
    row = found_order(request, number)
    rows = acceptances_of(row.pk)
    found = next((each for each in rows if each.sequence == sequence), None)
    if found is None:
        raise Http404(number)
    if any(acceptance_faults(row.pk)):
        return unconfirmed(request, _("Record of acceptance"), number, local(f"/units/orders/{number}/"))
    (shown,) = show_acceptances([found])
    context = {
        "it": show_orders([row], timezone.now())[0],
        "order": row.order,
        "place": place_of_order(row),
        "elsewhere": is_elsewhere(row.unit, row.order.purchase),
        "acceptance": shown,
        "of": len(rows),
        "schedule": show_schedule(schedule_of(row.order.purchase).of_order(row.order.pk), timezone.now()),
        "parcels": [each for each in parcels(row, {}) if each["received_at"] == found.at],
    }
    return render(request, "units/acceptance_paper.html", context)


def _said(is_accepted: bool, short_fen: int) -> str:
    """Return what was noted: accepted, wholly or in part, or refused whole."""
    if not is_accepted:
        said = _("Refused: nothing of it was accepted.")
        return said if not short_fen else _("Refused: %(amount)s is not charged.") % {"amount": yuan(short_fen)}
    return _("Accepted. %(amount)s is not charged.") % {"amount": yuan(short_fen)} if short_fen else _("Accepted.")
