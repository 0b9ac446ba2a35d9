"""The host's console. Every change says which version of the session it was made on."""

from datetime import timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from catalog.queries import said
from livestream.api.rooms import RoomOut, show_room
from livestream.models import LiveSession
from livestream.operations import chat, drops, floors, planning, sessions, tray
from livestream.queries import console
from livestream.queries.chat import muted_people
from livestream.queries.hosting import hosted_rooms, hosted_sessions, session_to_host
from livestream.rules import LONGEST_MESSAGE, MOST_DROP_PIECES
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Id, Moment, Page, Priced, Problem, YuanIn, fen_of, yuan
from shop.core.api.paging import Asked, cut
from shop.core.api.routing import ApiRequest, Key

area = Area(gettext_noop("Hosts: live sessions"))


class HostedRoom(Answer):
    id: int
    slug: str
    title: str


class HostedRooms(Answer):
    items: list[HostedRoom]


@area.reads("/live/host/rooms", HostedRooms, scope="live:host", summary=gettext_noop("The rooms that you host"))
def list_hosted_rooms(request: ApiRequest) -> dict[str, Any]:
    return {
        "items": [{"id": row.pk, "slug": row.slug, "title": said(row, "title")} for row in hosted_rooms(request.user)]
    }


class RoomIn(Body):
    slug: str = Field(min_length=1, max_length=60, examples=["songyuan-orchard"])
    supplier_id: Id | None = Field(None, description=gettext_noop("Null: the platform's own, for everybody's goods."))
    title: str = Field(min_length=1, max_length=40)
    title_en: str = Field("", max_length=80)
    host: str = Field(min_length=1, max_length=20, description=gettext_noop("Who speaks, as viewers see it."))
    host_en: str = Field("", max_length=40)


@area.writes(
    "/live/host/rooms",
    HostedRoom,
    scope="live:host",
    status=201,
    summary=gettext_noop("Open a live room; campaign staff only"),
)
def open_room(request: ApiRequest, body: RoomIn) -> dict[str, Any]:
    room = sessions.open_room(
        slug=body.slug,
        supplier_id=body.supplier_id,
        title=(body.title, body.title_en),
        host=(body.host, body.host_en),
        **by(request),
    )
    return {"id": room.pk, "slug": room.slug, "title": said(room, "title")}


class SessionOut(Answer):
    id: int
    room: str
    title: str
    state: str
    version: int
    planned_at: Moment
    started_at: Moment | None
    ended_at: Moment | None


def _session(row: LiveSession) -> dict[str, Any]:
    same = ("state", "version", "planned_at", "started_at", "ended_at")
    return {name: getattr(row, name) for name in same} | {
        "id": row.pk,
        "room": row.room.slug,
        "title": said(row, "title"),
    }


@area.reads(
    "/live/host/sessions", Page[SessionOut], scope="live:host", summary=gettext_noop("The sessions that you host")
)
def list_sessions(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(turn, hosted_sessions(request.user), _session)


class SessionIn(Body):
    room_id: Id
    title: str = Field(min_length=1, max_length=40)
    title_en: str = Field("", max_length=80)
    planned_at: Moment


@area.writes("/live/host/sessions", SessionOut, scope="live:host", status=201, summary=gettext_noop("Plan a session"))
def plan_session(request: ApiRequest, body: SessionIn) -> dict[str, Any]:
    room = next((each for each in hosted_rooms(request.user) if each.pk == body.room_id), None)
    if room is None:
        raise Problem(422, "no_such_room", _("You host no such room."), field="room_id")
    made = planning.plan_session(
        room=room, title=(body.title, body.title_en), planned_at=body.planned_at, **by(request)
    )
    return _session(_own(request, made.pk))


def _own(request: ApiRequest, session_id: int) -> LiveSession:
    found = session_to_host(request.user, session_id)
    if found is None:
        raise Http404
    return found


class HostNumbers(Priced):
    viewers: int
    peak: int
    orders: int
    pieces: int
    amount: str
    drop_left: int | None
    drop_sold: int | None


class ForDropOut(Priced):
    item_id: int
    specification_id: int
    specification: str
    supplier: str = Field(description=gettext_noop("Who bears what a flash sale takes off."))
    price: str = Field(description=gettext_noop("The shop's."))
    lowest: str | None = Field(
        description=gettext_noop("What you may sell it at, or more; null for your own product: there is no limit.")
    )
    asked: str | None = Field(description=gettext_noop("What its supplier was asked for last, and has not answered."))


class HostedSession(RoomOut):
    numbers: HostNumbers
    for_drops: list[ForDropOut] = Field(description=gettext_noop("What can be in a flash sale, and how low."))


def _hosted(request: ApiRequest, session_id: int) -> dict[str, Any]:
    session = _own(request, session_id)
    numbers = console.numbers(session, at=timezone.now())
    same = ("viewers", "peak", "orders", "pieces", "drop_left", "drop_sold")
    return show_room(session) | {
        "numbers": {name: getattr(numbers, name) for name in same} | {"amount": yuan(numbers.fen)},
        "for_drops": [
            {
                "item_id": row.item_id,
                "specification_id": row.spec.specification_id,
                "specification": row.spec.text,
                "supplier": row.spec.supplier,
                "price": yuan(row.spec.price_fen),
                "lowest": None if row.is_own else yuan(row.spec.lowest_fen),
                "asked": None if row.asked_fen is None else yuan(row.asked_fen),
            }
            for rows in console.goods_for_drop(session, request.user).values()
            for row in rows
        ],
    }


@area.reads(
    "/live/host/sessions/{int:session_id}",
    HostedSession,
    scope="live:host",
    summary=gettext_noop("A session with its numbers"),
)
def get_session(request: ApiRequest, session_id: int) -> dict[str, Any]:
    return _hosted(request, session_id)


class AtVersion(Body):
    version: int = Field(
        ge=0, le=2**31, description=gettext_noop("The version that you saw: after a later change it is refused.")
    )


def _facts(request: ApiRequest, session_id: int, body: AtVersion) -> dict[str, Any]:
    _own(request, session_id)
    return {"session_id": session_id, "version": body.version, **by(request)}


step = area.steps("/live/host/sessions/{int:session_id}", HostedSession, scope="live:host", shown=_hosted)


@step("start", summary=gettext_noop("Go live"))
def start_session(request: ApiRequest, session_id: int, body: AtVersion) -> None:
    sessions.start_session(**_facts(request, session_id, body))


@step("end", summary=gettext_noop("End the broadcast; a running drop ends with it"))
def end_session(request: ApiRequest, session_id: int, body: AtVersion) -> None:
    sessions.end_session(**_facts(request, session_id, body))


class PlanIn(AtVersion):
    title: str = Field(min_length=1, max_length=40)
    title_en: str = Field("", max_length=80)
    planned_at: Moment


@step("plan", method="PUT", summary=gettext_noop("Give a planned session another title or time; followers are told"))
def change_session(request: ApiRequest, session_id: int, body: PlanIn) -> None:
    planning.change_session(
        **_facts(request, session_id, body), title=(body.title, body.title_en), planned_at=body.planned_at
    )


@step("cancel", summary=gettext_noop("Call a planned session off; followers are told"))
def cancel_session(request: ApiRequest, session_id: int, body: AtVersion) -> None:
    planning.cancel_session(**_facts(request, session_id, body))


class AnnouncementIn(AtVersion):
    text: str = Field("", max_length=LONGEST_MESSAGE, description=gettext_noop("Empty takes it away."))


@step("announcement", method="PUT", summary=gettext_noop("Set the line above the chat"))
def set_announcement(request: ApiRequest, session_id: int, body: AnnouncementIn) -> None:
    sessions.announce(**_facts(request, session_id, body), text=body.text)


class TrayIn(AtVersion):
    listing_id: Id


@step("tray", status=201, summary=gettext_noop("Put a product into the tray"))
def add_tray_item(request: ApiRequest, session_id: int, body: TrayIn) -> None:
    tray.add_item(**_facts(request, session_id, body), listing_id=body.listing_id)


@step("tray/{int:item_id}/remove", summary=gettext_noop("Take a product out of the tray"))
def remove_tray_item(request: ApiRequest, session_id: int, item_id: int, body: AtVersion) -> None:
    tray.remove_item(**_facts(request, session_id, body), item_id=item_id)


class MoveIn(AtVersion):
    to: int = Field(ge=0, le=10_000, description=gettext_noop("Its new place; 0 is the first."))


@step("tray/{int:item_id}/move", summary=gettext_noop("Move a product in the tray"))
def move_tray_item(request: ApiRequest, session_id: int, item_id: int, body: MoveIn) -> None:
    tray.move_item(**_facts(request, session_id, body), item_id=item_id, to=body.to)


class PinIn(AtVersion):
    item_id: Id | None = Field(None, description=gettext_noop("Without it nothing is pinned any more."))


@step("pin", method="PUT", summary=gettext_noop("Show a product as 讲解中, or none"))
def pin_item(request: ApiRequest, session_id: int, body: PinIn) -> None:
    facts = _facts(request, session_id, body)
    if body.item_id is None:
        tray.unpin(**facts)
    else:
        tray.pin(**facts, item_id=body.item_id)


class DropIn(AtVersion):
    item_id: Id
    specification_id: Id
    price: YuanIn
    pieces: int = Field(ge=1, le=MOST_DROP_PIECES)
    seconds: int = Field(300, ge=30, le=7200)
    per_buyer: int | None = Field(None, ge=1, le=MOST_DROP_PIECES)
    confirm: YuanIn | None = Field(
        None,
        description=gettext_noop("The price once more, where it is a deep cut: without it 409 `deep_cut` says so."),
    )


@step(
    "drops",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Open a drop: pieces from the same stock at a flash price"),
    description=gettext_noop(
        "422 `below_live_floor` for another supplier's product below what it allows: details.lowest says what it does."
    ),
)
def open_drop(request: ApiRequest, session_id: int, body: DropIn) -> None:
    drops.start_drop(
        **_facts(request, session_id, body),
        item_id=body.item_id,
        specification_id=body.specification_id,
        price_fen=fen_of(body.price),
        pieces=body.pieces,
        lasts=timedelta(seconds=body.seconds),
        per_buyer=body.per_buyer,
        confirmed_fen=None if body.confirm is None else fen_of(body.confirm),
    )


class PriceAsked(Body):
    item_id: Id
    specification_id: Id
    price: YuanIn


@step(
    "price-requests",
    status=201,
    summary=gettext_noop("Ask a product's supplier to let it be sold at a price below what it allows"),
)
def ask_price(request: ApiRequest, session_id: int, body: PriceAsked) -> None:
    _own(request, session_id)
    floors.ask_price(
        session_id=session_id, item_id=body.item_id, specification_id=body.specification_id,
        price_fen=fen_of(body.price), **by(request),
    )  # fmt: skip


@step(
    "drops/{int:drop_id}/end",
    key=Key.REQUIRED,
    summary=gettext_noop("End a drop before its time; what is left goes back"),
)
def close_drop(request: ApiRequest, session_id: int, drop_id: int, body: AtVersion) -> None:
    drops.end_drop(**_facts(request, session_id, body), drop_id=drop_id)


@area.writes(
    "/live/host/sessions/{int:session_id}/chat/{int:message_id}",
    None,
    method="DELETE",
    scope="live:host",
    summary=gettext_noop("Take a line out of everybody's sight"),
)
def delete_chat(request: ApiRequest, session_id: int, message_id: int) -> None:
    _own(request, session_id)
    chat.delete_message(session_id=session_id, message_id=message_id, **by(request))


class MuteIn(Body):
    muted: bool = True


@area.writes(
    "/live/host/sessions/{int:session_id}/chat/{int:message_id}/author",
    None,
    method="PUT",
    scope="live:host",
    summary=gettext_noop("Keep who wrote a line from writing here, or let them again"),
)
def mute_author(request: ApiRequest, session_id: int, message_id: int, body: MuteIn) -> None:
    _own(request, session_id)
    act = sessions.mute if body.muted else sessions.unmute
    act(session_id=session_id, message_id=message_id, **by(request))


class MutedOut(Answer):
    id: int
    name: str
    muted_at: Moment
    last_line: str


class MutedList(Answer):
    items: list[MutedOut]


@area.reads(
    "/live/host/sessions/{int:session_id}/mutes",
    MutedList,
    scope="live:host",
    summary=gettext_noop("Who may not write in the room of a session"),
)
def list_mutes(request: ApiRequest, session_id: int) -> dict[str, Any]:
    people = muted_people(_own(request, session_id).room)
    return {"items": [{"id": row.pk, "name": row.name, "muted_at": row.at, "last_line": row.text} for row in people]}


@area.writes(
    "/live/host/sessions/{int:session_id}/mutes/{int:mute_id}",
    None,
    method="DELETE",
    scope="live:host",
    summary=gettext_noop("Let somebody of the list write again"),
)
def delete_mute(request: ApiRequest, session_id: int, mute_id: int) -> None:
    room_id = _own(request, session_id).room_id
    sessions.unmute_person(mute_id=mute_id, room_id=room_id, **by(request))
