"""What is to be done next in a unit, and by whom. No queries of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from procurement.models import CancelRequest, PurchaseRequest, QuotaDeclaration
from procurement.queries.payers import AccountAsked
from procurement.queries.quota import Standing
from procurement.queries.units import Seat
from procurement.rules.quota import month_day
from procurement.shown import OrderShown, due_words, other_year
from procurement.states import DeclarationState, RequestState
from procurement.texts import name_of
from shop.core import times
from shop.core.templatetags.heqiao import local, yuan
from shop.sales.queries.deliveries import Schedule, waiting_parcels


@dataclass(frozen=True)
class Task:
    """One thing to do: what, whose, since when, where."""

    title: str
    owner: str
    kind: str
    text: str
    action: str
    url: str
    is_mine: bool
    role: str
    due: datetime | None = None
    who: str = ""


@dataclass(frozen=True)
class ToDo:
    """What the reader can do now, and what waits for others."""

    mine: list[Task]
    others: list[Task]


OWNERS = {"buyer": "limited", "approver": "offer", "finance": "neutral", "above": "neutral"}


def tasks(
    seat: Seat,
    standing: Standing,
    requests: Sequence[PurchaseRequest],
    orders: Sequence[OrderShown],
    at: datetime,
    asked: Sequence[QuotaDeclaration] = (),
    schedules: Mapping[int, Schedule] | None = None,
    wishes: Sequence[CancelRequest] = (),
    accounts: Sequence[AccountAsked] = (),
    people: Mapping[str, Sequence[str]] | None = None,
) -> ToDo:
    """Return what to do next in a unit: the reader's own things, and what waits for others, each the longest due first.

    `asked`: who wants it to declare for them; `schedules`: what of a purchase is due now; `wishes` to cancel orders;
    `accounts` that refunds wait for; `people` are the names of who has each role.
    """
    found = _declaration_tasks(seat, standing)
    found += [
        _task(
            seat, "buyer", _("%(name)s shares your canteen") % {"name": name_of(each.unit.organisation)},
            _("wants you to declare for it"), _("Say yes or no"), f"/units/declaration/?year={each.year}",
            each.submitted_at,
        )
        for each in asked
        if each.state == DeclarationState.SUBMITTED and each.accepted_at is None
    ]  # fmt: skip
    found += [task for request in requests if (task := _request_task(seat, request, at, schedules or {})) is not None]
    found += [
        _task(
            seat, "buyer", _("Accept %(name)s") % {"name": each.name}, each.supplier, _("Accept"), each.url,
            waiting[0].shipped_at,
        )
        for each in orders
        if (waiting := waiting_parcels(each.row.order))
    ]  # fmt: skip
    found += [
        _task(
            seat, "approver", _("Cancel order %(number)s?") % {"number": each.order.order.order.number},
            _("%(name)s asked: %(reason)s") % {"name": each.asked_by.name, "reason": each.reason}, _("Decide on it"),
            f"/units/orders/{each.order.order.order.number}/", each.asked_at,
        )
        for each in wishes
    ]  # fmt: skip
    found += [
        _task(
            seat, "finance", _("Account for a refund of %(amount)s") % {"amount": yuan(each.fen)},
            _("%(number)s: say where the money goes back to") % {"number": each.request}, _("Enter the account"),
            f"/units/payments/{each.request}/", each.since,
        )
        for each in accounts
    ]  # fmt: skip
    found.sort(key=lambda task: (task.due is None, task.due or at))
    others = [replace(each, who="、".join((people or {}).get(each.role, ()))) for each in found if not each.is_mine]
    return ToDo([each for each in found if each.is_mine], others)


def _task(seat: Seat, role: str, title: str, text: str, action: str, url: str, due: datetime | None = None) -> Task:
    names = {
        "buyer": _("Unit's buyer"),
        "approver": _("Approver"),
        "finance": _("Finance"),
        "above": _("Supervising unit"),
    }
    mine = {"buyer": seat.buys, "approver": seat.approves, "finance": seat.pays}.get(role, False)
    return Task(
        title, names[role], OWNERS[role], text, action, local(url) if url.startswith("/units") else url, mine, role, due
    )


def _declaration_tasks(seat: Seat, standing: Standing) -> list[Task]:
    declaration, year = standing.declaration, standing.year
    url = f"/units/declaration/?year={year}"
    by = month_day(year, standing.policy.declare_by)
    is_withdrawn = (
        declaration is not None and declaration.state == DeclarationState.DRAFT and not declaration.in_force_id
    )
    if declaration is None or is_withdrawn:
        text = _("to be done by %(day)s") % {"day": times.day(by)}
        return [_task(seat, "buyer", _("Declare %(year)d") % {"year": year}, text, _("Declare"), url)]
    if declaration.state == DeclarationState.RETURNED:
        return [
            _task(seat, "buyer", _("Declaration came back"), declaration.reason, _("Change it"), url),
        ]
    if declaration.state == DeclarationState.SUBMITTED:
        title = _("Declaration of %(amount)s") % {"amount": yuan(declaration.reserved_fen)}
        return [_task(seat, "above", title, _("waits to be confirmed"), _("Look"), url)]
    return []


def _request_task(seat: Seat, request: PurchaseRequest, at: datetime, schedules: Mapping[int, Schedule]) -> Task | None:
    url = f"/units/requests/{request.number}/"
    amount = {"amount": yuan(request.total_fen)}
    since = max(0, (timezone.localdate(at) - timezone.localdate(request.submitted_at or request.created_at)).days)
    waits = _("%(name)s asked, today") % {"name": request.buyer.name}
    if since:
        waits = ngettext("%(name)s asked, %(n)d day ago", "%(name)s asked, %(n)d days ago", since) % {
            "name": request.buyer.name,
            "n": since,
        }
    if request.state == RequestState.ORDERED:
        purchase: Any = request.purchase
        schedule = schedules.get(purchase.pk)
        if schedule is None or not schedule.due_now_fen:
            return None
        title = _("Transfer %(amount)s") % {"amount": yuan(schedule.due_now_fen)}
        words_ = due_words(schedule.pay_by or purchase.pay_by, at)
        due = schedule.pay_by or purchase.pay_by
        return _task(seat, "finance", title, words_, _("Pay"), f"/units/payments/{request.number}/", due)
    said: dict[str, tuple[str, str, str, str]] = {
        RequestState.DRAFT: ("buyer", _("Draft of %(amount)s") % amount, _("not submitted yet"), _("Go on")),
        RequestState.RETURNED: (
            "buyer",
            _("Returned: %(amount)s") % amount,
            _("change it or give it up"),
            _("Change it"),
        ),
        RequestState.SUBMITTED: ("approver", _("Approve %(amount)s") % amount, waits, _("Decide on it")),
        RequestState.CHECKED: ("finance", _("Second approval: %(amount)s") % amount, waits, _("Decide on it")),
        RequestState.APPROVED: ("buyer", _("Order %(amount)s") % amount, _("approved"), _("Order it")),
    }
    found = said.get(request.state)
    if request.state == RequestState.APPROVED and (why := other_year(request, at)):
        found = ("buyer", _("Request of %(amount)s") % amount, why, _("Look"))
    return _task(seat, *found, url, request.submitted_at or request.created_at) if found else None
