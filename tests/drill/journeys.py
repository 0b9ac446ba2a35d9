"""People on the site during an outage drill: readers, buyers who pay, writers in a live room. They note what they were told."""

import asyncio
import contextlib
import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets

PAUSE_SECONDS = 0.15
PATIENCE_SECONDS = 45
_FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
_ADDRESS = {
    "address": "new", "name": "周敏", "phone": "13800002046", "province": "44", "city": "4401", "division": "440106",
    "street": "龙口西路 8 号",
}  # fmt: skip


@dataclass
class Notes:
    """What happened in each phase, and what the site promised."""

    phase: str = "calm"
    statuses: dict[str, Counter[str]] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=dict)
    placed: set[str] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    answered_at: float = 0.0

    def note(self, what: str, seconds: float) -> None:
        """Count an answer."""
        self.statuses.setdefault(self.phase, Counter())[what] += 1
        self.slowest[self.phase] = max(self.slowest.get(self.phase, 0), seconds)
        if what in {"200", "302"}:
            self.answered_at = time.monotonic()


class Person:
    """A browser. What is cut off or answered with 5xx is asked again, as people do; each answer is noted."""

    def __init__(self, base: str, notes: Notes, stop: asyncio.Event) -> None:
        # A connection for each request: whoever waits on a dead process's connection says nothing of the site.
        self.http = httpx.AsyncClient(base_url=base, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))
        self.notes, self.stop = notes, stop

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Return the first answer below 500."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            begun = time.monotonic()
            try:
                answer = await self.http.request(method, path, **given)
                what = str(answer.status_code)
            except httpx.HTTPError:
                answer, what = None, "cut off"
            self.notes.note(what, time.monotonic() - begun)
            if answer is not None and answer.status_code < 500:
                return answer
            if time.monotonic() > until:
                raise AssertionError(f"{method} {path}: {what} for {PATIENCE_SECONDS} s")
            await asyncio.sleep(PAUSE_SECONDS)

    async def read(self, paths: list[str]) -> None:
        """Go from page to page."""
        while not self.stop.is_set():
            for path in paths:
                answer = await self.ask("GET", path)
                assert answer.status_code == 200, f"{path}: {answer.status_code}"
                await asyncio.sleep(PAUSE_SECONDS)

    async def buy(self, specification: int) -> None:
        """Buy and pay, again and again."""
        while not self.stop.is_set():
            self.http.cookies.clear()
            await self.ask("GET", "/shop/me/")
            token = {"csrfmiddlewaretoken": self.http.cookies["csrftoken"]}
            await self.ask("POST", "/shop/basket/add/", data={"spec": specification, "quantity": 1, **token})
            page = await self.ask("GET", "/shop/checkout/")
            form = dict(_FIELD.findall(page.text)) | token | {"s": str(specification)} | _ADDRESS
            placed = await self.ask("POST", "/shop/checkout/", data=form)
            where = placed.headers.get("location", "")
            if placed.status_code != 302 or not where.startswith("/pay/"):
                self.notes.note(f"not placed ({placed.status_code})", 0)
                continue
            number = where.strip("/").split("/")[1]
            self.notes.placed.add(number)
            await self.ask("POST", f"/pay/{number}/demo/", data={"outcome": "paid", **token})
            done = await self.ask("GET", f"/pay/{number}/status/")
            if done.json().get("state") == "paid":
                self.notes.paid.add(number)
            await asyncio.sleep(PAUSE_SECONDS)


async def write(base: str, room: str, session: str, name: str, notes: Notes, stop: asyncio.Event) -> None:
    """Write in a live room, and come back when the socket ends."""
    number = 0
    while not stop.is_set():
        with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
            async with websockets.connect(
                f"{base.replace('http', 'ws')}/ws/live/{room}/",
                additional_headers={"Cookie": f"sessionid={session}"},
                origin=websockets.Origin(base),
                open_timeout=5,
                close_timeout=1,
            ) as socket:
                while not stop.is_set():
                    number += 1
                    text = f"{name} {number}"
                    await socket.send(json.dumps({"chat": text, "ref": number}))
                    async with asyncio.timeout(10):
                        while (answer := json.loads(await socket.recv())).get("ref") != number:
                            pass
                    if "accepted" in answer:
                        notes.said.add(text)
                    notes.note("chat" if "accepted" in answer else f"chat {answer.get('refused')}", 0)
                    await asyncio.sleep(2)
        await asyncio.sleep(0.3)
