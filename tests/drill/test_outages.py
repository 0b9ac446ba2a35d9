"""Helpers and processes end under running journeys: pages answer, everything comes back by itself, nothing is lost.

The real processes of deploy/systemd (granian, uvicorn, worker, beat) under deploy/supervise.py, on a PostgreSQL and Redis
servers of the drill's own.
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connection

from shop.core import migrated
from tests.drill.conftest import Say
from tests.drill.journeys import Notes, Person, write
from tests.plugins.redis_server import OwnPostgres, OwnRedis
from tests.plugins.servers import free_port

PHASE_SECONDS, START_SECONDS, BACK_SECONDS, DRAIN_SECONDS = 8, 180, 60, 90
ROOT = Path(settings.BASE_DIR)


class Site:
    """The documented site, running."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database, self.cache, self.broker = OwnPostgres(folder), OwnRedis(folder), OwnRedis(folder)
        self.web, self.sockets = free_port(), free_port()
        self.url, self.sockets_url = f"http://127.0.0.1:{self.web}", f"http://127.0.0.1:{self.sockets}"
        self.log = folder / "log"
        self.env: dict[str, str] = {}
        self._supervisor: subprocess.Popen[bytes] | None = None

    def start(self) -> dict[str, Any]:
        """Start everything on a fresh database; return what is in it."""
        for each in (self.database, self.cache, self.broker):
            each.start()
        migrated.copy_postgres(self.database.url, "heqiao")
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "shop.config.settings.test",
            "DATABASE_URL": f"{self.database.url}/heqiao",
            "CACHE_URL": self.cache.url,
            "CHANNELS_URL": self.cache.url,
            "CELERY_BROKER_URL": f"{self.broker.url}/0",
            "VAR_DIR": str(self.folder / "var"),
            "SITE_URL": self.url,
            "WEB_PORT": str(self.web),
            "SOCKETS_PORT": str(self.sockets),
        }
        facts = self.ask()
        with self.log.open("wb") as log:
            self._supervisor = subprocess.Popen(
                [sys.executable, str(ROOT / "deploy/supervise.py"), "--pids", str(self.folder / "pids")],
                cwd=ROOT, env=self.env, stdout=log, stderr=log,
            )  # fmt: skip
        for port in (self.web, self.sockets):
            wait_for(lambda port=port: answers(f"http://127.0.0.1:{port}/healthz"), START_SECONDS)
        return facts

    def ask(self, *words: str) -> dict[str, Any]:
        """Run the seed, or the judge."""
        command = [sys.executable, "-m", "tests.drill.outage_seed", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def pid(self, service: str) -> int:
        """Return the process of a service."""
        return int(json.loads((self.folder / "pids").read_text())[service])

    def workers(self, service: str) -> list[int]:
        """Return the processes that a service has started, those that serve."""
        found = Path(f"/proc/{self.pid(service)}/task/{self.pid(service)}/children").read_text()
        children = [int(each) for each in found.split()]
        return [pid for pid in children if "resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_text()]

    def stop(self) -> None:
        """End everything that was started here."""
        if self._supervisor is not None:
            self._supervisor.terminate()
            self._supervisor.wait(60)
        for each in (self.database, self.cache, self.broker):
            each.stop()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def missing(site: Site) -> list[str]:
    """Return what /readyz says is missing; the web itself where nobody answers."""
    try:
        return [each for each, state in httpx.get(f"{site.url}/readyz", timeout=20).json().items() if state != "ok"]
    except httpx.HTTPError:
        return ["the web itself"]


def wait_for(what: Callable[[], bool], seconds: float) -> float:
    """Return how long it took until `what` held."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < seconds, f"it did not happen within {seconds} s"
        time.sleep(0.2)
    return time.monotonic() - begun


@pytest.fixture
def site() -> Iterator[Site]:
    from tests.conftest import missing_service  # reason: conftest loads this plugin

    if shutil.which("redis-server") is None or not OwnPostgres.is_there():
        missing_service("PostgreSQL and Redis", "the drill starts servers of its own (make services installs them)")
    folder = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    folder.chmod(0o755)
    running = Site(folder)
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


def faults(site: Site) -> list[tuple[str, Callable[[], None], Callable[[], None]]]:
    """Return each fault with what mends it; what nobody mends comes back by itself."""

    def nothing() -> None:
        return None

    def kill(pid: Callable[[], int]) -> Callable[[], None]:
        return lambda: os.kill(pid(), signal.SIGKILL)

    def deleted() -> None:
        site.broker.stop()
        site.broker.start()

    return [
        ("calm", nothing, nothing),
        ("cache and channels stopped", site.cache.stop, site.cache.start),
        ("cache and channels frozen", site.cache.freeze, site.cache.thaw),
        ("broker stopped", site.broker.stop, site.broker.start),
        ("broker deleted", deleted, nothing),
        ("one web worker killed", kill(lambda: site.workers("web")[0]), nothing),
        ("web killed", kill(lambda: site.pid("web")), nothing),
        ("sockets killed", kill(lambda: site.pid("sockets")), nothing),
        ("worker killed", kill(lambda: site.pid("worker")), nothing),
        ("beat killed", kill(lambda: site.pid("beat")), nothing),
        ("PostgreSQL restarted", site.database.restart, nothing),
    ]


async def live_through(site: Site, facts: dict[str, Any], notes: Notes, say: Say) -> None:
    stop = asyncio.Event()
    paths = ["/", "/shop/", *facts["products"], "/villages/", "/shop/basket/", "/live/", f"/live/{facts['room']}/"]
    people = [Person(site.url, notes, stop) for _ in range(4)]
    going = [
        asyncio.create_task(people[0].read(paths)),
        asyncio.create_task(people[1].read(paths[::-1])),
        asyncio.create_task(people[2].buy(facts["specs"][0])),
        asyncio.create_task(people[3].buy(facts["specs"][1])),
        *(
            asyncio.create_task(write(site.sockets_url, facts["room"], session, f"writer {number}", notes, stop))
            for number, session in enumerate(facts["writers"])
        ),
    ]
    try:
        for name, break_it, mend in faults(site):
            notes.phase = name
            await asyncio.to_thread(break_it)
            await asyncio.sleep(PHASE_SECONDS)
            failed = await asyncio.to_thread(missing, site)
            await asyncio.to_thread(mend)
            # Until everything is back: what the fault leaves behind belongs to it.
            back = await asyncio.to_thread(wait_for, lambda: answers(f"{site.url}/readyz"), BACK_SECONDS)
            found = ", ".join(f"{count}× {what}" for what, count in sorted(notes.statuses.get(name, {}).items()))
            say(
                f"{name}: {found}; slowest {notes.slowest.get(name, 0):.1f} s;"
                f" readyz {'names ' + ', '.join(failed) if failed else 'ok'}; all back after {back:.1f} s"
            )
            for task in going:
                if task.done():
                    task.result()
    finally:
        stop.set()
        await asyncio.gather(*going, return_exceptions=True)
        for person in people:
            await person.http.aclose()


def test_outages_under_running_journeys(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("once is enough: it has servers of its own, whichever database the other drills run on")

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"[outages] {text}", flush=True)

    facts, notes = site.start(), Notes()
    try:
        asyncio.run(live_through(site, facts, notes, say))
        drained = wait_for(lambda: site.ask("judge")["waiting"] == 0, DRAIN_SECONDS)
        truth = site.ask("judge")
    except BaseException:
        say(site.log.read_text()[-6000:])
        raise
    lost = [number for number in notes.placed if number not in truth["states"]]
    unpaid = [number for number in notes.paid if truth["states"].get(number) != "paid"]
    chat = {text: truth["chat"].count(text) for text in notes.said}
    say(
        f"{len(notes.placed)} purchases placed, {len(notes.paid)} paid, {len(lost)} lost, {len(unpaid)} unpaid,"
        f" {truth['paid_twice']} paid twice; {len(chat)} lines of chat accepted,"
        f" {sum(count != 1 for count in chat.values())} not there exactly once;"
        f" {truth['given_up']} effects given up, the rest drained after {drained:.0f} s;"
        f" {len(truth['books'])} books out of balance"
    )
    assert (lost, unpaid, truth["paid_twice"], truth["given_up"], truth["books"]) == ([], [], 0, 0, [])
    assert notes.placed
    assert notes.paid
    assert set(chat.values()) == {1}
    for phase, counted in notes.statuses.items():
        assert not counted["500"], phase
        if not phase.startswith(("web", "one web", "PostgreSQL", "sockets")):
            assert not counted["503"] + counted["502"] + counted["cut off"], phase
