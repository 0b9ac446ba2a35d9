"""Rooms as viewers see them. Everything works without a script: the script only keeps it fresh."""

import re
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.queries import local, picture_url, said
from catalog.queries.choosing import spec_data
from catalog.queries.products import ProductPage, product_page
from livestream.models import LiveSession
from livestream.operations.chat import post_message
from livestream.queries.chat import last_lines
from livestream.queries.drops import running_drop
from livestream.queries.rooms import (
    RoomState,
    TrayRow,
    clip_at,
    live_page,
    room_state,
    session_in_room,
    session_in_room_by_id,
    session_of_item,
    viewers_now,
)
from livestream.states import SessionState
from livestream.views.parts import render_parts
from shop.accounts.queries import has_proved_phone
from shop.core import sent
from shop.core.errors import DomainError
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import price_markup
from shop.sales.operations.baskets import parse_quantity
from shop.sales.queries.checkout import deal_problem
from shop.sales.rules import new_once

_CLIP = re.compile(r"[0-9a-f]{24}\Z")


@require_safe
def rooms(request: HttpRequest) -> HttpResponse:
    """Show who is live, what is planned, and replays."""
    return render(request, "livestream/rooms.html", {"page": live_page(at=timezone.now())})


def _session(request: HttpRequest, slug: str) -> LiveSession:
    """Return what a room shows; `?session=` asks for one of its replays. 404 without any."""
    text = request.GET.get("session", "")
    if text:
        asked = read_id(text, most_digits=9)
        session = session_in_room_by_id(slug, asked) if asked is not None else None
    else:
        session = session_in_room(slug, at=timezone.now())
    if session is None:
        raise Http404(slug)
    return session


@require_safe
def room(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a room: its clip, what is being shown, the tray, the chat so far."""
    return _show(request, _session(request, slug))


def _show(request: HttpRequest, session: LiveSession, status: int = 200, **more: Any) -> HttpResponse:
    at = timezone.now()
    state = room_state(session, at=at)
    room_ = session.room
    following = session_in_room(room_.slug, at=at) if _replay(session) else None
    if following is not None and following.state not in {SessionState.PLANNED, SessionState.LIVE}:
        following = None
    context = {
        "session": session,
        "room": room_,
        "title": said(session, "title"),
        "room_title": said(room_, "title"),
        "host": said(room_, "host"),
        "portrait": picture_url(room_.portrait.key) if room_.portrait else "",
        "poster": picture_url(room_.cover.key, max(room_.cover.widths, default=240)) if room_.cover else "",
        "clip": f"/live/clips/{session.clip[5:29]}.mp4" if session.clip else "",
        "clip_at": f"{clip_at(session, at=at):.1f}",
        "parts": render_parts(state),
        "state": state,
        "lines": last_lines(session.pk),
        "viewers": viewers_now(session.pk, at=at) if session.state == SessionState.LIVE else session.peak_viewers,
        "is_live": session.state == SessionState.LIVE,
        "is_planned": session.state == SessionState.PLANNED,
        "is_ended": session.state == SessionState.ENDED,
        "is_cancelled": session.state == SessionState.CANCELLED,
        "following": following,
        "following_title": said(following, "title") if following else "",
        "language": "en" if get_language() == "en" else "zh-hans",
        "share_url": settings.SITE_URL + local(f"/live/{room_.slug}/{_replay(session)}"),
        "supplier_url": local(f"/suppliers/{room_.supplier.slug}/") if room_.supplier else "",
        **more,
    }
    return render(request, "livestream/room.html", context, status=status)


@never_cache
@post_only
def chat(request: HttpRequest, slug: str) -> HttpResponse:
    """Write one line without a script. What was typed is kept when it is refused."""
    session = _session(request, slug)
    text = sent.line(request, "text")
    user = request.user
    if not user.is_authenticated:
        return HttpResponseRedirect(f"{local('/account/login/')}?next={local(f'/live/{slug}/')}")
    try:
        post_message(session_id=session.pk, actor=user, text=text, at=timezone.now())
    except DomainError as error:
        return _show(request, session, error.status, chat_error=str(error.message), typed=text)
    return HttpResponseRedirect(local(f"/live/{slug}/"))


def _replay(session: LiveSession) -> str:
    """Return what an address needs to show this session, where the room would show another by itself."""
    is_gone = session.state in {SessionState.ENDED, SessionState.CANCELLED}
    return f"?session={session.pk}" if is_gone else ""


def _item(state: RoomState, item_id: int) -> TrayRow:
    row = next((each for each in state.tray if each.item_id == item_id), None)
    if row is None:
        raise Http404(str(item_id))
    return row


@require_safe
def choose(request: HttpRequest, slug: str, item_id: int) -> HttpResponse:
    """Show the sheet of 规格 of a product in the tray: as a part for the script, as a page of its own without."""
    session = session_of_item(slug, item_id)
    if session is None:
        raise Http404(str(item_id))
    return _sheet(request, session, item_id)


def _sheet(request: HttpRequest, session: LiveSession, item_id: int, *, refusal: str = "") -> HttpResponse:
    """Show the sheet of a product; with a `refusal` beside the quantity that was sent."""
    at = timezone.now()
    state = room_state(session, at=at)
    row = _item(state, item_id)
    page = product_page(row.slug, to=request.COOKIES.get("hq_to"), chosen=request.GET.get("spec"), at=at)
    goods = page if isinstance(page, ProductPage) else None
    drop = state.deal if state.deal is not None and state.deal.item_id == item_id else None
    context = {
        "row": row,
        "page": goods,
        "data": spec_data(goods) if goods else None,
        "drop": drop,
        "most": min(drop.left, drop.per_buyer or drop.left) if drop else 0,
        "drop_price": price_markup(drop.price_fen, "price-l") if drop else "",
        "session": session,
        "room": session.room,
        "back": local(f"/live/{session.room.slug}/{_replay(session)}"),
        "refusal": refusal,
        "typed": sent.line(request, "quantity")[:12] if refusal else 1,
        # A kept page is never of who signed in: `shop.config.pagecache`.
        "is_proved": has_proved_phone(request.user),
        "mark": f"?from=session-{session.pk}",
    }
    part = request.headers.get("X-Requested-With") == "fetch"
    return render(
        request,
        "livestream/choose_part.html" if part else "livestream/choose.html",
        context,
        status=422 if refusal else 200,
    )


@never_cache
@post_only
def buy(request: HttpRequest, slug: str) -> HttpResponse:
    """Go on to the checkout with pieces of the running drop alone, at its price."""
    session = _session(request, slug)
    drop = running_drop(session.pk, at=timezone.now())
    if drop is None or str(drop.pk) != request.POST.get("drop"):
        return _show(request, session, 409, chat_error=_("This flash sale is over."))
    try:
        quantity = parse_quantity(request.POST.get("quantity", "1"))
    except DomainError as error:
        return _sheet(request, session, drop.item_id, refusal=str(error.message))
    problem = deal_problem(f"drop:{drop.pk}", quantity, timezone.now())
    if problem is not None and problem.most:
        return _sheet(request, session, drop.item_id, refusal=problem.text)
    goods = f"buy={drop.specification_id}:{quantity}&deal=drop:{drop.pk}"
    address = f"{local('/shop/checkout/')}?{goods}&once={new_once()}"
    return HttpResponseRedirect(address)


@require_safe
def clip(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a clip, in ranges where the player asks for them (Safari plays nothing else)."""
    stored = f"live/{name}.mp4"
    if not _CLIP.match(name) or not default_storage.exists(stored):
        raise Http404(name)
    size = default_storage.size(stored)
    # A clip's name says its content: there is no other version of it that a part could be of.
    whole = "If-Range" in request.headers and request.headers["If-Range"] != f'"{name}"'
    start, end = _range("" if whole else request.headers.get("Range", ""), size)
    file = default_storage.open(stored)
    if start is None:
        response: HttpResponseBase = FileResponse(file, content_type="video/mp4")
    elif start >= size or start > end:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        file.seek(start)
        response = HttpResponse(file.read(end - start + 1), status=206, content_type="video/mp4")
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{name}"'
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _range(header: str, size: int) -> tuple[int | None, int]:
    """Return the first and last byte asked for; None for the first when the whole is."""
    match = re.match(r"bytes=(\d{0,12})-(\d{0,12})\Z", header)
    if match is None or not (match[1] or match[2]):
        return None, size - 1
    if not match[1]:
        return max(0, size - int(match[2])), size - 1
    return int(match[1]), min(int(match[2]) if match[2] else size - 1, size - 1)
