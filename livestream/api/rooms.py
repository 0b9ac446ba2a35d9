"""What viewers see and write."""

from typing import Annotated, Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from catalog.queries import said
from livestream.models import LiveSession
from livestream.operations import chat
from livestream.queries.chat import last_lines
from livestream.queries.events import news_since
from livestream.queries.rooms import live_page, room_state, session_in_room, viewers_now
from livestream.rules import LONGEST_MESSAGE
from livestream.states import SessionState
from shop.core.api import Answer, Area, Body, Moment, Parameters, Priced, yuan
from shop.core.api.routing import ApiRequest

area = Area(gettext_noop("Live rooms"))


class LiveCard(Answer):
    url: str
    title: str
    room: str
    state: str
    viewers: int


class LiveNow(Answer):
    items: list[LiveCard]


@area.reads("/live", LiveNow, summary=gettext_noop("Who is live, what is planned, and replays"))
def list_live(request: ApiRequest) -> dict[str, Any]:
    page = live_page(at=timezone.now())
    return {
        "items": [
            {"url": card.url, "title": card.title, "room": card.room, "state": card.state, "viewers": card.viewers}
            for card in page.everything
        ]
    }


class TrayItemOut(Priced):
    id: int
    listing_id: int
    slug: str
    name: str
    supplier: str
    price: str
    left: int
    can_buy: bool
    is_barred: bool = Field(description=gettext_noop("It is not sold: its certificate does not hold."))
    is_pinned: bool


class DropOut(Priced):
    id: int
    item_id: int
    specification_id: int
    price: str
    left: int
    held: int = Field(description=gettext_noop("Pieces that are not sold now: a test of their lot failed."))
    per_buyer: int | None
    ends_at: Moment
    deal: str = Field(examples=["drop:7"], description=gettext_noop("What a checkout takes as `deal`."))


class ChatLine(Answer):
    id: int
    name: str
    is_host: bool
    text: str


class RoomOut(Answer):
    session_id: int
    room: str
    title: str
    state: str = Field(examples=["live"])
    version: int
    last_event: int
    viewers: int
    announcement: str
    tray: list[TrayItemOut]
    drop: DropOut | None
    chat: list[ChatLine]


def show_room(session: LiveSession) -> dict[str, Any]:
    """Return what a session shows now."""
    at = timezone.now()
    state = room_state(session, at=at)
    drop = state.drop
    is_live = session.state == SessionState.LIVE
    return {
        "session_id": session.pk,
        "room": session.room.slug,
        "title": said(session, "title"),
        "state": session.state,
        "version": session.version,
        "last_event": session.last_seq,
        "viewers": viewers_now(session.pk, at=at) if is_live else session.peak_viewers,
        "announcement": session.announcement,
        "tray": [
            {
                "id": row.item_id,
                "listing_id": row.listing_id,
                "slug": row.slug,
                "name": row.name,
                "supplier": row.supplier,
                "price": yuan(row.price_fen),
                "left": row.left,
                "can_buy": row.can_buy,
                "is_barred": row.is_barred,
                "is_pinned": row.is_pinned,
            }
            for row in state.tray
        ],
        "drop": drop
        and {
            "id": drop.pk,
            "item_id": drop.item_id,
            "specification_id": drop.specification_id,
            "price": yuan(drop.price_fen),
            "left": drop.left,
            "held": drop.held,
            "per_buyer": drop.per_buyer,
            "ends_at": drop.ends_at,
            "deal": f"drop:{drop.pk}",
        },
        "chat": [
            {"id": line.pk, "name": line.name, "is_host": line.is_host, "text": line.text}
            for line in last_lines(session.pk)
        ],
    }


def _shown(slug: str) -> LiveSession:
    session = session_in_room(slug, at=timezone.now())
    if session is None:
        raise Http404
    return session


@area.reads("/live/rooms/{slug}", RoomOut, summary=gettext_noop("What a room shows now: tray, pin, drop, chat"))
def get_room(request: ApiRequest, slug: str) -> dict[str, Any]:
    return show_room(_shown(slug))


class Since(Parameters):
    after: int = Field(0, ge=0, le=2**31, description=gettext_noop("The number of the last event that you have."))


class LiveNews(Answer):
    last_event: int
    items: list[dict[str, Any]] = Field(examples=[[{"seq": 12, "kind": "pin", "item": 3}]])


@area.reads("/live/rooms/{slug}/events", LiveNews, summary=gettext_noop("The events of a room after one, in order"))
def list_room_events(request: ApiRequest, slug: str, asked: Annotated[Since, Query(...)]) -> dict[str, Any]:
    news = news_since(_shown(slug).pk, asked.after)
    return {"last_event": news.seq, "items": news.events}


class ChatIn(Body):
    text: str = Field(min_length=1, max_length=LONGEST_MESSAGE)


@area.writes(
    "/live/rooms/{slug}/chat", ChatLine, scope="live:chat", status=201, summary=gettext_noop("Write a line in the chat")
)
def post_chat(request: ApiRequest, slug: str, body: ChatIn) -> dict[str, Any]:
    made = chat.post_message(session_id=_shown(slug).pk, actor=request.user, text=body.text, at=timezone.now())
    return {"id": made.pk, "name": "", "is_host": made.is_host, "text": made.text}
