"""Message catalogues: collect, check, compile."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.core import catalogues


class Command(BaseCommand):
    """`manage.py messages --update|--check|--compile`."""

    help = "Collect msgids into each package's catalogue, check that none is untranslated, compile."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        action = parser.add_mutually_exclusive_group(required=True)
        action.add_argument("--update", action="store_true", help="add new msgids, drop those no longer used")
        action.add_argument(
            "--check", action="store_true", help="fail on a message untranslated, or translated in two ways"
        )
        action.add_argument("--compile", action="store_true", help="write the .mo files")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        if options["compile"]:
            self.stdout.write(f"{catalogues.compile_all()} catalogues compiled")
            return
        found = catalogues.collect()
        if options["update"]:
            for package, messages in found.items():
                catalogues.update(package, messages)
        problems = [line for package, messages in found.items() for line in catalogues.untranslated(package, messages)]
        problems += catalogues.disagreeing()
        for line in problems:
            self.stderr.write(line)
        if problems and options["check"]:
            raise CommandError(f"{len(problems)} messages are not translated, or twice differently")
        self.stdout.write(f"{sum(len(messages) for messages in found.values())} messages, {len(problems)} untranslated")
