"""Purchase requests: their list, one of them, adding to it, deciding on it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from procurement.forms.units import DecisionForm, FactsForm
from procurement.models import PurchaseRequest
from procurement.operations import requests as operations
from procurement.operations.deciding import STEPS, decide_request
from procurement.operations.drafts import open_draft
from procurement.operations.ordering import order_request
from procurement.paid_shown import settle_request
from procurement.queries.papers import is_doubtful
from procurement.queries.quota import budget_after
from procurement.queries.requests import (
    TABS,
    cancelled_of,
    left_of_goods,
    numbers_of_orders,
    reductions_of,
    request_of,
    request_page,
    request_to_read,
)
from procurement.queries.units import Seat
from procurement.queries.withdrawals import withdrawals_of
from procurement.request_shown import changed_facts, is_elsewhere, line_changes, place_of, state_of
from procurement.rules.amounts import in_capitals
from procurement.rules.quota import budget_year
from procurement.settled import Settled
from procurement.shown import BADGES, history, terms_words, thumb
from procurement.states import EDITABLE, Fund, RequestState
from procurement.texts import name_of, words, year_of
from procurement.views.entry import console, for_unit, seat_at, seats, unconfirmed
from shop.core import sent
from shop.core.errors import DomainError, InvalidInput
from shop.core.numbered import numbered
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local, yuan


def to_request(number: str, step: str = "") -> HttpResponseRedirect:
    """Return the way to a request's page."""
    return HttpResponseRedirect(local(f"/units/requests/{number}/{step}"))


def own_request(request: HttpRequest, number: str) -> tuple[Seat, PurchaseRequest]:
    """Return a request of one of the person's units, and the seat there. Raises Http404."""
    found = request_of(seats(request), number)
    if found is None:
        raise Http404(number)
    return seat_at(request, found.unit_id), found


def read_request(request: HttpRequest, number: str) -> tuple[Seat, PurchaseRequest]:
    """Return a request that the person may read, of a unit they act for or oversee, and from which seat."""
    found = request_to_read(seats(request), number)
    if found is None:
        raise Http404(number)
    return found


def read_above(seat: Seat, found: PurchaseRequest) -> dict[str, Any]:
    """Return what a page says to who oversees a request's unit and only reads it."""
    above = seat.pk != found.unit_id
    return {
        "is_read_above": above,
        "of_unit": name_of(found.unit.organisation),
        "orders_url": local(f"/units/board/{found.unit_id}/orders/") if above else "",
    }


@require_safe
@for_unit
def index(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the unit's requests."""
    tab = request.GET.get("state", "waiting" if seat.approves and not seat.buys else "open")
    tab = tab if tab in TABS else "all"
    page = request_page(seat.pk, tab, request.GET.get("page", 1))
    labels = {
        "open": _("To do"),
        "waiting": _("In approval"),
        "ordered": RequestState.ORDERED.label,
        "all": _("All requests"),
    }
    came_to = reductions_of([row.pk for row in page.object_list])
    rows = []
    for row in page.object_list:
        total, less = came_to.get(row.pk, (row.total_fen, 0))
        rows.append(
            {
                "request": row,
                "badge": BADGES[RequestState(row.state)],
                "state": state_of(row),
                "total_fen": total,
                "less_fen": less,
                "left_fen": total - less,
            }
        )
    return console(request, seat, "requests", {"page": page, "rows": rows, "tabs": list(labels.items()), "tab": tab})


@for_unit
@post_only
def start(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Start a request: empty, from a list, or from the last order."""
    at = timezone.now()
    try:
        if request.POST.get("how") == "last":
            made, missing = operations.repeat_last(unit_id=seat.pk, actor=request.user, at=at)
            if missing:
                text = ngettext("%(n)d product is not sold any more.", "%(n)d products are not sold any more.", missing)
                messages.warning(request, text % {"n": missing})
            return to_request(made.number)
        made = open_draft(unit_id=seat.pk, actor=request.user, at=at)
    except DomainError as error:
        messages.error(request, str(error.message))
        return HttpResponseRedirect(local("/units/requests/"))
    return to_request(made.number, "list/" if request.POST.get("how") == "list" else "add/")


def _lines(found: PurchaseRequest) -> list[dict[str, Any]]:
    left = left_of_goods(found)
    return [
        {
            "line": line,
            "name": words(line.name_zh, line.name_en),
            "spec": words(line.spec_zh, line.spec_en),
            "supplier": words(line.supplier_zh, line.supplier_en),
            "picture": thumb(line.picture_key),
            "left": left.get(line.specification_id, line.quantity),
        }
        for line in found.lines.all()
    ]


def _facts(seat: Seat, found: PurchaseRequest, user: Any) -> dict[str, Any]:
    step = STEPS.get(RequestState(found.state))
    decides = step is not None and seat.may(step[1])
    involved = user.pk in {found.buyer_id, *found.editors}
    settled = settle_request(found)
    decided = any(each.version == found.version and each.actor_id == user.pk for each in found.decisions.all())
    return {
        **read_above(seat, found),
        "request_": found,
        "lines": _lines(found),
        "badge": BADGES[RequestState(found.state)],
        "state": state_of(found),
        "fund": Fund(found.fund).label,
        "terms": terms_words(found.terms),
        "place": place_of(found),
        "year": budget_year(found.year, year_of(timezone.now())) if found.state in EDITABLE else found.year,
        "differs_from_unit": is_elsewhere(found.unit, found),
        "settled": settled,
        # On paper stands in words what was asked for and signed; on its page, the last figure above the words.
        "capitals": in_capitals(found.total_fen),
        "capitals_now": in_capitals(_last_figure(found, settled)),
        "orders": numbers_of_orders(found),
        "can_edit": seat.buys and found.state in EDITABLE,
        "can_take_back": seat.buys
        and found.state in (RequestState.SUBMITTED, RequestState.CHECKED, RequestState.APPROVED),
        "can_order": seat.buys and found.state == RequestState.APPROVED,
        "can_decide": decides and not involved and not decided,
        "cannot_decide": decides and (involved or decided),
        "is_last_step": step is not None and step[0] >= seat.unit.approvals,
        "changes": line_changes(found),
        "is_doubtful": is_doubtful(found),
        "fact_changes": changed_facts(found),
        "history": history(found, timezone.now(), cancelled_of(found), withdrawals_of(found)),
    }


def _last_figure(found: PurchaseRequest, settled: Settled | None) -> int:
    """Return the last figure of a request's sums: what is due, was paid or remains once something was taken off."""
    if settled is None:
        return found.total_fen
    if not settled.deductions:
        return settled.total_fen or found.total_fen
    return settled.due_fen if settled.label else settled.left_fen


def _show(request: HttpRequest, seat: Seat, found: PurchaseRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    context = _facts(seat, found, request.user)
    this = year_of(timezone.now())
    context["facts_form"] = FactsForm(
        this_year=this,
        # What was typed and refused stays.
        initial={
            "fund": found.fund, "terms": found.terms, "note": found.note, "year": budget_year(found.year, this),
        } | {name: sent.line(request, name) for name in ("fund", "terms", "note", "year") if name in request.POST},
    )  # fmt: skip
    waits = found.state in (RequestState.SUBMITTED, RequestState.CHECKED) and found.year < this
    context["anew_for"] = this if waits or (found.state == RequestState.APPROVED and found.year != this) else None
    context["decision_form"] = DecisionForm(initial={"version": found.version})
    context["is_waiting"] = found.state in STEPS
    if found.state in EDITABLE or found.state in STEPS:
        # Its own buyer reads before submitting it what the approver will.
        left, after = budget_after(found, context["year"])
        context |= {"budget_left": left, "budget_after": after, "over_fen": max(0, -after)}
    for row in context["lines"]:
        name = f"pieces-{row['line'].specification_id}"
        row["refusal"] = more.get("refused", {}).get(name, "")
        typed = sent.line(request, name) if name in request.POST else str(row["line"].quantity)
        row["typed"] = typed[: sent.MOST_TYPED]
    return console(request, seat, "request", context | more, status)


@numbered
@require_safe
@for_unit
def detail(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Show one request: what is asked for, what changed, what was decided, what to do now."""
    seat, found = read_request(request, number)
    return _show(request, seat, found)


@numbered
@require_safe
@for_unit
def paper(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Show one request as it is printed on A4 and signed."""
    seat, found = read_request(request, number)
    if is_doubtful(found):
        return unconfirmed(request, _("Purchase request"), number, local(f"/units/requests/{number}/"))
    context = _facts(seat, found, request.user)
    return render(
        request, "units/paper.html", {"seat": seat, "unit_name": context["of_unit"], "now": timezone.now(), **context}
    )


Act = Callable[[HttpRequest, PurchaseRequest, Any], str]


def _action(act: Act) -> Callable[..., HttpResponse]:
    """Make a POST view of something done to a request; a refusal is said on its page, with its status."""

    @for_unit
    @post_only
    @wraps(act)
    def view(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
        seat, found = own_request(request, number)
        try:
            said = act(request, found, timezone.now())
        except DomainError as error:
            seat, found = own_request(request, number)
            beside = bool(error.field and error.field.startswith("pieces-"))
            fields = error.details.get("refused") or ({error.field: str(error.message)} if beside else {})
            return _show(
                request, seat, found, status=error.status, refusal=str(error.message), refused=fields,
                typed_reason=sent.paragraphs(request, "reason"), reason_refused=error.field == "reason",
            )  # fmt: skip
        if said:
            messages.success(request, said)
        return to_request(number)

    return view


def asked_version(request: HttpRequest) -> int | None:
    """Return the version that a form was filled in on, None where it says none."""
    return read_id(request.POST.get("version"), most_digits=8)


@_action
def change(request: HttpRequest, found: PurchaseRequest, at: Any) -> str:
    """Set the pieces of lines, and take one out by its button."""
    typed, removed = sent.counts(request), request.POST.get("remove", "")
    given = typed.read | {pk: 0 for pk in typed.typed if str(pk) == removed}
    refused = {f"pieces-{pk}": text for pk, text in typed.refused.items() if str(pk) != removed}
    for pk in typed.typed:
        # Nothing, or 0, is a slip as often as a wish: a line is taken out by its own button.
        if str(pk) != removed and pk not in typed.refused and not given.get(pk):
            refused[f"pieces-{pk}"] = _("Enter how many pieces, or take the line out.")
    if refused:
        text = _("Nothing was saved: look at the quantities below.")
        raise InvalidInput(text, field=next(iter(refused)), refused=refused)
    operations.put_lines(request_id=found.pk, pieces=given, version=asked_version(request), actor=request.user, at=at)
    return _("Taken out. Prices are today's.") if removed else _("Saved. Prices are today's.")


def _year(request: HttpRequest) -> int:
    """Return the year that a form names, 0 where it names none. Raises InvalidInput for what is no year."""
    text = sent.line(request, "year")
    year = read_id(text, most_digits=4)
    if text and not year:
        raise InvalidInput(_("Choose this year or the next."), field="year")
    return year or 0


@_action
def facts(request: HttpRequest, found: PurchaseRequest, at: Any) -> str:
    """Set fund, terms, note."""
    operations.set_facts(
        request_id=found.pk,
        fund=request.POST.get("fund", ""),
        terms=request.POST.get("terms", ""),
        note=sent.line(request, "note"),
        year=_year(request),
        version=asked_version(request),
        actor=request.user,
        at=at,
    )
    return _("Saved.")


@_action
def submit(request: HttpRequest, found: PurchaseRequest, at: Any) -> str:
    """Send it to the approver."""
    operations.submit_request(request_id=found.pk, version=asked_version(request) or 0, actor=request.user, at=at)
    sent_off = own_request(request, found.number)[1]
    _left, after = budget_after(sent_off, sent_off.year)
    if after < 0:
        return _(
            "Submitted: %(over)s beyond the budget of %(year)d. The approver sees it, and can approve it once finance has "
            "raised the budget."
        ) % {"over": yuan(-after), "year": sent_off.year}
    return _("Submitted. The approver is told.")


@_action
def take_back(request: HttpRequest, found: PurchaseRequest, at: Any) -> str:
    """Take it back to change it."""
    operations.take_back(request_id=found.pk, actor=request.user, at=at)
    return _("Taken back: you can change it now.")


@_action
def give_up(request: HttpRequest, found: PurchaseRequest, at: Any) -> str:
    """End it."""
    operations.give_up(request_id=found.pk, actor=request.user, at=at)
    return _("Given up.")


@_action
def decide(request: HttpRequest, found: PurchaseRequest, at: Any) -> str:
    """Approve or return it."""
    approve = request.POST.get("decision") == "approve"
    operations_version = asked_version(request) or 0
    decide_request(
        request_id=found.pk,
        version=operations_version,
        approve=approve,
        reason=sent.paragraphs(request, "reason"),
        actor=request.user,
        at=at,
    )
    return _("Approved.") if approve else _("Returned. The buyer is told why.")


@_action
def order(request: HttpRequest, found: PurchaseRequest, at: Any) -> str:
    """Order what was approved."""
    order_request(request_id=found.pk, actor=request.user, at=at)
    return _("Ordered. The suppliers are told.")
