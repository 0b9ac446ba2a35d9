"""manage.py reindex: builds search again while the shop is open, with progress."""

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from catalog.operations.cards import rebuild_cards
from catalog.operations.facets import rebuild_facets


class Command(BaseCommand):
    """Builds every card with its tokens, then the facets; chunk by chunk, so nothing is missing meanwhile."""

    help = "Rebuild search without downtime, with progress"

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, with a line for each ten thousand listings."""
        at, began, last = timezone.now(), time.monotonic(), 0

        def show(done: int, total: int) -> None:
            nonlocal last
            if done - last >= 10_000 or done == total:
                last = done
                self.stdout.write(f"  {done}/{total} listings, {time.monotonic() - began:.0f} s")
                self.stdout.flush()

        built = rebuild_cards(at=at, progress=show)
        rebuild_facets(at=at)
        self.stdout.write(f"{built} listings can be found ({time.monotonic() - began:.1f} s).")
