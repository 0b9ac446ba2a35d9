"""How units' things read: steps of an order, what to do next and whose it is. No queries of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from procurement.cancel_words import waits_words
from procurement.models import CancelRequest, PurchaseRequest, QuotaDeclaration, UnitOrder
from procurement.queries.withdrawals import Withdrawal
from procurement.rules.quota import counted_fen
from procurement.settled import Settled
from procurement.states import STOPPABLE, CancelState, DeclarationState, RequestState
from procurement.texts import name_of, words, year_of
from shop.core import regions, times
from shop.core.steps import Step, show_steps
from shop.core.templatetags.heqiao import local, yuan
from shop.sales.queries.carriers import carrier_name
from shop.sales.queries.parts_cancelled import cancelled_words
from shop.sales.queries.promises import promised_words
from shop.sales.queries.weight_words import weight_words
from shop.sales.rules import is_refused_whole, partly_sent
from shop.sales.states import OrderState, Terms
from traceability.queries.parcels import ParcelCode

BADGES = {
    RequestState.DRAFT: "neutral",
    RequestState.SUBMITTED: "limited",
    RequestState.CHECKED: "limited",
    RequestState.APPROVED: "proven",
    RequestState.RETURNED: "offer",
    RequestState.ORDERED: "neutral",
    RequestState.CANCELLED: "neutral",
}
DECLARATION_BADGES = {
    DeclarationState.DRAFT: "neutral",
    DeclarationState.SUBMITTED: "limited",
    DeclarationState.CONFIRMED: "proven",
    DeclarationState.RETURNED: "offer",
}
SOON = timedelta(days=7)


def thumb(picture_key: str, width: int = 240) -> str:
    """Return the address of a small picture; "" without one."""
    return default_storage.url(f"{picture_key}-{width}.webp") if picture_key else ""


def place_of_order(row: UnitOrder) -> str:
    """Return where an order goes, from the province down: the address that was approved."""
    purchase = row.order.purchase
    return f"{regions.full_name(purchase.ship_division)} {purchase.ship_street}"


def terms_words(terms: str) -> str:
    """Return when something is paid, in words."""
    return _("Goods first, payment after acceptance") if terms == Terms.POSTPAID else _("Payment first")


def day(at: datetime | None) -> str:
    """Return a local day as 11-23, "" for none."""
    return times.day(at)


@dataclass(frozen=True)
class OrderShown:
    """One order of a unit, as lists and its own page show it."""

    row: UnitOrder
    number: str
    name: str
    ordered_name: str
    supplier: str
    unit: str
    picture: str
    settled: Settled
    counted_fen: int
    counts_for: str
    waits_for_consent: bool
    state: str
    badge: str
    steps: list[dict[str, str]]
    next_text: str
    next_owner: str
    url: str
    has_late_payment: bool


def _name_of_many(lines: Sequence[Any]) -> str:
    """Return what several lines are called together; "" for one."""
    if len(lines) < 2:
        return ""
    name = words(lines[0].name_zh, lines[0].name_en)
    return _("%(name)s, %(n)d products in all") % {"name": name, "n": len(lines)}


def show_order(row: UnitOrder, settled: Settled, at: datetime) -> OrderShown:
    """Return an order with its steps, the next of them, and whose it is; `settled` says what it comes to."""
    order = row.order
    lines = list(order.lines.all())
    # Of an order that was cancelled whole its sum still stands: with the pieces that it was for.
    named = [line for line in lines if line.ordered > line.cancelled] or lines
    pieces = sum(line.ordered - line.cancelled for line in lines) or sum(line.ordered for line in lines)
    first = named[0]
    name = words(first.name_zh, first.name_en)
    many = _name_of_many(named)
    steps, text, owner = _steps(row, settled, at)
    wishes = getattr(row, "_prefetched_objects_cache", {}).get("cancel_requests", ())
    waits = order.state in STOPPABLE and any(wish.state == CancelState.OPEN for wish in wishes)
    if waits:
        sent = sum(line.shipped for line in lines)
        text, owner = waits_words(sum(line.ordered - line.cancelled for line in lines) - sent, sent), _("Approver")
    state, badge = _state_words(order, settled)
    is_cancelled = order.state == OrderState.CANCELLED
    counts_elsewhere = row.counts_for_id != row.unit_id
    late = settled.is_open and settled.pay_by is not None and settled.pay_by < at
    return OrderShown(
        row=row,
        number=order.order.number,
        name=many or f"{name} ×{pieces}",
        # With the pieces that the order's total is for, those not sent among them.
        ordered_name=_name_of_many(lines) or f"{words(lines[0].name_zh, lines[0].name_en)} ×{lines[0].ordered}",
        supplier=words(order.supplier.name_zh, order.supplier.name_en),
        unit=words(row.unit.organisation.name_zh, row.unit.organisation.name_en),
        picture=thumb(first.picture_key),
        settled=settled,
        counted_fen=counted_fen(order.total_fen, order.refunded_fen, order.waived_fen, is_cancelled=is_cancelled),
        counts_for=name_of(row.counts_for.organisation) if counts_elsewhere else "",
        waits_for_consent=waits,
        state=state,
        badge=badge,
        steps=steps,
        next_text=text,
        next_owner=owner,
        url=local(f"/units/orders/{order.order.number}/"),
        has_late_payment=late and not is_cancelled,
    )


def _steps(row: UnitOrder, settled: Settled, at: datetime) -> tuple[list[dict[str, str]], str, str]:
    order, purchase = row.order, row.order.purchase
    request = row.request
    known = _known_steps(row, settled)
    sequence = ["asked", "approved", "ordered", "shipped", "accepted", "paid"]
    if purchase.terms != Terms.POSTPAID:
        sequence = ["asked", "approved", "ordered", "paid", "shipped", "accepted"]
    if order.state == OrderState.CANCELLED:
        steps = show_steps([known[name] for name in sequence[:3]])
        steps.append({"label": _("Cancelled"), "state": "now", "time": ""})
        return steps, _("Cancelled: counts for nothing"), ""
    refused = refused_words(order)
    if settled.is_nothing or (refused and not known["paid"].is_done):
        # The end of it: nobody waits for a payment, and nobody made one.
        sequence.remove("paid")
    waits = next((name for name in sequence if not known[name].is_done), "")
    steps = show_steps([known[name] for name in sequence])
    buyer = request.buyer.name if request else ""
    said = {
        "paid": (_("Pay by bank transfer"), _("Finance · %(by)s") % {"by": due_words(settled.pay_by, at)}),
        "shipped": (_("Supplier packs and ships"), words(order.supplier.name_zh, order.supplier.name_en)),
        "accepted": (_("Count, photograph, accept"), _("Buyer · %(name)s") % {"name": buyer}),
        "": (_refused_next(order) or _("Finished"), ""),
    }
    text, owner = said[waits]
    if waits == "shipped" and (part := sent_in_part(order)):
        # Not stuck: what arrived is accepted, the supplier sends the rest, and the unit may have it cancelled.
        said_of = {"sent": part_words(*part), "rest": part[1] - part[0]}
        if _is_decided(order):
            text = _("%(sent)s and accepted: the supplier sends the other %(rest)d") % said_of
        else:
            text = _("%(sent)s: accept what arrived; the supplier sends the other %(rest)d") % said_of
            owner = _("Buyer · %(name)s") % {"name": buyer}
    return steps, text, owner


def _known_steps(row: UnitOrder, settled: Settled) -> dict[str, Step]:
    """Return an order's steps by name. It was asked for, approved and ordered: it exists."""
    order, purchase, request = row.order, row.order.purchase, row.request
    shipped = order.state in (OrderState.SHIPPED, OrderState.COMPLETED)
    accepted, paid = order.state == OrderState.COMPLETED, settled.is_paid
    return {
        "asked": Step(_("Asked"), "", "", is_done=True, time=day(request.submitted_at) if request else ""),
        "approved": Step(
            pgettext("step", "Approved"), "", "", is_done=True, time=day(request.decided_at) if request else ""
        ),
        "ordered": Step(_("Ordered"), "", "", is_done=True, time=day(order.placed_at)),
        "paid": Step(_("Paid"), pgettext("step", "To pay"), pgettext("step", "Pay"), paid, day(purchase.paid_at)),
        "shipped": Step(
            pgettext("step", "Shipped"),
            pgettext("step", "Rest to ship") if sent_in_part(order) else pgettext("step", "To ship"),
            pgettext("step", "Ship"), shipped, day(order.shipped_at),
        ),
        "accepted": Step(
            pgettext("step", "Accepted"), pgettext("step", "To accept"), pgettext("step", "Accept"), accepted,
            day(order.completed_at),
        ),
    }  # fmt: skip


def _refused_next(order: Any) -> str:
    """Return what comes after an order of which nothing was accepted: what is still needed is asked for anew."""
    words_ = refused_words(order)
    return _("%(ended)s. Ask for what is still needed in a new request.") % {"ended": words_} if words_ else ""


def refused_words(order: Any) -> str:
    """Return how an order ended of which nothing was accepted, "" for any other. Needs its lines."""
    if not is_refused_whole(order.state, [(line.shipped, line.rejected) for line in order.lines.all()]):
        return ""
    return _("All refused, money back") if order.refunded_fen else _("All refused, nothing to pay")


def sent_in_part(order: Any) -> tuple[int, int] | None:
    """Return how many pieces of an order were sent, of how many, while the rest waits; else None. Needs its lines."""
    return partly_sent(order.state, [(line.ordered - line.cancelled, line.shipped) for line in order.lines.all()])


def _is_decided(order: Any) -> bool:
    """Tell whether each piece of an order that was sent was accepted or refused. Needs its lines."""
    return all(line.accepted + line.rejected == line.shipped for line in order.lines.all())


def waits_in_part(order: Any) -> bool:
    """Tell whether pieces of an order were accepted that count once the rest is decided on as well. Needs its lines."""
    return sent_in_part(order) is not None and any(line.accepted for line in order.lines.all())


def part_words(sent: int, wanted: int) -> str:
    """Say how much of an order is on its way while the rest waits."""
    return _("%(sent)d of %(wanted)d sent") % {"sent": sent, "wanted": wanted}


def _state_words(order: Any, settled: Settled) -> tuple[str, str]:
    """Return an order's state and its badge; what is accepted and not paid yet is not finished."""
    if part := sent_in_part(order):
        return part_words(*part), "limited"
    if refused_words(order):
        return refused_words(order), "neutral"
    if order.state == OrderState.COMPLETED and settled.is_open:
        return _("Accepted, to be paid"), "limited"
    return order.get_state_display(), "neutral" if order.state in (
        OrderState.CANCELLED,
        OrderState.COMPLETED,
    ) else "limited"


def due_words(pay_by: datetime | None, at: datetime) -> str:
    """Return until when something is to be paid: "before 12-31, 5 days left"; after acceptance where there is no day."""
    if pay_by is None:
        return _("after acceptance")
    left = (timezone.localdate(pay_by) - timezone.localdate(at)).days
    if left < 0:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", -left) % {"n": -left}
    return _("before %(day)s") % {"day": day(pay_by)}


def history(
    request: PurchaseRequest,
    at: datetime,
    cancelled: Sequence[CancelRequest] = (),
    withdrawals: Sequence[Withdrawal] = (),
) -> list[dict[str, Any]]:
    """Return what happened to a request, the first thing first, and what it waits for.

    `withdrawals` say who took it back or gave it up; `cancelled` are the cancellations of its orders, or of their rests, that were agreed to, the first first.
    """
    entries: list[dict[str, Any]] = [
        {
            "title": _("Started by %(name)s") % {"name": request.buyer.name},
            "when": _when(request.created_at),
            "text": "",
        }
    ]
    stamped: list[tuple[datetime, dict[str, Any]]] = [
        (
            version.at,
            {
                "title": _("Submitted, version %(n)d") % {"n": version.version},
                "when": _when(version.at),
                "text": yuan(version.total_fen),
            },
        )
        for version in request.versions.all()
    ]
    for decision in request.decisions.all():
        title = _("Approved by %(name)s") if decision.approved else _("Returned by %(name)s")
        stamped.append(
            (
                decision.at,
                {
                    "title": title % {"name": decision.actor.name},
                    "when": _when(decision.at),
                    "text": decision.reason or yuan(decision.total_fen),
                },
            )
        )
    for each in withdrawals:
        title = _("Given up by %(name)s") if each.is_given_up else _("Taken back by %(name)s")
        approved = _("Version %(n)d was approved: its sum went back to the budget") % {"n": each.version}
        stamped.append(
            (
                each.at,
                {
                    "title": title % {"name": each.name},
                    "when": _when(each.at),
                    "text": approved if each.was_approved else _("Version %(n)d") % {"n": each.version},
                },
            )
        )
    entries += [entry for _at, entry in sorted(stamped, key=lambda pair: pair[0])]
    if request.ordered_at:
        entries.append({"title": _("Ordered"), "when": _when(request.ordered_at), "text": ""})
    for wish in cancelled:
        order = wish.order.order
        is_whole = order.state == OrderState.CANCELLED
        said = _("Order %(number)s cancelled") if is_whole else _("Rest of order %(number)s cancelled")
        name = wish.decided_by.name if wish.decided_by else ""
        entries.append(
            {
                "title": said % {"number": order.order.number},
                "when": _when(wish.decided_at) if wish.decided_at else "",
                "text": _("%(name)s agreed: %(reason)s") % {"name": name, "reason": wish.reason},
            }
        )
    last = {
        RequestState.SUBMITTED: _("Waits for the approver"),
        RequestState.CHECKED: _("Waits for finance"),
        RequestState.APPROVED: other_year(request, at) or _("The buyer can order it"),
        RequestState.RETURNED: _("The buyer changes it"),
    }.get(RequestState(request.state))
    entries = [{**entry, "state": "done"} for entry in entries]
    if last:
        entries.append({"title": last, "when": "", "text": "", "state": "now"})
    return entries


def other_year(request: PurchaseRequest, at: datetime) -> str:
    """Say why an approved request can't be ordered today: it was approved for another year; "" where it can."""
    this = year_of(at)
    if request.year < this:
        return _("Approved for %(year)d, which is over: to be submitted anew") % {"year": request.year}
    return _("Approved to be ordered in %(year)d") % {"year": request.year} if request.year > this else ""


def _when(at: datetime) -> str:
    return times.moment(at)


def parcels(row: UnitOrder, codes: Mapping[int, ParcelCode]) -> list[dict[str, Any]]:
    """Return the parcels of an order; `codes` by shipment leads to what was recorded of what is in them."""
    return [
        {
            "pk": each.pk,
            "received_at": each.received_at,
            "carrier": carrier_name(each.carrier, each.shipped_at),
            "tracking_no": each.tracking_no,
            "when": _when(each.shipped_at),
            "pieces": sum(line.quantity for line in each.lines.all()),
            "trace_code": codes[each.pk].code if each.pk in codes and codes[each.pk].has_lots else "",
        }
        for each in row.order.shipments.all()
    ]


def declaration_badge(declaration: QuotaDeclaration | None) -> tuple[str, str]:
    """Return the words and the kind of a declaration's badge."""
    if declaration is None:
        return _("Not declared"), "overdue"
    return declaration.get_state_display(), DECLARATION_BADGES[DeclarationState(declaration.state)]


def show_lines(row: UnitOrder) -> list[dict[str, Any]]:
    """Return what a unit's order is of, each line as its page shows it. Needs what `note_undated` noted."""
    return [
        {
            "facts": line,
            "name": words(line.name_zh, line.name_en),
            "spec": words(line.spec_zh, line.spec_en),
            "picture": thumb(line.picture_key),
            "sum_fen": line.unit_price_fen * line.ordered - line.discount_fen,
            "short": line.rejected,
            **promised_words(line),
            "cancelled": cancelled_words(row.order, line),
            "weight": weight_words(line, is_owed=row.order.purchase.terms == Terms.POSTPAID),
        }
        for line in row.order.lines.all()
    ]
