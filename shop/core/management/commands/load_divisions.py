"""manage.py load_divisions: put the published list of divisions into the database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.core.regions import load_divisions


class Command(BaseCommand):
    """Loads provinces, prefectures and counties; running it again updates their names."""

    help = "Load the administrative divisions (GB/T 2260) from static/build/divisions.json"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another file than the one made at set-up."""
        parser.add_argument("--path", type=Path, default=settings.BASE_DIR / "static" / "build" / "divisions.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, showing progress."""
        try:
            count = load_divisions(path=options["path"], progress=self._show)
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['path']}: {error}. `make setup` builds it.") from error
        self.stdout.write(self.style.SUCCESS(f"{count} divisions"))

    def _show(self, done: int, total: int) -> None:
        self.stdout.write(f"  {done}/{total}")
