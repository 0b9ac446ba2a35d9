"""A live room with a thousand viewers: how fast a pin reaches them, how much chat is taken, what pages cost meanwhile.

As in production: pages by granian with 2 workers, sockets by one uvicorn, PostgreSQL, Redis between them.
"""

import asyncio
import json
import random
import re
import resource
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.benchmarks import ours, services
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import TLS, FailedError, busy_with_others
from tests.benchmarks.sockets import Viewer

VIEWERS, WRITERS = 1_000, 600
# Each writes well under what the room allows a person (5 in 10 s), together a little more than what is promised.
MESSAGES_A_SECOND = 205
PIN_EVERY = 2.0
FEWEST = 20
OPENED_AT_ONCE = 20
PINNED = b'"kind": "pinned"'
TALK = (
    "皮薄吗",
    "刚下单",
    "去年买过，甜",
    "什么时候到广州",
    "给爸妈也买一份",
    "坏果怎么赔",
    "礼盒能写贺卡吗",
    "抢到了",
)


@dataclass
class Room:
    """What the client saw."""

    pins: dict[int, list[float]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    frames: int = 0

    def heard(self, payload: bytes, at: float) -> None:
        """Look into a frame: pins by number, answers to one's own messages."""
        self.frames += 1
        if payload.startswith(b'{"ref"'):
            self.answers["accepted" if b'"accepted"' in payload else str(json.loads(payload).get("refused"))] += 1
        elif PINNED in payload:
            for event in json.loads(payload).get("events", ()):
                if event["kind"] == "pinned":
                    self.pins.setdefault(event["seq"], []).append(at)


class Host:
    """The host's console, by its own form."""

    def __init__(self, base: str, facts: Mapping[str, Any]) -> None:
        self.address = facts["console"]
        headers = {"X-Requested-With": "fetch"}
        self.http = httpx.AsyncClient(base_url=base, timeout=30, verify=TLS, headers=headers)
        self.http.cookies.set("sessionid", facts["host"], domain="127.0.0.1")
        self.form: dict[str, str] = {}

    async def open(self) -> None:
        """Read the version and the token from the console."""
        self._read((await self.http.get(self.address)).text)

    def _read(self, page: str) -> None:
        version = re.search(r'data-version="(\d+)"', page)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if version is None or token is None:
            raise FailedError(f"the console of the room: {page[:200]!r}")
        self.form = {"version": version[1], "csrfmiddlewaretoken": token[1]}

    async def pin(self, item: int) -> float:
        """Show a product; return when the button was pressed."""
        begun = time.perf_counter()
        referer = {"Referer": str(self.http.base_url).rstrip("/") + self.address}
        data = {**self.form, "action": "pin", "item": str(item)}
        answer = await self.http.post(f"{self.address}act/", data=data, headers=referer)
        if answer.status_code != 200:
            raise FailedError(f"pinning: {answer.status_code} {answer.text[:200]!r}")
        self._read(answer.text)
        return begun


async def _pages(base: str, path: str, cookies: Mapping[str, str], seconds: float) -> list[float]:
    """Ask for a page ten times a second, at least FEWEST times; return how long each took."""
    took = []
    until = time.perf_counter() + seconds
    async with httpx.AsyncClient(base_url=base, timeout=60, verify=TLS, cookies=dict(cookies)) as http:
        while time.perf_counter() < until or len(took) < FEWEST:
            begun = time.perf_counter()
            answer = await http.get(path)
            if answer.status_code != 200:
                raise FailedError(f"{path}: {answer.status_code}")
            took.append(time.perf_counter() - begun)
            await asyncio.sleep(max(0, 0.1 - took[-1]))
    return took


async def _write(writers: Sequence[Viewer], seconds: float) -> int:
    """Send messages evenly, each from the next writer; return how many."""
    begun, sent = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < seconds:
        while sent < passed * MESSAGES_A_SECOND:
            writers[sent % len(writers)].say(json.dumps({"chat": random.choice(TALK), "ref": sent}))
            sent += 1
        await asyncio.sleep(0.01)
    return sent


async def _pin(host: Host, items: Sequence[int], seconds: float) -> list[float]:
    """Pin the room's products in turn; return when each was asked for."""
    begun, pressed = time.perf_counter(), []
    await host.open()
    while time.perf_counter() - begun < seconds - PIN_EVERY:
        pressed.append(await host.pin(items[len(pressed) % len(items)]))
        await asyncio.sleep(max(0, PIN_EVERY - (time.perf_counter() - pressed[-1])))
    return pressed


async def _open(viewers: Sequence[Viewer]) -> None:
    gate = asyncio.Semaphore(OPENED_AT_ONCE)

    async def one(viewer: Viewer) -> bool:
        async with gate:
            return await viewer.open()

    opened = await asyncio.gather(*(one(viewer) for viewer in viewers))
    if not all(opened):
        raise FailedError(f"{opened.count(False)} of {len(viewers)} sockets were refused")


@dataclass
class Evening:
    """What was measured."""

    idle: list[float]
    busy: list[float]
    delays: list[float]
    sent: int
    answers: Counter[str]
    seconds: float
    lost: int
    missed: int


async def _evening(pages: str, sockets: str, facts: Mapping[str, Any], seconds: float) -> Evening:
    room, cookies = Room(), {"sessionid": facts["writers"][0], "hq_me": "1"}
    idle = await _pages(pages, facts["room"], cookies, 3)
    idle = await _pages(pages, facts["room"], cookies, seconds / 2)
    url = f"ws{sockets.removeprefix('http')}{facts['socket']}?"
    signed = [f"sessionid={key}" for key in facts["writers"]]
    viewers = [Viewer(url, signed[i] if i < len(signed) else "", room.heard) for i in range(VIEWERS)]
    try:
        await _open(viewers)
        await asyncio.sleep(2)
        room.answers.clear()
        room.pins.clear()
        sent, pressed, busy = await asyncio.gather(
            _write(viewers[: len(signed)], seconds),
            _pin(Host(pages, facts), facts["items"], seconds),
            _pages(pages, facts["room"], cookies, seconds),
        )
        # Who was asked for something late may answer late, but not for ever.
        await asyncio.sleep(3)
        lost = sum(not viewer.is_open for viewer in viewers)
    finally:
        for viewer in viewers:
            viewer.close()
    arrived = [room.pins[number] for number in sorted(room.pins)]
    delays = [at - begun for begun, ats in zip(pressed, arrived, strict=False) for at in ats]
    missed = len(pressed) * len(viewers) - len(delays)
    return Evening(idle, busy, delays, sent, room.answers, seconds, lost, missed)


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


def figures(seed: ours.Seed, seconds: float) -> Iterator[Figure]:
    """Fill the room and yield what came of it."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    facts = json.loads(ours.run(seed.env, "-m", "tests.benchmarks.site.audience", str(WRITERS)).splitlines()[-1])
    channels = {"CHANNELS_URL": f"{services.start_redis()}/3"}
    others = busy_with_others()
    with ours.serving(seed, **channels) as pages, ours.serving_sockets(seed, **channels) as sockets:
        begun = services.cpu_of(sockets.pid)
        evening = asyncio.run(_evening(pages.url, sockets.url, facts, seconds))
        used = services.cpu_of(sockets.pid) - begun
        memory = services.memory_of_workers(sockets.pid)
    if evening.missed or evening.lost:
        raise FailedError(f"{evening.missed} pins did not arrive, {evening.lost} sockets were closed")
    name = f"{VIEWERS} viewers"
    pins = round(p95(evening.delays), 3)
    yield Figure(f"{name}: from the host's pin to a viewer, p95", pins, "s", others=others).judge(at_most=2)
    rate = round(evening.answers["accepted"] / evening.seconds, 1)
    yield Figure(f"{name}: chat messages accepted", rate, "messages/s", others=others).judge(at_least=200)
    yield Figure(
        f"{name}: the room's page meanwhile, p95",
        round(p95(evening.busy) * 1000, 1),
        "ms",
        peer="without viewers",
        peer_figure=round(p95(evening.idle) * 1000, 1),
        ratio=round(p95(evening.busy) / p95(evening.idle), 2),
        others=others,
    ).judge(at_most=2)
    yield Figure(f"{name}: the socket server's memory", memory, "MB")
    yield Figure(f"{name}: the socket server's processor, opening included", round(used, 1), "s")
