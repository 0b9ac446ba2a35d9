"""One session's viewers in one server process: reads new events from the database and hands them out.

What changes the room (a pin, a drop) wakes the tail at once: in this process directly, in others through the channel
layer, if there is one. Chat is gathered: a few frames a second however fast it goes, and in a crowd the last lines only.
Without any wake a tail looks twice a second. Whoever comes back gets what it has missed, by number.
"""

import asyncio
import contextlib
import logging
import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override
from redis.exceptions import RedisError

from livestream.lines import Frame, Viewer
from livestream.models import ChatMessage
from livestream.operations.audience import count_viewers
from livestream.operations.chat import Draft, post_messages
from livestream.queries.chat import SHOWN, line_of
from livestream.queries.drops import pieces_left
from livestream.queries.events import AT_ONCE, News, news_since
from livestream.queries.hosting import Seat, seats_of
from livestream.queries.rooms import session_of
from livestream.rules import CROWD, last_of
from livestream.states import EventKind
from livestream.views.parts import parts_of
from shop.accounts.queries import people_signed_in
from shop.core.breaker import Breaker
from shop.core.errors import DomainError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
# Chat is gathered so long, on its way into the database and on its way to viewers.
WRITE_SECONDS = 0.2
GATHER_SECONDS = 0.5
COUNT_SECONDS = 3.0
SIGNED_OUT = 4401
# Whoever changes the room waits so long for the others to be woken, and not at all while that does not work.
TELL_SECONDS = 0.3
KEPT = 300
GROUP = "live"
PROCESS = secrets.token_hex(8)


@dataclass
class Waiting:
    """A message on its way into the database, and who waits for the answer. `session_key` says who writes."""

    session_key: str
    text: str
    language: str
    answer: asyncio.Future[dict[str, Any]]


class Tail:
    """The viewers of one session here, and the last events."""

    def __init__(self, session_id: int) -> None:
        self.session_id = session_id
        self.viewers: set[Viewer] = set()
        self.seats: dict[Viewer, Seat] = {}
        self.kept: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.seq = 0
        self.first_kept = 1
        self.count = 0
        self.left: dict[int, int] = {}
        self.loop = asyncio.get_running_loop()
        self.news, self.urgent = asyncio.Event(), asyncio.Event()
        self.inbox: list[Waiting] = []
        self.writing: asyncio.Task[None] | None = None
        self.parts: dict[str, dict[str, str]] = {}
        self.ready = asyncio.Event()
        self.task = asyncio.create_task(self._run())

    def join(self, viewer: Viewer, after: int | None, seat: Seat | None = None) -> None:
        """Add a viewer and give it what it has missed since number `after`; who is signed in has a `seat`."""
        self.viewers.add(viewer)
        if seat is not None:
            self.seats[viewer] = seat
        viewer.offer(self._greeting(viewer, after))

    def leave(self, viewer: Viewer) -> None:
        """Take a viewer out."""
        self.viewers.discard(viewer)
        self.seats.pop(viewer, None)

    def wake(self, *, urgent: bool) -> None:
        """Look soon; at once where it is urgent. In the tail's own loop."""
        self.news.set()
        if urgent:
            self.urgent.set()

    def _greeting(self, viewer: Viewer, after: int | None) -> Frame:
        """Return the first frame: missed events, or all of the present where too much was missed."""
        frame: dict[str, Any] = {"seq": self.seq, "viewers": self.count, "left": self.left}
        whole = after is None or after < self.first_kept - 1 or after > self.seq
        missed = News(self.seq, [event for event in self.kept if whole or event["seq"] > (after or 0)])
        chat, others = _parted(missed.events, SHOWN)
        if whole:
            frame["reset"] = True
        frame["events"] = chat if whole else sorted([*chat, *others], key=_number)
        if whole or missed.changes_state:
            frame["parts"] = self.parts.get(viewer.language, {})
        return Frame(frame)

    async def write(self, session_key: str, text: str, language: str) -> dict[str, Any]:
        """Have a chat message written together with those that come at the same time; return the answer for its sender.

        Who writes is asked then, of the session's row: a socket outlives its sign-out.
        """
        waiting = Waiting(session_key, text, language, self.loop.create_future())
        self.inbox.append(waiting)
        if self.writing is None or self.writing.done():
            self.writing = asyncio.create_task(self._write_all())
        return await waiting.answer

    async def _write_all(self) -> None:
        while self.inbox:
            batch, self.inbox = self.inbox, []
            begun = self.loop.time()
            for language in {each.language for each in batch}:
                part = [each for each in batch if each.language == language]
                try:
                    outcomes = await database_sync_to_async(_post)(self.session_id, part, language)
                except Exception:
                    logger.exception("chat of session %s", self.session_id)
                    outcomes = [{"refused": "failed", "message": ""} for _ in part]
                for each, outcome in zip(part, outcomes, strict=True):
                    if not each.answer.done():
                        each.answer.set_result(outcome)
            self.wake(urgent=False)
            await asyncio.sleep(max(0.0, WRITE_SECONDS - (self.loop.time() - begun)))

    async def _run(self) -> None:
        try:
            await self._begin()
            counted_at = sent_at = 0.0
            asked_at = self.loop.time()
            while True:
                await self._pause(sent_at + GATHER_SECONDS)
                try:
                    if self.loop.time() - asked_at >= settings.LIVE_ASK_SECONDS:
                        asked_at = self.loop.time()
                        await self._ask_again()
                    if await self._look():
                        sent_at = self.loop.time()
                    if self.loop.time() - counted_at >= COUNT_SECONDS:
                        counted_at = self.loop.time()
                        await self._count()
                except Exception:
                    logger.exception("tail of session %s", self.session_id)
        finally:
            self.ready.set()

    async def _pause(self, gathered_at: float) -> None:
        """Wait for news, and for more of it until `gathered_at`; not after what is urgent."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self.news.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(gathered_at):
                await self.urgent.wait()
        self.news.clear()
        self.urgent.clear()

    async def _begin(self) -> None:
        found, parts = await database_sync_to_async(_begin)(self.session_id)
        self.seq, self.parts = found.seq, parts
        self.kept.extend(found.events)
        self.first_kept = found.events[0]["seq"] if found.events else found.seq + 1
        await self._count()
        self.ready.set()

    async def _look(self) -> bool:
        """Read what is new and send it to everyone; tell whether there was anything."""
        languages = {viewer.language for viewer in self.viewers}
        known = set(self.parts) | languages
        found, parts, left = await database_sync_to_async(_look)(self.session_id, self.seq, known, self.left)
        chat, others = _parted(found.events, CROWD)
        before = self.seq
        self._keep(found)
        frame: dict[str, Any] = {}
        if others:
            frame["events"] = others
        if left != self.left:
            self.left = frame["left"] = left
        if parts:
            self.parts = parts
        # What changes the room goes first, in a frame of its own; whoever is lost between the two gets both again.
        if frame:
            self._send({"seq": before if chat else found.seq, **frame}, parts)
        self.seq = found.seq
        if chat:
            self._send({"seq": found.seq, "events": chat}, {})
        return bool(frame or chat)

    def _keep(self, found: News) -> None:
        gone = {event.get("message") for event in found.events if event["kind"] == EventKind.CHAT_DELETED}
        if gone:
            for event in [
                each for each in self.kept if each["kind"] == EventKind.CHAT and each["message"]["id"] in gone
            ]:
                self.kept.remove(event)
        for event in found.events:
            if len(self.kept) == KEPT:
                self.first_kept = self.kept[0]["seq"] + 1
            self.kept.append(event)

    async def _ask_again(self) -> None:
        """End the sockets of those who are not signed in any more, or no longer what they were in this room."""
        seats = dict(self.seats)
        now = await database_sync_to_async(seats_of)(self.session_id, [seat.session_key for seat in seats.values()])
        for viewer, seat in seats.items():
            if now.get(seat.session_key) != seat:
                viewer.end(SIGNED_OUT)

    async def _count(self) -> None:
        total = await database_sync_to_async(_count)(self.session_id, len(self.viewers))
        if total != self.count:
            self.count = total
            self._send({"seq": self.seq, "viewers": total}, {})

    def _send(self, content: dict[str, Any], parts: dict[str, dict[str, str]]) -> None:
        """Offer a frame to every viewer, written once for each language."""
        frames: dict[str, Frame] = {}
        for viewer in tuple(self.viewers):
            frame = frames.get(viewer.language)
            if frame is None:
                own = {"parts": parts[viewer.language]} if viewer.language in parts else {}
                frame = frames[viewer.language] = Frame({**content, **own})
            viewer.offer(frame)


def _number(event: dict[str, Any]) -> int:
    return int(event["seq"])


def _parted(events: Sequence[dict[str, Any]], most: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the last lines of chat among events, at most so many, and the events that are not lines of chat."""
    lines = [event for event in events if event["kind"] == EventKind.CHAT]
    others = [event for event in events if event["kind"] != EventKind.CHAT]
    return last_of(lines, most, first=lambda event: bool(event["message"]["host"])), others


def _begin(session_id: int) -> tuple[News, dict[str, dict[str, str]]]:
    now = timezone.now()
    session = session_of(session_id)
    last = session.last_seq if session else 0
    return news_since(session_id, max(0, last - KEPT)), parts_of(session_id, {"zh-hans", "en"}, at=now)


def _look(
    session_id: int, seq: int, languages: set[str], known: dict[int, int]
) -> tuple[News, dict[str, dict[str, str]], dict[int, int]]:
    found = news_since(session_id, seq)
    left = pieces_left([session_id]).get(session_id, {})
    # A drop that is sold out leaves its product to the shop; one that got pieces back has it again.
    turned = any(bool(pieces) != bool(known.get(drop, 1)) for drop, pieces in left.items())
    parts = parts_of(session_id, languages, at=timezone.now()) if found.changes_state or turned else {}
    return found, parts, left


def _count(session_id: int, viewers: int) -> int:
    return count_viewers(session_id=session_id, process=PROCESS, viewers=viewers, at=timezone.now())


def _post(session_id: int, batch: list[Waiting], language: str) -> list[dict[str, Any]]:
    now: datetime = timezone.now()
    with override(language):
        people = people_signed_in({each.session_key for each in batch if each.session_key}, at=now)
        drafts = [Draft(people.get(each.session_key), each.text) for each in batch]
        outcomes = post_messages(session_id=session_id, drafts=drafts, at=now)
        return [_answer(outcome) for outcome in outcomes]


def _answer(outcome: ChatMessage | DomainError) -> dict[str, Any]:
    if isinstance(outcome, DomainError):
        return {"refused": outcome.code, "message": str(outcome.message)}
    # In a crowd one's own line may not be among those that everybody gets.
    return {"accepted": outcome.pk, "message": line_of(outcome).as_json()}


_tails: dict[int, Tail] = {}
_listening: asyncio.Task[None] | None = None
_others = Breaker("the channel layer")
assert AT_ONCE >= KEPT


async def tail_of(session_id: int) -> Tail:
    """Return this process's tail of a session, started and ready."""
    global _listening  # noqa: PLW0603 (one listener a process, started with the first viewer)
    found = _tails.get(session_id)
    if found is None or found.task.done() or found.loop is not asyncio.get_running_loop():
        found = _tails[session_id] = Tail(session_id)
    if _listening is None or _listening.done():
        _listening = asyncio.create_task(_listen())
    await found.ready.wait()
    return found


async def drop_if_empty(tail: Tail) -> None:
    """Stop the tail of a session that nobody here watches any more; what it counted goes to zero."""
    if tail.viewers or _tails.get(tail.session_id) is not tail:
        return
    _tails.pop(tail.session_id)
    tail.task.cancel()
    await database_sync_to_async(_count)(tail.session_id, 0)


def wake(session_id: int, urgent: bool) -> None:
    """Have tails look: this process's directly; others', where it is urgent, through the channel layer. Any thread.

    Others see chat when they look by themselves, twice a second.
    """
    tail = _tails.get(session_id)
    loop = None if tail is None or tail.loop.is_closed() else tail.loop
    if tail is not None and loop is not None:
        loop.call_soon_threadsafe(partial(tail.wake, urgent=urgent))
    layer = get_channel_layer()
    if not urgent or layer is None or isinstance(layer, InMemoryChannelLayer) or not _others.may_try():
        return
    telling = _tell(layer, {"type": "live.wake", "session": session_id})
    if loop is not None:
        # Its connection to the layer is open already.
        asyncio.run_coroutine_threadsafe(telling, loop)
    else:
        asyncio.run(telling)


async def _tell(layer: Any, message: dict[str, Any]) -> None:
    try:
        async with asyncio.timeout(TELL_SECONDS):
            await layer.group_send(GROUP, message)
    except (OSError, RedisError) as error:
        # The others look by themselves within half a second.
        _others.failed(error)
    else:
        _others.succeeded()


async def _listen() -> None:
    """Hear other processes' commits. The layer only wakes; without it tails look by themselves."""
    layer = get_channel_layer()
    if layer is None or isinstance(layer, InMemoryChannelLayer):
        return
    while True:
        try:
            channel = await layer.new_channel()
            await layer.group_add(GROUP, channel)
            while True:
                message = await layer.receive(channel)
                tail = _tails.get(message.get("session", 0))
                if tail is not None:
                    tail.wake(urgent=True)
        except (OSError, RedisError):
            logger.warning("the channel layer went away; trying again")
            await asyncio.sleep(1)
