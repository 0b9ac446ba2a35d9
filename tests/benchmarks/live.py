"""A live room with a thousand viewers: how fast a pin reaches them, how much chat is taken, what pages cost meanwhile.

As in production: pages by granian with 2 workers, sockets by one uvicorn, PostgreSQL, Redis between them.
"""

import asyncio
import contextlib
import json
import re
import resource
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.benchmarks import ours, services
from tests.benchmarks.crowd import LISTENED_ON
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import TLS, FailedError, busy_with_others

VIEWERS, WRITERS = 1_000, 600
# Each writes well under what the room allows a person (5 in 10 s), together a little more than what is promised.
MESSAGES_A_SECOND = 205
PIN_EVERY = 2.0
FEWEST = 20


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
        begun = time.monotonic()
        referer = {"Referer": str(self.http.base_url).rstrip("/") + self.address}
        data = {**self.form, "action": "pin", "item": str(item)}
        answer = await self.http.post(f"{self.address}act/", data=data, headers=referer)
        if answer.status_code != 200:
            raise FailedError(f"pinning: {answer.status_code} {answer.text[:200]!r}")
        self._read(answer.text)
        return begun


async def _pages(base: str, path: str, cookies: Mapping[str, str], seconds: float) -> list[float]:
    """Ask for a page ten times a second, at least FEWEST times; return how long each took."""
    took: list[float] = []
    until = time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=base, timeout=60, verify=TLS, cookies=dict(cookies)) as http:
        while time.monotonic() < until or len(took) < FEWEST:
            begun = time.monotonic()
            answer = await http.get(path)
            if answer.status_code != 200:
                raise FailedError(f"{path}: {answer.status_code}")
            took.append(time.monotonic() - begun)
            await asyncio.sleep(max(0, 0.1 - took[-1]))
    return took


async def _pin(host: Host, items: Sequence[int], seconds: float) -> list[float]:
    """Pin the room's products in turn; return when each was asked for."""
    begun = time.monotonic()
    pressed: list[float] = []
    await host.open()
    while time.monotonic() - begun < seconds - PIN_EVERY:
        pressed.append(await host.pin(items[len(pressed) % len(items)]))
        await asyncio.sleep(max(0, PIN_EVERY - (time.monotonic() - pressed[-1])))
    return pressed


class Crowd:
    """The viewers, in a process of their own that leaves the processor to the servers."""

    def __init__(self, sockets: str, facts: Mapping[str, Any], seconds: float) -> None:
        self.asked = {
            "url": f"ws{sockets.removeprefix('http')}{facts['socket']}?",
            "viewers": VIEWERS,
            "cookies": [f"sessionid={key}" for key in facts["writers"]],
            "seconds": seconds,
            "rate": MESSAGES_A_SECOND,
        }
        self.process: asyncio.subprocess.Process | None = None

    async def open(self) -> None:
        """Start it; wait until all sockets are open."""
        command = ["nice", "-n", "10", sys.executable, "-m", "tests.benchmarks.crowd"]
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            *command, cwd=services.ROOT, stdin=pipe, stdout=pipe, limit=2**24
        )
        opened = await self._say(json.dumps(self.asked))
        if opened["open"] != VIEWERS:
            raise FailedError(f"{VIEWERS - opened['open']} of {VIEWERS} sockets were refused")

    async def chat(self) -> dict[str, Any]:
        """Have it write; return what it heard."""
        return await self._say("go")

    async def _say(self, text: str) -> dict[str, Any]:
        process = self.process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{text}\n".encode())
        async with asyncio.timeout(180):
            answer = await process.stdout.readline()
        if not answer:
            raise FailedError("the crowd went home")
        found: dict[str, Any] = json.loads(answer)
        return found

    async def close(self) -> None:
        """End it, if it has not ended by itself."""
        if self.process is None:
            return
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
        await self.process.wait()


@dataclass
class Evening:
    """What was measured; `used` is the socket server's processor time meanwhile, s."""

    idle: list[float]
    busy: list[float]
    delays: list[float]
    heard: dict[str, Any]
    used: float
    missed: int


async def _evening(pages: str, sockets: services.Server, facts: Mapping[str, Any], seconds: float) -> Evening:
    cookies = {"sessionid": facts["writers"][0], "hq_me": "1"}
    await _pages(pages, facts["room"], cookies, 3)
    idle = await _pages(pages, facts["room"], cookies, seconds / 2)
    crowd = Crowd(sockets.url, facts, seconds)
    try:
        await crowd.open()
        await asyncio.sleep(2)
        begun = services.cpu_of(sockets.pid)
        heard, pressed, busy = await asyncio.gather(
            crowd.chat(),
            _pin(Host(pages, facts), facts["items"], seconds),
            _pages(pages, facts["room"], cookies, seconds),
        )
        used = services.cpu_of(sockets.pid) - begun
    finally:
        await crowd.close()
    arrived = [heard["pins"][number] for number in sorted(heard["pins"], key=int)]
    delays = [at - asked for asked, ats in zip(pressed, arrived, strict=False) for at in ats]
    return Evening(idle, busy, delays, heard, used, len(pressed) * VIEWERS - len(delays))


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
        evening = asyncio.run(_evening(pages.url, sockets, facts, seconds))
        memory = services.memory_of_workers(sockets.pid)
    heard = evening.heard
    if evening.missed or heard["lost"]:
        raise FailedError(f"{evening.missed} pins did not arrive, {heard['lost']} sockets were closed")
    name = f"{VIEWERS} viewers"
    pins = round(p95(evening.delays), 3)
    yield Figure(f"{name}: from the host's pin to a viewer, p95", pins, "s", others=others).judge(at_most=2)
    rate = round(heard["answers"].get("accepted", 0) / seconds, 1)
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
    frames = round(heard["frames"] / VIEWERS / (seconds + LISTENED_ON), 2)
    yield Figure(f"{name}: frames to each, answers included", frames, "frames/s")
    yield Figure(f"{name}: a frame's size", round(heard["size"] / heard["frames"] / 1000, 2), "kB")
    cost = round(1000 * evening.used / heard["frames"] * 1000, 1)
    yield Figure(f"{name}: the socket server's processor for 1,000 frames, chat included", cost, "ms")
    share = evening.used / (seconds + LISTENED_ON)
    yield Figure(f"{name}: the socket server's processor", round(100 * share, 1), "% of a core")
    yield Figure(f"{name}: the measuring crowd's processor", round(100 * heard["share"], 1), "% of a core")
    yield Figure(f"{name}: the socket server's memory", memory, "MB")
