"""The host's console. Every change says which version of the session it was made on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalog.queries import local, said
from livestream.errors import DeepCut
from livestream.forms import DropForm, PlanForm
from livestream.models import LiveSession
from livestream.operations import chat, drops, floors, sessions, tray
from livestream.queries import console as queries
from livestream.queries.chat import lines_for_host, muted_people
from livestream.queries.hosting import hosted_rooms, session_to_host
from livestream.queries.rooms import room_state, when_text
from livestream.states import SessionState
from shop.accounts.rules import is_campaign_staff
from shop.core import sent
from shop.core.acting import by
from shop.core.errors import DomainError, InvalidInput
from shop.core.money import to_fen
from shop.core.numbers import read_id
from shop.core.post_only import post_only

View = Callable[..., HttpResponse]


def for_host(view: View) -> View:
    """Let only who hosts the session (or, without one, any room) in; others are told that there is nothing."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, **given: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), local("/account/login/"))
        if "session_id" in given:
            session = session_to_host(request.user, given.pop("session_id"))
            if session is None:
                raise Http404
            return view(request, session, **given)
        found = hosted_rooms(request.user)
        if not found and not is_campaign_staff(request.user):
            return render(request, "livestream/nobody.html", status=403)
        return view(request, found, **given)

    return guarded


@require_safe
@for_host
def console(request: HttpRequest, session: LiveSession) -> HttpResponse:
    """Show a session to its host; everything comes from the database, so a reload loses nothing."""
    return show(request, session)


def show(
    request: HttpRequest,
    session: LiveSession,
    *,
    status: int = 200,
    refusal: str = "",
    refused: "_Refused | None" = None,
    plan_form: PlanForm | None = None,
) -> HttpResponse:
    """Return the console of a session, or its part for the script, with what was refused."""
    at = timezone.now()
    goods = queries.goods_for_drop(session, request.user)
    state = room_state(session, at=at)
    # A form that came back is about the product it was sent for; what was typed for one is never shown for another.
    item_id = refused.item_id if refused else _asked(request, "item") or session.pinned_id
    if item_id not in goods:
        item_id, refused = next(iter(goods), None), None
    shown = goods.get(item_id or 0, [])
    drop_form = refused.form if refused else DropForm(initial={"item": item_id}, choices=[row.choice for row in shown])
    lines, newer = lines_for_host(session.pk, session.room, upto=_asked(request, "upto"))
    context = {
        "session": session,
        "room": session.room,
        "title": said(session, "title"),
        "room_title": said(session.room, "title"),
        "state": state,
        "numbers": queries.numbers(session, at=at),
        "lines": lines,
        "newer": newer,
        "muted": muted_people(session.room),
        "goods": queries.goods_to_add(session, request.GET.get("q", "")[:40]) if _open(session) else [],
        "query": request.GET.get("q", "")[:40],
        "drop_item": next((row for row in state.tray if row.item_id == item_id), None),
        "drop_form": drop_form,
        "drop_goods": shown,
        "is_own": all(row.is_own for row in shown),
        "cut": refused.cut if refused else "",
        "cut_fen": to_fen(drop_form.cleaned_data["price"]) if refused and refused.cut else None,
        "drops": queries.past_drops(session),
        "refusal": refusal,
        "is_live": session.state == SessionState.LIVE,
        "is_planned": session.state == SessionState.PLANNED,
        "is_cancelled": session.state == SessionState.CANCELLED,
        "plan_form": plan_form or PlanForm(initial=_plan_of(session)),
        "is_open": _open(session),
        "room_url": local(f"/live/{session.room.slug}/?session={session.pk}"),
        "address": local(f"/live/console/{session.pk}/"),
        "when": when_text(session.started_at or session.planned_at),
        "language": "en" if request.path.startswith("/en/") else "zh-hans",
    }
    part = request.headers.get("X-Requested-With") == "fetch"
    template = "livestream/console_main.html" if part else "livestream/console_session.html"
    return render(request, template, context, status=status)


def _asked(request: HttpRequest, name: str) -> int | None:
    """Return a number that the address asks for, None where there is none."""
    return read_id(request.GET.get(name, ""), most_digits=9) or None


def _open(session: LiveSession) -> bool:
    return session.state in {SessionState.PLANNED, SessionState.LIVE}


def _plan_of(session: LiveSession) -> dict[str, Any]:
    return {"title_zh": session.title_zh, "title_en": session.title_en, "planned_at": session.planned_at}


def number(request: HttpRequest, name: str) -> int:
    """Return a number of the form. Raises InvalidInput where it is none."""
    found = read_id(request.POST.get(name), most_digits=9)
    if found is None:
        raise InvalidInput(_("Something is missing: please look again."), field=name)
    return found


class _Refused(Exception):
    """The form of a drop as it was sent, with what is wrong: beside its field, above all, or a cut to be confirmed."""

    def __init__(self, form: DropForm, item_id: int, *, status: int = 422, refusal: str = "", cut: str = "") -> None:
        super().__init__()
        self.form, self.item_id = form, item_id
        self.status, self.refusal, self.cut = status, refusal, cut


def _drop_form(request: HttpRequest, session: LiveSession) -> tuple[DropForm, int]:
    """Return the form of a drop as it was sent, and the tray item that it is about."""
    item_id = number(request, "item")
    goods = queries.goods_for_drop(session, request.user).get(item_id, [])
    return DropForm(request.POST, choices=[row.choice for row in goods]), item_id


def _ask_price(request: HttpRequest, session: LiveSession, facts: dict[str, Any]) -> None:
    """Ask the supplier for the price in the form of a drop; how many, and how long, may still be open."""
    form, item_id = _drop_form(request, session)
    form.is_valid()
    for name in ("pieces", "minutes", "per_buyer"):
        form.errors.pop(name, None)
    if form.errors:
        raise _Refused(form, item_id)
    data = form.cleaned_data
    try:
        # Asking changes nothing that another host could have changed meanwhile.
        floors.ask_price(
            **{name: facts[name] for name in ("session_id", "actor", "at")},
            item_id=item_id,
            specification_id=int(data["specification"]),
            price_fen=to_fen(data["price"]),
        )
    except DomainError as error:
        if error.field != "price":
            raise _Refused(form, item_id, status=error.status, refusal=str(error.message)) from None
        form.add_error("price", str(error.message))
        raise _Refused(form, item_id) from None


def _start_drop(request: HttpRequest, session: LiveSession, facts: dict[str, Any]) -> None:
    form, item_id = _drop_form(request, session)
    if not form.is_valid():
        raise _Refused(form, item_id)
    data = form.cleaned_data
    try:
        drops.start_drop(
            **facts,
            item_id=data["item"],
            specification_id=int(data["specification"]),
            price_fen=to_fen(data["price"]),
            pieces=data["pieces"],
            lasts=form.lasts,
            per_buyer=data["per_buyer"],
            confirmed_fen=data["confirm"],
        )
    except DeepCut as error:
        raise _Refused(form, item_id, status=error.status, cut=str(error.message)) from None
    except DomainError as error:
        if error.field not in form.fields or error.field == "item":
            raise _Refused(form, item_id, status=error.status, refusal=str(error.message)) from None
        form.add_error(error.field, str(error.message))
        raise _Refused(form, item_id) from None


def _act(request: HttpRequest, session: LiveSession, action: str) -> None:
    """Do one thing; raise DomainError where it is refused, Http404 for what there is not."""
    who: dict[str, Any] = {"session_id": session.pk, **by(request)}
    if action == "unmute_person":
        sessions.unmute_person(mute_id=number(request, "mute"), room_id=session.room_id, **by(request))
        return
    if action in {"delete", "mute", "unmute"}:
        act = {"delete": chat.delete_message, "mute": sessions.mute, "unmute": sessions.unmute}[action]
        act(**who, message_id=number(request, "message"))
        return
    facts = {**who, "version": number(request, "version")}
    simple: dict[str, Callable[..., Any]] = {
        "start": sessions.start_session,
        "end": sessions.end_session,
        "unpin": tray.unpin,
    }
    of_item: dict[str, Callable[..., Any]] = {"pin": tray.pin, "remove": tray.remove_item}
    of_drop: dict[str, Callable[..., None]] = {"drop": _start_drop, "ask_price": _ask_price}
    if action in simple:
        simple[action](**facts)
    elif action in of_item:
        of_item[action](**facts, item_id=number(request, "item"))
    elif action == "announce":
        sessions.announce(**facts, text=sent.line(request, "text"))
    elif action == "add":
        tray.add_item(**facts, listing_id=number(request, "listing"))
    elif action == "move":
        tray.move_item(**facts, item_id=number(request, "item"), to=number(request, "to"))
    elif action in of_drop:
        of_drop[action](request, session, facts)
    elif action == "end_drop":
        drops.end_drop(**facts, drop_id=number(request, "drop"))
    else:
        raise Http404(action)


@for_host
@post_only
def act(request: HttpRequest, session: LiveSession) -> HttpResponse:
    """Do what a button says; the console again, with the refusal where there is one."""
    try:
        _act(request, session, request.POST.get("action", ""))
    except _Refused as refused:
        return _again(request, session, status=refused.status, refusal=refused.refusal, refused=refused)
    except DomainError as error:
        return _again(request, session, status=error.status, refusal=str(error.message))
    if request.headers.get("X-Requested-With") == "fetch":
        return _again(request, session)
    messages.success(request, _("Done."))
    return HttpResponseRedirect(local(f"/live/console/{session.pk}/"))


def _again(request: HttpRequest, session: LiveSession, **more: Any) -> HttpResponse:
    fresh = session_to_host(request.user, session.pk)
    return show(request, fresh or session, **more)


@require_http_methods(["GET", "HEAD"])
@for_host
def numbers(request: HttpRequest, session: LiveSession) -> HttpResponse:
    """How the session goes, for the console's script."""
    return JsonResponse(queries.numbers(session, at=timezone.now()).as_json())
