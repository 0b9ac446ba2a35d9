"""The client: pages in a closed loop (wrk where it is installed), buyers with httpx. Only to 127.0.0.1, always bounded."""

import asyncio
import json
import shutil
import ssl
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

CONNECTIONS = 4
# One for all buyers: a context of its own costs each new client 30 ms.
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
REPORT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  local bad = errors.status + errors.connect + errors.read + errors.timeout
  io.write(string.format('\\nRESULT{"requests":%d,"microseconds":%d,"bad":%d}\\n', summary.requests, summary.duration, bad))
end
"""
Buyer = Callable[[httpx.AsyncClient], Awaitable[str]]


class FailedError(Exception):
    """The page or the journey did not answer as it must; the figure would be worthless."""


@dataclass
class Rate:
    """How many a second: the median of the runs, and all of them."""

    runs: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle run."""
        return statistics.median(self.runs)


def look(url: str, *, headers: Mapping[str, str], expect: str, times: int = 8) -> tuple[float, httpx.Response]:
    """Ask for a page until both workers are warm; return how long the last ones took (s) and the last answer."""
    took = []
    with httpx.Client(timeout=90, verify=TLS) as http:
        for _ in range(times):
            start = time.perf_counter()
            answer = http.get(url, headers=dict(headers))
            took.append(time.perf_counter() - start)
            if sum(took) > 15 and len(took) > 2:
                break
    if answer.status_code != 200 or expect not in answer.text:
        raise FailedError(f"{url}: {answer.status_code}, {expect!r} expected: {answer.text[:160]!r}")
    return statistics.median(took[-4:]), answer


def pages_per_second(url: str, *, headers: Mapping[str, str], alone: float, seconds: float) -> float:
    """Ask for one page with CONNECTIONS at once; `alone` is what a single request takes (s)."""
    if alone > seconds / 5:
        return asyncio.run(_closed_loop(url, headers, requests=3, seconds=60))
    if shutil.which("wrk"):
        return _wrk(url, headers, seconds)
    return asyncio.run(_closed_loop(url, headers, requests=1_000_000, seconds=seconds))


def _wrk(url: str, headers: Mapping[str, str], seconds: float) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        lines = [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items()]
        script.write("\n".join([*lines, REPORT]))
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "30s"]
        done = subprocess.run([*command, "-s", script.name, url], capture_output=True, text=True, check=True)
    result = json.loads(done.stdout.split("RESULT", 1)[1])
    if result["bad"]:
        raise FailedError(f"{url}: {result['bad']} of {result['requests']} answers were not 2xx")
    return float(result["requests"] / (result["microseconds"] / 1e6))


async def _closed_loop(url: str, headers: Mapping[str, str], *, requests: int, seconds: float) -> float:
    """Each connection sends its next request when the last is answered; stops after `requests` each or `seconds`."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    asked = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n{head}\r\n".encode()
    begun = time.perf_counter()

    async def connection() -> int:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=2**22)
        done = 0
        while done < requests and time.perf_counter() - begun < seconds:
            writer.write(asked)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            if not answer.startswith(b"http/1.1 200"):
                raise FailedError(f"{url}: {answer[:40]!r}")
            await reader.readexactly(int(answer.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
            done += 1
        writer.close()
        return done

    done = await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return sum(done) / (time.perf_counter() - begun)


def buyers_per_second(base: str, journey: Buyer, *, buyers: int) -> float:
    """Send `buyers` through a journey, CONNECTIONS at once, each with an empty browser; all must arrive."""
    return asyncio.run(_crowd(base, journey, buyers))


async def _crowd(base: str, journey: Buyer, buyers: int) -> float:
    gate = asyncio.Semaphore(CONNECTIONS)

    async def one() -> str:
        limits = httpx.Limits(max_connections=1)
        async with (
            gate,
            httpx.AsyncClient(base_url=base, timeout=60, limits=limits, follow_redirects=True, verify=TLS) as http,
        ):
            return await journey(http)

    begun = time.perf_counter()
    ends = await asyncio.gather(*(one() for _ in range(buyers)))
    took = time.perf_counter() - begun
    wrong = [end for end in ends if end]
    if wrong:
        raise FailedError(f"{len(wrong)} of {buyers} did not arrive: {wrong[0]}")
    return buyers / took


def busy_with_others(patience: float = 10) -> float:
    """Return the share of the machine that others use while we rest; waits up to `patience` s for under a tenth."""
    until = time.monotonic() + patience
    while True:
        before = _ticks()
        time.sleep(0.7)
        spent = [b - a for a, b in zip(before, _ticks(), strict=True)]
        busy = 1 - (spent[3] + spent[4]) / max(1, sum(spent))
        if busy < 0.1 or time.monotonic() > until:
            return round(busy, 2)


def _ticks() -> list[int]:
    stat = Path("/proc/stat")
    if not stat.exists():
        return [0, 0, 0, int(time.monotonic() * 100), 0]
    return [int(word) for word in stat.read_text().partition("\n")[0].split()[1:]]
