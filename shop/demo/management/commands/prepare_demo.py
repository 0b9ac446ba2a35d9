"""Makes the demo ready: database, demo world, static files. Again: finds them there and does nothing."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from catalog.operations.cards import rebuild_cards
from shop.core import migrated
from shop.demo.loading.live import keep_live
from shop.demo.loading.pictures import encode_ahead
from shop.demo.loading.world import is_loaded


class Command(BaseCommand):
    """`manage.py prepare_demo`."""

    help = "Set up the demo's database, world and static files; keeps what is there."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare each part that is missing or out of date."""
        self._database()
        # Cards are finished HTML and name the static files as collected: these come first.
        changed = self._static()
        self._world(pages_changed=changed)
        # A flash sale lasts two hours: the room that is live starts the next one.
        keep_live(at=timezone.now())

    def _database(self) -> None:
        if connection.vendor != "sqlite":
            call_command("migrate", verbosity=0)
            return
        path = Path(settings.DATABASES["default"]["NAME"])
        stamp = path.with_suffix(".migrations")
        current = migrated.fingerprint()
        # `manage.py check` leaves an empty file behind: that is no database yet.
        if not path.exists() or not connection.introspection.table_names():
            self.stdout.write("Creating the database (the first time takes most of a minute)")
            connection.close()
            encode_ahead()
            migrated.copy_sqlite(path)
        elif not stamp.exists() or stamp.read_text() != current:
            call_command("migrate", verbosity=0)
        stamp.write_text(current)

    def _world(self, *, pages_changed: bool) -> None:
        if not is_loaded():
            call_command("load_demo", stdout=self.stdout)
        elif pages_changed:
            self.stdout.write("Building the cards again")
            rebuild_cards(at=timezone.now())

    def _static(self) -> bool:
        """Collect the static files when they changed; tell whether they had."""
        stamp = Path(settings.VAR_DIR) / "static.stamp"
        built = Path(settings.BASE_DIR) / "static" / "build"
        current = json.dumps(sorted((p.name, p.stat().st_mtime_ns) for p in built.iterdir() if p.is_file()))
        if stamp.exists() and stamp.read_text() == current and Path(settings.STATIC_ROOT).exists():
            return False
        self.stdout.write("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(current)
        return True
