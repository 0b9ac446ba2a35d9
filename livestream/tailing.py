"""One session's viewers in one server process: reads new events from the database and hands them out.

A commit in this process wakes the tail at once; another process's commit through the channel layer, if there is one;
otherwise it looks twice a second. Whoever comes back gets what it has missed, by number.
"""

import asyncio
import contextlib
import json
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.utils import timezone
from django.utils.translation import override

from livestream.models import ChatMessage
from livestream.operations.audience import count_viewers
from livestream.operations.chat import Draft, post_messages
from livestream.queries.drops import pieces_left
from livestream.queries.events import AT_ONCE, News, news_since
from livestream.queries.rooms import session_of
from livestream.states import EventKind
from livestream.views.parts import parts_of
from shop.core.errors import DomainError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
# Frames are gathered so long: a thousand viewers get a few frames a second however fast the chat goes.
GATHER_SECONDS = 0.4
COUNT_SECONDS = 3.0
KEPT = 300
LAGGING = 40
GROUP = "live"
PROCESS = secrets.token_hex(8)

Send = Callable[[str], Awaitable[None]]


@dataclass(eq=False)
class Viewer:
    """One socket: its frames wait in a short queue; a viewer too slow for it is sent away and comes back."""

    language: str
    frames: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(LAGGING))

    def offer(self, frame: str) -> None:
        """Queue a frame; a full queue is emptied and closed."""
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            while not self.frames.empty():
                self.frames.get_nowait()
            self.frames.put_nowait(None)


@dataclass
class Waiting:
    """A message on its way into the database, and who waits for the answer."""

    draft: Draft
    language: str
    answer: asyncio.Future[dict[str, Any]]


class Tail:
    """The viewers of one session here, and the last events."""

    def __init__(self, session_id: int) -> None:
        self.session_id = session_id
        self.viewers: set[Viewer] = set()
        self.kept: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.seq = 0
        self.first_kept = 1
        self.count = 0
        self.left: dict[int, int] = {}
        self.loop = asyncio.get_running_loop()
        self.news = asyncio.Event()
        self.inbox: list[Waiting] = []
        self.writing: asyncio.Task[None] | None = None
        self.parts: dict[str, dict[str, str]] = {}
        self.ready = asyncio.Event()
        self.task = asyncio.create_task(self._run())

    def join(self, viewer: Viewer, after: int | None) -> None:
        """Add a viewer and give it what it has missed since number `after`."""
        self.viewers.add(viewer)
        viewer.offer(self._greeting(viewer, after))

    def leave(self, viewer: Viewer) -> None:
        """Take a viewer out."""
        self.viewers.discard(viewer)

    def _greeting(self, viewer: Viewer, after: int | None) -> str:
        """Return the first frame: missed events, or all of the present where too much was missed."""
        frame: dict[str, Any] = {"seq": self.seq, "viewers": self.count, "left": self.left}
        kept = list(self.kept)
        if after is None or after < self.first_kept - 1 or after > self.seq:
            frame["reset"] = True
            frame["events"] = [event for event in kept if event["kind"] == EventKind.CHAT][-50:]
            frame["parts"] = self.parts.get(viewer.language, {})
        else:
            missed = News(self.seq, [event for event in kept if event["seq"] > after])
            frame["events"] = missed.events
            if missed.changes_state:
                frame["parts"] = self.parts.get(viewer.language, {})
        return json.dumps(frame, ensure_ascii=False)

    async def write(self, draft: Draft, language: str) -> dict[str, Any]:
        """Have a chat message written together with those that come at the same time; return the answer for its sender."""
        waiting = Waiting(draft, language, self.loop.create_future())
        self.inbox.append(waiting)
        if self.writing is None or self.writing.done():
            self.writing = asyncio.create_task(self._write_all())
        return await waiting.answer

    async def _write_all(self) -> None:
        while self.inbox:
            batch, self.inbox = self.inbox, []
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
            self.news.set()

    async def _run(self) -> None:
        try:
            await self._begin()
            counted_at = 0.0
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self.news.wait()
                self.news.clear()
                try:
                    changed = await self._look()
                    now = self.loop.time()
                    if now - counted_at >= COUNT_SECONDS:
                        counted_at = now
                        changed |= await self._count()
                except Exception:
                    logger.exception("tail of session %s", self.session_id)
                    changed = False
                if changed:
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            self.ready.set()

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
        found, parts, left = await database_sync_to_async(_look)(self.session_id, self.seq, set(self.parts) | languages)
        frame: dict[str, Any] = {}
        if found.events:
            frame["events"] = found.events
            self._keep(found)
        self.seq = max(self.seq, found.seq)
        if left != self.left:
            self.left = frame["left"] = left
        if parts:
            self.parts = parts
        if frame:
            self._send(frame, parts)
        return bool(frame)

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

    async def _count(self) -> bool:
        total = await database_sync_to_async(_count)(self.session_id, len(self.viewers))
        if total == self.count:
            return False
        self.count = total
        self._send({"viewers": total}, {})
        return True

    def _send(self, frame: dict[str, Any], parts: dict[str, dict[str, str]]) -> None:
        """Offer a frame to every viewer, written once for each language."""
        texts: dict[str, str] = {}
        for viewer in self.viewers:
            text = texts.get(viewer.language)
            if text is None:
                own = {"parts": parts[viewer.language]} if viewer.language in parts else {}
                text = json.dumps({"seq": self.seq, **frame, **own}, ensure_ascii=False)
                texts[viewer.language] = text
            viewer.offer(text)


def _begin(session_id: int) -> tuple[News, dict[str, dict[str, str]]]:
    now = timezone.now()
    session = session_of(session_id)
    last = session.last_seq if session else 0
    return news_since(session_id, max(0, last - KEPT)), parts_of(session_id, {"zh-hans", "en"}, at=now)


def _look(session_id: int, seq: int, languages: set[str]) -> tuple[News, dict[str, dict[str, str]], dict[int, int]]:
    found = news_since(session_id, seq)
    parts = parts_of(session_id, languages, at=timezone.now()) if found.changes_state else {}
    return found, parts, pieces_left([session_id]).get(session_id, {})


def _count(session_id: int, viewers: int) -> int:
    return count_viewers(session_id=session_id, process=PROCESS, viewers=viewers, at=timezone.now())


def _post(session_id: int, batch: list[Waiting], language: str) -> list[dict[str, Any]]:
    now: datetime = timezone.now()
    with override(language):
        outcomes = post_messages(session_id=session_id, drafts=[each.draft for each in batch], at=now)
        return [_answer(outcome) for outcome in outcomes]


def _answer(outcome: ChatMessage | DomainError) -> dict[str, Any]:
    if isinstance(outcome, DomainError):
        return {"refused": outcome.code, "message": str(outcome.message)}
    return {"accepted": outcome.pk}


_tails: dict[int, Tail] = {}
_listening: asyncio.Task[None] | None = None
_telling: set[asyncio.Task[None]] = set()
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


def wake(session_id: int) -> None:
    """Have tails look now: this process's directly, others' through the channel layer. From any thread."""
    tail = _tails.get(session_id)
    if tail is not None and not tail.loop.is_closed():
        tail.loop.call_soon_threadsafe(tail.news.set)
    layer = get_channel_layer()
    if layer is None or isinstance(layer, InMemoryChannelLayer):
        return
    message = {"type": "live.wake", "session": session_id}
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(_tell(layer, message))
    else:
        telling = running.create_task(_tell(layer, message))
        _telling.add(telling)
        telling.add_done_callback(_telling.discard)


async def _tell(layer: Any, message: dict[str, Any]) -> None:
    try:
        await layer.group_send(GROUP, message)
    except OSError:
        # The others look by themselves within half a second.
        logger.warning("the channel layer did not answer")


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
                    tail.news.set()
        except OSError:
            logger.warning("the channel layer went away; trying again")
            await asyncio.sleep(1)
