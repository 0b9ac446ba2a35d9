"""The list of sessions that one hosts; planning the next, moving it, calling it off; opening a room."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.queries import local, said
from catalog.queries.trade import active_suppliers
from livestream.forms import PlanForm, RoomForm
from livestream.models import LiveSession
from livestream.operations import planning, sessions
from livestream.queries.hosting import hosted_rooms, hosted_sessions
from livestream.queries.rooms import when_text
from livestream.views.console import for_host, number, show
from shop.accounts.rules import is_campaign_staff
from shop.core.acting import by
from shop.core.errors import DomainError
from shop.core.post_only import post_only
from shop.core.refusals import add_refusal


@require_safe
@for_host
def index(request: HttpRequest, rooms: list[Any]) -> HttpResponse:
    """Show the sessions of one's rooms, and the form for the next."""
    return _index(request, rooms)


def _room_choices(rooms: list[Any]) -> list[tuple[str, str]]:
    return [(str(room.pk), said(room, "title")) for room in rooms]


def _room_form(*data: Any) -> RoomForm:
    return RoomForm(*data, suppliers=[(str(row.pk), said(row, "name")) for row in active_suppliers()])


def _index(
    request: HttpRequest,
    rooms: list[Any],
    *,
    form: PlanForm | None = None,
    room_form: RoomForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = [
        {
            "session": session,
            "title": said(session, "title"),
            "room": said(session.room, "title"),
            "when": when_text(session.started_at or session.planned_at),
            "url": local(f"/live/console/{session.pk}/"),
        }
        for session in hosted_sessions(request.user)
    ]
    may_open = is_campaign_staff(request.user)
    context = {
        "rows": rows,
        "form": form or PlanForm(rooms=_room_choices(rooms)),
        "has_rooms": bool(rooms),
        "rooms": [{"title": said(room, "title"), "url": local(f"/live/{room.slug}/")} for room in rooms],
        "room_form": (room_form or _room_form()) if may_open else None,
    }
    return render(request, "livestream/console_index.html", context, status=status)


@for_host
@post_only
def plan(request: HttpRequest, rooms: list[Any]) -> HttpResponse:
    """Plan a session."""
    form = PlanForm(request.POST, rooms=_room_choices(rooms))
    if not form.is_valid():
        return _index(request, rooms, form=form, status=422)
    data = form.cleaned_data
    room = next(each for each in rooms if str(each.pk) == data["room"])
    title = (data["title_zh"], data["title_en"])
    try:
        session = planning.plan_session(
            room=room, title=title, planned_at=data["planned_at"], actor=request.user, at=timezone.now()
        )
    except DomainError as error:
        add_refusal(form, error)
        return _index(request, rooms, form=form, status=error.status)
    return HttpResponseRedirect(local(f"/live/console/{session.pk}/"))


@for_host
@post_only
def open_room(request: HttpRequest, rooms: list[Any]) -> HttpResponse:
    """Open a live room; campaign staff only."""
    form = _room_form(request.POST)
    if not form.is_valid():
        return _index(request, rooms, room_form=form, status=422)
    data = form.cleaned_data
    try:
        room = sessions.open_room(
            slug=data["slug"],
            supplier_id=int(data["supplier"]) if data["supplier"] else None,
            title=(data["title_zh"], data["title_en"]),
            host=(data["host_zh"], data["host_en"]),
            **by(request),
        )
    except DomainError as error:
        add_refusal(form, error)
        return _index(request, hosted_rooms(request.user), room_form=form, status=error.status)
    messages.success(request, _("The room %(name)s is open. Plan its first session.") % {"name": said(room, "title")})
    return HttpResponseRedirect(local("/live/console/"))


@for_host
@post_only
def change(request: HttpRequest, session: LiveSession) -> HttpResponse:
    """Give a planned session another title or time."""
    form = PlanForm(request.POST)
    if not form.is_valid():
        return show(request, session, status=422, plan_form=form)
    data = form.cleaned_data
    title = (data["title_zh"], data["title_en"])
    try:
        planning.change_session(
            **_facts(request, session), title=title, planned_at=data["planned_at"]
        )  # fmt: skip
    except DomainError as error:
        add_refusal(form, error)
        return show(request, session, status=error.status, plan_form=form)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(local(f"/live/console/{session.pk}/"))


def _facts(request: HttpRequest, session: LiveSession) -> dict[str, Any]:
    return {"session_id": session.pk, "version": number(request, "version"), **by(request)}


@for_host
@post_only
def cancel(request: HttpRequest, session: LiveSession) -> HttpResponse:
    """Call a planned session off."""
    try:
        planning.cancel_session(**_facts(request, session))
    except DomainError as error:
        return show(request, session, status=error.status, refusal=str(error.message))
    messages.success(request, _("The session is cancelled. Followers of its goods are told."))
    return HttpResponseRedirect(local("/live/console/"))
