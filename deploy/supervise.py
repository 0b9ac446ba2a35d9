"""Runs what deploy/systemd says where there is no systemd (a container, the drills): each service, again when it ends.

    python deploy/supervise.py [--pids FILE] [web sockets worker beat]

Reads ExecStart, Environment, RestartSec, TimeoutStopSec, Nice and LimitNOFILE of the unit files, so that there is one
description of the site. The environment of this process goes before Environment=, as EnvironmentFile= does there.
Ends with SIGTERM or Ctrl-C, and all services with it. Needs nothing but Python.
"""

import argparse
import json
import os
import resource
import shlex
import signal
import string
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
UNITS = Path(__file__).parent / "systemd"
HOME = "/srv/heqiao"


class Service:
    """A unit file and its process."""

    def __init__(self, name: str) -> None:
        self.name = name
        said = (UNITS / f"heqiao-{name}.service").read_text().replace(HOME, str(ROOT))
        pairs = [line.partition("=")[::2] for line in said.splitlines() if "=" in line and not line.startswith("#")]
        self.environment = dict(
            each.partition("=")[::2] for key, value in pairs if key == "Environment" for each in shlex.split(value)
        ) | dict(os.environ)
        facts = dict(pairs)
        self.command = shlex.split(string.Template(facts["ExecStart"]).substitute(self.environment))
        self.pause = float(facts["RestartSec"])
        self.grace = float(facts["TimeoutStopSec"])
        self.nice, self.files = int(facts.get("Nice", 0)), int(facts.get("LimitNOFILE", 0))
        self.process: subprocess.Popen[bytes] | None = None
        self.due = 0.0

    def start(self) -> None:
        """Start it, the leader of a group of its own."""
        prepare = self._prepared()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            preexec_fn=prepare,  # noqa: PLW1509  # this process has no threads
        )
        say(f"{self.name} runs as {self.process.pid}")

    def _prepared(self) -> Callable[[], None]:
        def prepare() -> None:
            os.nice(self.nice)
            most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            if self.files:
                wanted = self.files if most == resource.RLIM_INFINITY else min(self.files, most)
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))

        return prepare

    def look(self) -> bool:
        """Start it again where it has ended and its pause is over; tell whether it was started."""
        if self.process is not None:
            if not self.has_ended():
                return False
            # What it left behind would hold its port, or do its work twice. While its end is not taken note of, its
            # number is nobody else's: a group of strangers is never killed.
            self.signal(signal.SIGKILL)
            say(f"{self.name} ended with {self.process.wait()}; it starts again in {self.pause:g} s")
            self.process, self.due = None, time.monotonic() + self.pause
        if time.monotonic() < self.due:
            return False
        self.start()
        return True

    def has_ended(self) -> bool:
        """Tell whether it has ended, without taking note of it."""
        if self.process is None or self.process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def signal(self, number: int) -> None:
        """Signal the whole group."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def stop(self) -> None:
        """Wait until it has ended, kill what does not."""
        if self.process is None:
            return
        until = time.monotonic() + self.grace
        while not self.has_ended() and time.monotonic() < until:
            time.sleep(0.05)
        if not self.has_ended():
            say(f"{self.name} does not end: killed")
        self.signal(signal.SIGKILL)
        self.process.wait()


def say(text: str) -> None:
    """Print a line at once."""
    print(f"supervise: {text}", file=sys.stderr, flush=True)


def main() -> None:
    """Run the services until told to end."""
    names = sorted(path.stem.removeprefix("heqiao-") for path in UNITS.glob("heqiao-*.service"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pids", type=Path, help="write {service: process number} here at each start")
    parser.add_argument("service", nargs="*", choices=[*names, []], help="all of them without any")
    given = parser.parse_args()
    services = [Service(name) for name in given.service or names]

    def end(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    try:
        while True:
            started = [service.look() for service in services]
            if any(started) and given.pids:
                running = {each.name: each.process.pid for each in services if each.process is not None}
                draft = given.pids.with_suffix(".draft")
                draft.write_text(json.dumps(running))
                draft.replace(given.pids)
            time.sleep(0.1)
    except KeyboardInterrupt:
        say("ending")
    finally:
        for service in services:
            # The leader alone: it ends its workers itself, in their time.
            if service.process is not None and service.process.poll() is None:
                service.process.terminate()
        for service in services:
            service.stop()


if __name__ == "__main__":
    main()
