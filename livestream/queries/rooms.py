"""Rooms and sessions as visitors see them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, Sum

from catalog.queries import local, picture_url, said
from catalog.queries.places import shown_picture
from catalog.queries.trade import ListingFacts, listings_now
from livestream.models import LiveAudience, LiveRoom, LiveSession, TrayItem
from livestream.queries.drops import RunningDrop, running_drop
from livestream.rules import AUDIENCE_FRESH, OVERDUE, clip_position
from livestream.states import SessionState
from shop.core import times

PLANNED, REPLAYS = 12, 12
CARD_GOODS, CARD_CANDIDATES = 3, 6  # some of the candidates may not be on sale any more


@dataclass(frozen=True)
class TrayRow:
    """A product in a tray, in the reader's language. `can_buy` is false for what is withdrawn or sold out.

    `is_barred`: it is not sold, for its certificate does not hold.
    """

    item_id: int
    number: int
    listing_id: int
    slug: str
    name: str
    supplier: str
    price_fen: int
    left: int
    picture: str
    is_live: bool
    is_pinned: bool
    is_barred: bool = False

    @property
    def can_buy(self) -> bool:
        """Whether a piece can be bought."""
        return self.is_live and self.left > 0


@dataclass
class RoomState:
    """What is in a room besides its chat: tray, what is being shown, the drop, what was announced."""

    session: LiveSession
    tray: list[TrayRow]
    drop: RunningDrop | None
    pinned: TrayRow | None = None
    offered: RunningDrop | None = field(default=None)

    @property
    def deal(self) -> RunningDrop | None:
        """The drop as long as there is something of it; a sold-out one leaves its product to the shop's price."""
        return None if self.drop is None or self.drop.is_sold_out else self.drop

    @property
    def announcement(self) -> str:
        """The line 公告."""
        return self.session.announcement


def _row(item: TrayItem, number: int, facts: ListingFacts, pinned_id: int | None) -> TrayRow:
    return TrayRow(
        item_id=item.pk,
        number=number,
        listing_id=item.listing_id,
        slug=facts.slug,
        name=said({"name_zh": facts.name_zh, "name_en": facts.name_en}, "name"),
        supplier=said({"name_zh": facts.supplier_zh, "name_en": facts.supplier_en}, "name"),
        price_fen=facts.price_fen,
        left=facts.available,
        picture=picture_url(facts.picture_key),
        is_live=facts.is_live and not facts.is_preorder,
        is_pinned=item.pk == pinned_id,
        is_barred=facts.is_barred,
    )


def tray_rows(session: LiveSession) -> list[TrayRow]:
    """Return the tray in its order; what is withdrawn stays, marked. Two queries."""
    items = list(TrayItem.objects.filter(session=session).order_by("position", "pk"))
    facts = listings_now({item.listing_id for item in items})
    return [
        _row(item, number, facts[item.listing_id], session.pinned_id)
        for number, item in enumerate(items, start=1)
        if item.listing_id in facts
    ]


def tray_rows_zh(session: LiveSession) -> list[tuple[str, str]]:
    """Return each product's picture key and Chinese name, in the tray's order. Two queries."""
    items = list(
        TrayItem.objects.filter(session=session).order_by("position", "pk").values_list("listing_id", flat=True)
    )
    facts = listings_now(items)
    return [(facts[pk].picture_key, facts[pk].name_zh) for pk in items if pk in facts]


def room_state(session: LiveSession, *, at: datetime) -> RoomState:
    """Return what a session shows now. Three queries."""
    tray = tray_rows(session)
    drop = running_drop(session.pk, at=at) if session.state == SessionState.LIVE else None
    state = RoomState(session=session, tray=tray, drop=drop)
    state.pinned = next((row for row in tray if row.is_pinned), None)
    if state.pinned is not None and state.deal is not None and state.deal.item_id == state.pinned.item_id:
        state.offered = drop
    return state


def session_of(session_id: int) -> LiveSession | None:
    """Return a session with its room. One query."""
    return (
        LiveSession.objects.filter(pk=session_id)
        .select_related("room__portrait", "room__cover", "room__supplier")
        .first()
    )


def session_in_room_by_id(slug: str, session_id: int) -> LiveSession | None:
    """Return one session of an open room, or None. One query."""
    return (
        LiveSession.objects.filter(pk=session_id, room__slug=slug, room__is_open=True)
        .select_related("room__supplier", "room__portrait", "room__cover")
        .first()
    )


def session_of_item(slug: str, item_id: int) -> LiveSession | None:
    """Return the session of an open room in whose tray an item is, a replay's too. None for another room's. One query."""
    return (
        LiveSession.objects.filter(items__pk=item_id, room__slug=slug, room__is_open=True)
        .select_related("room__supplier", "room__portrait", "room__cover")
        .first()
    )


def _rank(session: LiveSession, at: datetime) -> int:
    """Return the place of a session of a room: live, next, over, and what was planned and never began."""
    if session.state == SessionState.PLANNED:
        return 1 if session.planned_at >= at - OVERDUE else 3
    return 0 if session.state == SessionState.LIVE else 2


def session_in_room(slug: str, *, at: datetime) -> LiveSession | None:
    """Return what a room shows: its live session, else the next planned one, else the last one. None without any.

    A planned one whose time went by comes last, a cancelled one never. One query, three where nothing is to come.
    """
    rows = LiveSession.objects.filter(room__slug=slug, room__is_open=True).select_related(
        "room__supplier", "room__portrait", "room__cover"
    )
    planned = rows.filter(state=SessionState.PLANNED)
    now_or_soon = rows.filter(Q(state=SessionState.LIVE) | Q(state=SessionState.PLANNED, planned_at__gte=at - OVERDUE))
    return (
        now_or_soon.order_by("state", "planned_at").first()  # "live" < "planned"
        or rows.filter(state=SessionState.ENDED).order_by("-ended_at").first()
        or planned.order_by("-planned_at").first()
    )


def viewers_now(session_id: int, *, at: datetime) -> int:
    """Return how many watch a session. One query."""
    fresh = LiveAudience.objects.filter(session_id=session_id, at__gt=at - AUDIENCE_FRESH)
    return fresh.aggregate(total=Sum("viewers"))["total"] or 0


def clip_at(session: LiveSession, *, at: datetime) -> float:
    """Return at which second of its clip a session stands: a live one by its clock, a replay at the beginning."""
    if session.state != SessionState.LIVE:
        return 0.0
    return clip_position(started_at=session.started_at, now=at, clip_seconds=session.clip_seconds)


@dataclass(frozen=True)
class SessionCard:
    """A session on the list of rooms."""

    url: str
    title: str
    room: str
    host: str
    state: str
    when: datetime
    picture: Any
    portrait: str
    goods: list[TrayRow]
    viewers: int


@dataclass
class LivePage:
    """The list of rooms."""

    now: list[SessionCard] = field(default_factory=list)
    planned: list[SessionCard] = field(default_factory=list)
    replays: list[SessionCard] = field(default_factory=list)

    @property
    def everything(self) -> list[SessionCard]:
        """All of them, live ones first."""
        return [*self.now, *self.planned, *self.replays]

    @property
    def is_short(self) -> bool:
        """Whether one row holds them all, without headings."""
        return 0 < len(self.everything) <= 3

    @property
    def is_empty(self) -> bool:
        """Whether there is no session at all."""
        return not self.everything


def _card(session: LiveSession, items: list[TrayItem], facts: dict[int, ListingFacts], viewers: int) -> SessionCard:
    room: LiveRoom = session.room
    replay = f"?session={session.pk}" if session.state == SessionState.ENDED else ""
    pinned = session.pinned_id if session.state == SessionState.LIVE else None
    shown = [item for item in items if item.listing_id in facts and facts[item.listing_id].is_live][:CARD_GOODS]
    return SessionCard(
        url=local(f"/live/{room.slug}/{replay}"),
        title=said(session, "title"),
        room=said(room, "title"),
        host=said(room, "host"),
        state=session.state,
        when=session.started_at or session.planned_at,
        picture=shown_picture(room.cover),
        portrait=picture_url(room.portrait.key) if room.portrait else "",
        goods=[_row(item, 0, facts[item.listing_id], pinned) for item in shown],
        viewers=viewers,
    )


def _card_items(sessions: Iterable[LiveSession]) -> dict[int, list[TrayItem]]:
    """Return what cards of sessions may show: what a live one is showing first, then the tray's order. One query."""
    by_id = {session.pk: session for session in sessions}
    items: dict[int, list[TrayItem]] = {}
    for item in TrayItem.objects.filter(session__in=by_id).order_by("position", "pk"):
        items.setdefault(item.session_id, []).append(item)
    for pk, rows in items.items():
        if by_id[pk].state == SessionState.LIVE:
            rows.sort(key=lambda item: item.pk != by_id[item.session_id].pinned_id)
    return {pk: rows[:CARD_CANDIDATES] for pk, rows in items.items()}


def live_page(*, at: datetime) -> LivePage:
    """Return rooms that are live, what is planned, and replays. Six queries, whatever the number."""
    rows = LiveSession.objects.filter(room__is_open=True).select_related("room__cover", "room__portrait")
    now = list(rows.filter(state=SessionState.LIVE).order_by("-started_at"))
    planned = list(
        rows.filter(state=SessionState.PLANNED, planned_at__gte=at - OVERDUE).order_by("planned_at")[:PLANNED]
    )
    replays = list(rows.filter(state=SessionState.ENDED).order_by("-ended_at")[:REPLAYS])
    everything = [*now, *planned, *replays]
    items = _card_items(everything)
    facts = listings_now({item.listing_id for each in items.values() for item in each})
    fresh = LiveAudience.objects.filter(session__in=now, at__gt=at - AUDIENCE_FRESH).values_list("session_id")
    viewers = dict(fresh.annotate(total=Sum("viewers")))
    made = {s.pk: _card(s, items.get(s.pk, []), facts, viewers.get(s.pk, 0)) for s in everything}
    return LivePage([made[s.pk] for s in now], [made[s.pk] for s in planned], [made[s.pk] for s in replays])


def when_text(moment: datetime) -> str:
    """Return a moment as lists show it: 11-24 20:00."""
    return times.moment(moment)


def room_cards(room_ids: Iterable[int], *, at: datetime) -> dict[int, SessionCard]:
    """Return what rooms show, by room: the live session, else the next, else the last. Four queries, none without ids.

    A closed room, or one without any session that takes or took place, is absent.
    """
    wanted = set(room_ids)
    if not wanted:
        return {}
    rows = LiveSession.objects.filter(room__in=wanted, room__is_open=True).select_related(
        "room__cover", "room__portrait"
    )
    chosen: dict[int, LiveSession] = {}
    for session in rows.exclude(state=SessionState.CANCELLED).order_by("-planned_at"):
        known, rank = chosen.get(session.room_id), _rank(session, at)
        # Live before next before over; among planned ones the next, among past ones the last.
        if known is None or rank < _rank(known, at) or rank == _rank(known, at) == 1:
            chosen[session.room_id] = session
    items = _card_items(chosen.values())
    facts = listings_now({item.listing_id for each in items.values() for item in each})
    fresh = LiveAudience.objects.filter(session__in=chosen.values(), at__gt=at - AUDIENCE_FRESH)
    viewers = dict(fresh.values_list("session_id").annotate(total=Sum("viewers")))
    return {
        room_id: _card(session, items.get(session.pk, []), facts, viewers.get(session.pk, 0))
        for room_id, session in chosen.items()
    }
