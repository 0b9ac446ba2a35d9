"""manage.py load_demo: the sample world; `--scale N` adds synthetic products up to N."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from shop.demo.loading.scale import load_scale
from shop.demo.loading.world import load_world


class Command(BaseCommand):
    """Loads the sample world once; running it again changes nothing."""

    help = "Load the sample world (again: changes nothing); --scale N adds synthetic products up to N in all"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of products wanted in all."""
        parser.add_argument("--scale", type=int, default=0, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing, with a line for each part."""
        load_world(at=timezone.now(), say=self.stdout.write)
        if options["scale"]:
            self._scale(options["scale"])

    def _scale(self, total: int) -> None:
        began = time.monotonic()
        tick = max(1, total // 20_000)

        def show(done: int, wanted: int) -> None:
            if done // 1000 % tick == 0 or done == wanted:
                self.stdout.write(f"  {done}/{wanted} products, {time.monotonic() - began:.0f} s")
                self.stdout.flush()

        added = load_scale(total=total, at=timezone.now(), progress=show)
        self.stdout.write(f"{added} synthetic products added ({time.monotonic() - began:.0f} s).")
