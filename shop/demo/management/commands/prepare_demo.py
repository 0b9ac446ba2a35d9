"""Makes the demo ready: database, demo world, static files. Again: finds them there and does nothing."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from shop.core import migrated


class Command(BaseCommand):
    """`manage.py prepare_demo`."""

    help = "Set up the demo's database, world and static files; keeps what is there."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare each part that is missing or out of date."""
        self._database()
        self._world()
        self._static()

    def _database(self) -> None:
        if connection.vendor != "sqlite":
            call_command("migrate", verbosity=0)
            return
        path = Path(settings.DATABASES["default"]["NAME"])
        stamp = path.with_suffix(".migrations")
        current = migrated.fingerprint()
        if not path.exists():
            self.stdout.write("Creating the database (the first time takes most of a minute)")
            connection.close()
            migrated.copy_sqlite(path)
        elif not stamp.exists() or stamp.read_text() != current:
            call_command("migrate", verbosity=0)
        stamp.write_text(current)

    def _world(self) -> None:
        if not get_user_model().objects.filter(is_superuser=True).exists():
            call_command("load_demo", stdout=self.stdout)

    def _static(self) -> None:
        stamp = Path(settings.VAR_DIR) / "static.stamp"
        built = Path(settings.BASE_DIR) / "static" / "build"
        current = json.dumps(sorted((p.name, p.stat().st_mtime_ns) for p in built.iterdir() if p.is_file()))
        if stamp.exists() and stamp.read_text() == current and Path(settings.STATIC_ROOT).exists():
            return
        self.stdout.write("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(current)
