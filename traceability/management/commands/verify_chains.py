"""Whether every supplier's chain of events is whole."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from traceability.queries.verifying import Broken, changed_tests, verify_all


class Command(BaseCommand):
    """`manage.py verify_chains`: exit 0 with totals, or exit 1 naming the first event that was changed."""

    help = "Verify the chains of trace events, supplier by supplier."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify every chain; say totals, or name the first changed event of each."""
        suppliers = events = 0
        bad: list[Broken] = []
        for _supplier, count, broken in verify_all():
            suppliers, events = suppliers + 1, events + count
            if broken is not None:
                bad.append(broken)
                self.stderr.write(f"BROKEN {broken}")
        if not bad:
            for test in changed_tests():
                bad.append(Broken(test.event.supplier_id, test.event.seq, f"test {test.pk} differs from it"))
                self.stderr.write(f"BROKEN {bad[-1]}")
        if bad:
            raise CommandError(f"First changed event: {bad[0]}")
        self.stdout.write(f"{suppliers} chains, {events} events: whole")
