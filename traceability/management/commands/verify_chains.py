"""Whether every supplier's chain of events is whole, and every row beside it as the events say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from traceability.queries.verifying import Broken, altered_rows, verify_all


class Command(BaseCommand):
    """`manage.py verify_chains`: exit 0 with totals, or exit 1 naming what was changed: events, and rows."""

    help = "Verify the chains of trace events, supplier by supplier."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify every chain; say totals, or name its first changed event and every row that differs from its event."""
        suppliers = events = 0
        bad: list[Broken] = []
        for supplier_id, count, broken in verify_all():
            suppliers, events = suppliers + 1, events + count
            found = [broken] if broken is not None else []
            for each in [*found, *altered_rows(supplier_id)]:
                bad.append(each)
                self.stderr.write(f"BROKEN {each}")
        if bad:
            raise CommandError(f"First changed event: {bad[0]}")
        self.stdout.write(f"{suppliers} chains, {events} events: whole")
