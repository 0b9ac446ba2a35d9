"""Runs the demo: prepares what is missing, then web server and worker, started and stopped together."""

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

from shop.demo.children import Child, serving, worker_command

GRACE_SECONDS = 10
WAIT_SECONDS = 120  # A busy machine takes its time.


class Command(BaseCommand):
    """`manage.py run_demo --port 8000`."""

    help = "Start web and worker; Ctrl-C stops both."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the port."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare", action="store_true", help="Set up what is missing first (as prepare_demo)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the children, say where they are, wait; when one ends, end the other."""
        port = options["port"]
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise CommandError(f"Port {port} is taken: choose another with make demo PORT=…")
        if options["prepare"]:
            # In this process: each that loads the whole project takes four seconds.
            call_command("prepare_demo", stdout=self.stdout)
        children: list[Child] = [serving(port)]

        def stop(signum: int, frame: FrameType | None) -> None:
            raise KeyboardInterrupt

        signal.signal(signal.SIGTERM, stop)
        try:
            self._wait_for_port(port, children)
            # After the pages: they are what somebody waits for.
            children.append(subprocess.Popen(worker_command(Path(settings.VAR_DIR)), cwd=settings.BASE_DIR))
            call_command("demo_info", stdout=self.stdout)
            self.stdout.write(self.style.SUCCESS(f"\n禾桥 Heqiao runs on http://127.0.0.1:{port}  (Ctrl-C stops it)"))
            self.stdout.flush()
            while all(child.poll() is None for child in children):
                time.sleep(0.3)
            raise CommandError("A part of the demo ended; see above.")
        except KeyboardInterrupt:
            self.stdout.write("Stopping")
        finally:
            self._stop(children)

    def _wait_for_port(self, port: int, children: list[Child]) -> None:
        for _ in range(10 * WAIT_SECONDS):
            if any(child.poll() is not None for child in children):
                raise CommandError("The server did not start; see above.")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise CommandError(f"The server did not answer within {WAIT_SECONDS} seconds.")

    def _stop(self, children: list[Child]) -> None:
        # An impatient second Ctrl-C would leave the children behind; they end within the grace anyway.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
