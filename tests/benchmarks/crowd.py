"""The crowd of a live room, in a process of its own: opens sockets, chats, hears pins; prints what came as JSON.

Reads one JSON object (url, viewers, cookies, seconds, rate), opens the sockets, prints "open", begins when it is told
"go". Bytes are only searched, not parsed: what the crowd costs is not the room's.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.sockets import Viewer

OPENED_AT_ONCE = 20
# Sends so often, all that is due: the rest of the time is the room's.
EVERY = 0.02
LISTENED_ON = 3.0
PIN = re.compile(rb'"seq": ?(\d+), ?"kind": ?"pinned"')
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
class Heard:
    """What all sockets together heard."""

    pins: dict[int, list[float]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    size: int = 0

    def hear(self, data: bytes, start: int, end: int) -> None:
        """Look at a frame in `data`: a pin by its number, or an answer to what one wrote."""
        self.frames += 1
        self.size += end - start
        if data.startswith(b'{"ref"', start):
            self.answers["accepted" if data.find(b'"accepted"', start, end) > 0 else "refused"] += 1
        elif data.find(b'"pinned"', start, end) > 0:
            for number in PIN.findall(data, start, end):
                self.pins.setdefault(int(number), []).append(time.monotonic())


async def _write(writers: Sequence[Viewer], rate: float, seconds: float) -> int:
    """Send messages evenly, each from the next writer; return how many."""
    begun, sent = time.monotonic(), 0
    while (passed := time.monotonic() - begun) < seconds:
        while sent < passed * rate:
            writers[sent % len(writers)].say(json.dumps({"chat": random.choice(TALK), "ref": sent}))
            sent += 1
        await asyncio.sleep(EVERY)
    return sent


async def crowd(url: str, viewers: int, cookies: Sequence[str], seconds: float, rate: float) -> dict[str, Any]:
    """Be the crowd; return what it heard."""
    heard = Heard()
    sockets = [Viewer(url, cookies[i] if i < len(cookies) else "", heard.hear) for i in range(viewers)]
    gate = asyncio.Semaphore(OPENED_AT_ONCE)

    async def one(socket: Viewer) -> bool:
        async with gate:
            return await socket.open()

    opened = await asyncio.gather(*(one(socket) for socket in sockets))
    print(json.dumps({"open": sum(opened)}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    heard.pins.clear()
    heard.answers.clear()
    heard.frames = heard.size = 0
    begun, used = time.monotonic(), time.process_time()
    sent = await _write(sockets[: len(cookies)], rate, seconds)
    # Who was asked for something late may answer late, but not for ever.
    await asyncio.sleep(LISTENED_ON)
    lost = sum(not socket.is_open for socket in sockets)
    found = {
        "pins": heard.pins,
        "answers": heard.answers,
        "frames": heard.frames,
        "size": heard.size,
        "sent": sent,
        "lost": lost,
        "share": (time.process_time() - used) / (time.monotonic() - begun),
    }
    for socket in sockets:
        socket.close()
    return found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(crowd(**json.loads(sys.stdin.readline())))), flush=True)
