"""Runs the demo: prepares what is missing, then web server and worker, started and stopped together.

One that ends is started again. What happens to them, and why the demo itself ends, is said on standard error.
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from shop.demo.children import Child, GivenUp, Part, how, serving, worker_command

GRACE_SECONDS = 10
WAIT_SECONDS = 120  # A busy machine takes its time.


class Told(Exception):
    """A signal says to stop; its name is the reason."""


class Command(BaseCommand):
    """`manage.py run_demo --port 8000`."""

    help = "Start web and worker; Ctrl-C stops both."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the port."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare", action="store_true", help="Set up what is missing first (as prepare_demo)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the children, say where they are, and keep them running until told to stop."""
        port = options["port"]
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise CommandError(f"Port {port} is taken: choose another with make demo PORT=…")
        if options["prepare"]:
            # In this process: each that loads the whole project takes four seconds.
            call_command("prepare_demo", stdout=self.stdout)
        # What the web server and the worker write in links: the port that they are reached on.
        os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
        parts = [Part("web server", lambda: serving(port), self._say)]

        def stop(signum: int, frame: FrameType | None) -> None:
            raise Told(signal.Signals(signum).name)

        # A terminal that closes says SIGHUP: without this it would end us without a word, and leave the children.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)
        try:
            self._wait_for_port(port, parts[0].child)
            # After the pages: they are what somebody waits for.
            command = worker_command(Path(settings.VAR_DIR))
            parts.append(Part("worker", lambda: subprocess.Popen(command, cwd=settings.BASE_DIR), self._say))
            call_command("demo_info", stdout=self.stdout)
            self.stdout.write(self.style.SUCCESS(f"\n禾桥 Heqiao runs on http://127.0.0.1:{port}  (Ctrl-C stops it)"))
            self.stdout.flush()
            while True:
                for part in parts:
                    part.look(time.monotonic())
                time.sleep(0.3)
        except Told as told:
            self._say(f"Stopping: {told}")
        except GivenUp as given_up:
            raise CommandError(f"The demo ends. {given_up}; see above.") from given_up
        finally:
            self._stop([part.child for part in parts])

    def _say(self, text: str) -> None:
        self.stderr.write(f"{timezone.localtime():%H:%M:%S} demo: {text}", self.style.NOTICE)
        self.stderr.flush()

    def _wait_for_port(self, port: int, child: Child) -> None:
        for _ in range(10 * WAIT_SECONDS):
            if (ended := child.poll()) is not None:
                raise CommandError(f"The server did not start, it ended {how(ended)}; see above.")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise CommandError(f"The server did not answer within {WAIT_SECONDS} seconds.")

    def _stop(self, children: list[Child]) -> None:
        # An impatient second Ctrl-C would leave the children behind; they end within the grace anyway.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
