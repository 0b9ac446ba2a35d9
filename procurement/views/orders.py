"""Units' orders: their list, one with its timeline, paying."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from rules import has_perm

from procurement import books
from procurement.acceptances_shown import show_acceptances, show_schedule
from procurement.cancel_words import money_words, would_go_back
from procurement.errors import WrongStep
from procurement.models import PurchaseRequest, UnitOrder
from procurement.operations.cancelling import ask_cancel, decide_cancel, withdraw_cancel
from procurement.operations.paying import add_transfer_slip, give_refund_account, pay_in_demo, start_transfer
from procurement.operations.quota import KIND
from procurement.paid_shown import show_orders, show_payment
from procurement.queries import quota as quota_queries
from procurement.queries.acceptances import acceptances_of
from procurement.queries.papers import acceptance_faults
from procurement.queries.recalled import order_recalls
from procurement.queries.requests import may_read_requests, orders_of_request, payment_page, request_of, unit_order
from procurement.queries.units import Seat
from procurement.request_shown import is_elsewhere
from procurement.rules.amounts import in_capitals
from procurement.settled import Settled, settle_purchase, settle_sums
from procurement.shown import (
    OrderShown,
    parcels,
    place_of_order,
    sent_in_part,
    show_lines,
    terms_words,
    waits_in_part,
)
from procurement.states import STOPPABLE, CancelState, Fund, UnitKind
from procurement.texts import words
from procurement.views.entry import asked_year, console, for_unit, seat_at, seats
from procurement.views.requests import read_above, read_request
from shop.core import sent
from shop.core.errors import DomainError
from shop.core.numbered import numbered
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local
from shop.sales.queries.backs import NOTHING, note_backs, orders_would_go_back
from shop.sales.queries.cashier import payee
from shop.sales.queries.deliveries import has_left, schedule_of, schedules_of, waiting_parcels
from shop.sales.queries.due import Due, due_of
from shop.sales.queries.in_parcels import in_parcel, still_to_come
from shop.sales.queries.payouts import goes_back, refunds_without_account
from shop.sales.queries.slips import open_transfer, slip_replaced, slips_of
from shop.sales.queries.trails import going_back_of_purchases, said_to_buyer, trail_of, waiting_of_purchases
from shop.sales.queries.unpayable import Unpayable, unpayable, unpayable_words
from shop.sales.states import PurchaseState
from traceability.queries.parcels import codes_of

KIND_NAMES = ("", *quota_queries.KINDS)


def kinds() -> dict[str, str]:
    """Return the figures that orders stand behind, with their names."""
    return {
        "": _("All orders"),
        books.COMMITTED: _("Committed"),
        books.FULFILLED: _("Accepted"),
        books.REVERSED: _("Reversed"),
    }


@require_safe
@for_unit
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the unit's orders of a year, by the figure they stand behind."""
    return order_list(request, seat, seat.unit, "/units/orders/")


def order_list(request: HttpRequest, seat: Seat, unit: Any, address: str, *, apart: bool = False) -> HttpResponse:
    """Show the orders behind a figure of a unit, or of all under it, with the figure as their sum.

    Under a unit that oversees others: of those that its rate counts, or the others' `apart`.
    """
    year = asked_year(request)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KIND_NAMES else ""
    at = timezone.now()
    page, whole = quota_queries.order_page(
        unit, year, kind, request.GET.get("fund", ""), request.GET.get("page", 1), apart=apart
    )
    rows = show_orders(list(page.object_list), at)
    context = {
        "page": page,
        "rows": rows,
        "year": year,
        "kind": kind,
        "kinds": list(kinds().items()),
        "kind_name": kinds()[kind],
        "whole_fen": whole.fen,
        "elsewhere_fen": whole.elsewhere_fen,
        "taken": whole.taken,
        "report_url": _report_of(request, unit, year) if whole.taken is not None else "",
        "address": address,
        "of_unit": words(unit.organisation.name_zh, unit.organisation.name_en),
        "is_tree": unit.pk != seat.pk or seat.oversees,
        "apart": apart,
        "sets": unit.kind != UnitKind.UNIT,
    }
    return console(request, seat, "orders", context)


def _report_of(request: HttpRequest, unit: Any, year: int) -> str:
    """Return where who reads reports of sales finds what was deducted there; "" for others."""
    if not has_perm("sales.view_reports", request.user):
        return ""
    where = local("/reports/unit/orders/" if unit.kind == UnitKind.UNIT else "/reports/unit/")
    only = f"&key={unit.pk}&only=taken" if unit.kind == UnitKind.UNIT else ""
    return f"{where}?since={year}-01-01&until={year}-12-31{only}"


def found_order(request: HttpRequest, number: str) -> UnitOrder:
    """Return an order of one of the person's units, or of one below. Raises Http404 for any other."""
    found = unit_order(seats(request), number)
    if found is None:
        raise Http404(number)
    return found


def _own_seat(request: HttpRequest, seat: Seat, row: UnitOrder) -> tuple[Seat, bool]:
    own = next((each for each in seats(request) if each.pk == row.unit_id), None)
    return (own or seat), own is not None


@numbered
@require_safe
@for_unit
def detail(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Show one order: one timeline, the next action and its owner, what was accepted, what it counts."""
    return _show_one(request, seat, found_order(request, number))


def _show_one(request: HttpRequest, seat: Seat, row: UnitOrder, *, error: DomainError | None = None) -> HttpResponse:
    seat, is_own = _own_seat(request, seat, row)
    at = timezone.now()
    purchase = row.order.purchase
    schedule = schedule_of(purchase)
    (shown,) = show_orders([row], at)
    context = {
        "it": shown,
        "payment": show_payment(shown.settled, purchase, schedule.of_order(row.order.pk), at),
        "order": row.order,
        "recalled": order_recalls(row.order.pk),
        "lines": show_lines(row),
        "parcels": [
            each | {"goods": in_parcel(shipment, row.order.lines.all())}
            for each, shipment in zip(
                parcels(row, codes_of(each.pk for each in row.order.shipments.all())),
                row.order.shipments.all(),
                strict=True,
            )
        ],
        "to_come": still_to_come(row.order),
        "counts_later": waits_in_part(row.order),
        "acceptances": show_acceptances(acceptances_of(row.pk)),
        "is_doubtful": any(acceptance_faults(row.pk)),
        "schedule": show_schedule(schedule.of_order(row.order.pk), at),
        "is_own": is_own,
        "can_read_request": may_read_requests(seats(request), row.unit),
        "can_accept": is_own and (seat.buys or seat.approves) and bool(waiting_parcels(row.order)),
        "can_pay": is_own and seat.pays and _is_payable(shown.settled) and row.request is not None,
        "purchase": purchase,
        **_cancelling(request, seat, row, is_own, error),
        "place": place_of_order(row),
        "elsewhere": is_elsewhere(row.unit, purchase),
        "fund": Fund(row.fund).label,
        "terms": terms_words(purchase.terms),
    }
    return console(request, seat, "order", context, error.status if error else 200)


def _is_payable(settled: Settled) -> bool:
    """Tell whether anything of an order is still to be paid: not of one that was refused whole, or is covered."""
    return settled.is_open and settled.due_fen > 0


def _cancelling(
    request: HttpRequest, seat: Seat, row: UnitOrder, is_own: bool, error: DomainError | None
) -> dict[str, Any]:
    """Return what was wished about cancelling the order, and what this person may do about it."""
    wishes = list(row.cancel_requests.select_related("asked_by", "decided_by"))
    waits = next((wish for wish in wishes if wish.state == CancelState.OPEN), None)
    stops = row.order.state in STOPPABLE and row.request is not None
    part = sent_in_part(row.order)
    if not stops:
        waits = None
    else:
        note_backs([row.order])
    return {
        "wishes": wishes,
        "wish_ended": not stops,
        "part": part,
        "cancel_money": money_words(would_go_back(row.order, is_sent_in_part=part is not None)) if stops else "",
        "waiting_pieces": sum(line.ordered - line.cancelled - line.shipped for line in row.order.lines.all()),
        "can_ask_cancel": is_own and seat.buys and stops and waits is None,
        "can_withdraw_cancel": is_own and seat.buys and waits is not None,
        "can_agree_cancel": is_own and seat.approves and waits is not None and waits.asked_by_id != request.user.pk,
        "cancel_refusal": str(error.message) if error else "",
        "cancel_field": error.field if error else "",
        "cancel_sent": request.POST,
    }


def _seen(request: HttpRequest) -> int | None:
    return read_id(request.POST.get("seen"), most_digits=8)


@post_only
@for_unit
def cancel(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Ask to cancel an order, or withdraw that; agree to it, or refuse."""
    row = found_order(request, number)
    at, said = timezone.now(), request.POST.get("do", "")
    try:
        if said == "ask":
            ask_cancel(order_id=row.pk, reason=sent.paragraphs(request, "reason"), actor=request.user, at=at)
            messages.success(request, _("Asked: an approver decides. Until then the order goes on."))
        else:
            wish = row.cancel_requests.filter(state=CancelState.OPEN).first()
            if wish is None:
                raise WrongStep(_("This was decided already."))
            if said == "withdraw":
                withdraw_cancel(wish_id=wish.pk, actor=request.user, at=at)
                messages.success(request, _("Withdrawn: the order goes on."))
                return HttpResponseRedirect(local(f"/units/orders/{number}/"))
            agree = said == "agree"
            answer = sent.line(request, "answer")
            was_sent = has_left(row.order)
            decide_cancel(wish_id=wish.pk, agree=agree, answer=answer, seen=_seen(request), actor=request.user, at=at)
            agreed = _("What was not sent is cancelled.") if was_sent else _("The order is cancelled.")
            messages.success(request, agreed if agree else _("Refused: the order goes on."))
    except DomainError as error:
        return _show_one(request, seat, found_order(request, number), error=error)
    return HttpResponseRedirect(local(f"/units/orders/{number}/"))


@require_safe
@for_unit
def payments(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show what is to be paid and what was."""
    page = payment_page(seat.pk, request.GET.get("page", 1))
    at = timezone.now()
    purchases = [row.purchase for row in page.object_list]
    schedules = schedules_of(purchases)
    going_back = going_back_of_purchases([each.pk for each in purchases])
    waiting = waiting_of_purchases([each.pk for each in purchases])
    unnamed = refunds_without_account(KIND, str(seat.pk)) if waiting else {}
    rows = []
    for row in page.object_list:
        purchase, schedule = row.purchase, schedules[row.purchase.pk]
        settled = settle_sums(purchase, row.waived_fen, row.refunded_fen, going_back.get(purchase.pk, 0))
        payment = show_payment(settled, purchase, schedule, at)
        rows.append(
            {
                "request": row,
                "purchase": purchase,
                "settled": settled,
                "schedule": schedule,
                "payment": payment,
                "waiting_fen": waiting.get(purchase.pk, 0),
                "needs_account": purchase.pk in unnamed,
            }
        )
    return console(request, seat, "payments", {"page": page, "rows": rows})


@numbered
@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def pay(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Show account and remittance code of a purchase's bank transfer."""
    seat, found = read_request(request, number)
    if found.purchase is None or (request.method == "POST" and seat.pk != found.unit_id):
        raise Http404(number)
    purchase, at = found.purchase, timezone.now()
    refusal, status = "", 200
    due = due_of(purchase)
    # Everything rejected, or all that is due came already: there is nothing to pay.
    is_open = purchase.state == PurchaseState.UNPAID and due.left_fen > 0
    try:
        if request.method == "POST" and request.POST.get("how") == "demo" and settings.DEMO_CASHIER:
            pay_in_demo(request_id=found.pk, actor=request.user, at=at)
            messages.success(request, _("Paid."))
            return HttpResponseRedirect(local(f"/units/payments/{number}/"))
        if request.method == "POST" and is_open:
            start_transfer(request_id=found.pk, actor=request.user, at=at)
    except DomainError as error:
        refusal, status = str(error.message), error.status
    return _show_payment(request, seat, found, due, at, refusal=refusal, status=status)


def _show_payment(
    request: HttpRequest,
    seat: Seat,
    found: PurchaseRequest,
    due: Due,
    at: datetime,
    *,
    refusal: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    purchase: Any = found.purchase
    barred = unpayable(purchase.pk, at=at)
    rows = orders_of_request(found.pk)
    shown = show_orders(rows, at)
    going_back, schedule = going_back_of_purchases([purchase.pk]).get(purchase.pk, 0), schedule_of(purchase)
    settled = settle_purchase(purchase, rows, going_back, schedule)
    # An announced transfer is shown on every visit: who reloads the page still needs the account and the code.
    transfer, trail = open_transfer(purchase), trail_of(purchase.pk)
    above = read_above(seat, found)
    context = {
        **above,
        "request_": found,
        "purchase": purchase,
        "orders": shown,
        "without_goods": unpayable_words(barred),
        "short_orders": _short_orders(purchase, shown, barred),
        "settled": settled,
        "payment": show_payment(settled, purchase, schedule, at),
        "capitals": _capitals(schedule.due_now_fen if settled.is_open else settled.left_fen, settled),
        "schedule": show_schedule(schedule, at),
        "money": due,
        "back": goes_back(purchase.pk),
        "payee": payee(),
        "code": transfer.provider_ref if transfer is not None and due.left_fen and seat.pays else "",
        "slips": slips_of([transfer.pk]).get(transfer.pk, []) if transfer is not None else [],
        "trail": trail,
        "said": [] if above["is_read_above"] else said_to_buyer(trail, schedule.due_now_fen, purchase.state),
        "refusal": refusal,
        "is_open": purchase.state == PurchaseState.UNPAID and due.left_fen > 0,
        "shows_demo": settings.DEMO_CASHIER,
        **more,
    }
    return console(request, seat, "pay", context, status)


def _short_orders(purchase: Any, shown: list[OrderShown], barred: Unpayable) -> list[tuple[OrderShown, str]]:
    """Return the orders that can't be paid, each with what becomes of money that came once it is cancelled."""
    if not barred:
        return []
    would = orders_would_go_back(purchase)
    numbers = {line.number: line.order_id for line in barred.lines}
    return [(each, money_words(would.get(numbers[each.number], NOTHING))) for each in shown if each.number in numbers]


def _capitals(fen: int, settled: Settled) -> str:
    """Return an amount in capital figures; "" where nothing is to be paid."""
    return "" if settled.is_closed or settled.is_nothing else in_capitals(fen)


@post_only
@for_unit
def slip(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Add a picture of the bank's slip to a transfer, as the unit's finance."""
    found = request_of(seats(request), number)
    if found is None or found.purchase is None:
        raise Http404(number)
    seat, at = seat_at(request, found.unit_id), timezone.now()
    try:
        add_transfer_slip(
            request_id=found.pk, upload=request.FILES.get("slip"), replaces=slip_replaced(request),
            actor=request.user, at=at,
        )  # fmt: skip
    except DomainError as error:
        said = {"field": error.field, "refusal": str(error.message)}
        return _show_payment(request, seat, found, due_of(found.purchase), at, status=error.status, **said)
    messages.success(request, _("Thank you: finance sees the slip beside the transfer."))
    return HttpResponseRedirect(local(f"/units/payments/{number}/"))


@post_only
@for_unit
def account(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Say, as the unit's finance, which account the money of a transfer goes back to."""
    found = request_of(seats(request), number)
    if found is None or found.purchase is None:
        raise Http404(number)
    seat, at = seat_at(request, found.unit_id), timezone.now()
    typed = {name: sent.line(request, name) for name in ("holder", "bank", "number")}
    try:
        give_refund_account(request_id=found.pk, **typed, actor=request.user, at=at)
    except DomainError as error:
        said = {"field": error.field, "account_refusal": str(error.message), "sent": typed, "refused_form": "refund"}
        return _show_payment(request, seat, found, due_of(found.purchase), at, status=error.status, **said)
    messages.success(request, _("Thank you: the money is paid to this account."))
    return HttpResponseRedirect(local(f"/units/payments/{number}/"))
