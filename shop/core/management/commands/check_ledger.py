"""Whether the books balance."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.core import projections


class Command(BaseCommand):
    """`manage.py check_ledger`: exit 0 and the totals, or exit 1 and the first bad row."""

    help = "Check that every ledger balances and every stored figure equals its entries."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every check; say the totals, or name the first bad row."""
        bad = []
        for name, found in projections.run_all():
            self.stdout.write(f"{'ok ' if not found else 'BAD'} {name}")
            bad += found
        for asset, (count, total) in sorted(projections.totals().items()):
            self.stdout.write(f"{asset}: {count} transfers, {total} moved, debits = credits")
        if bad:
            for mismatch in bad:
                self.stderr.write(str(mismatch))
            raise CommandError(f"First bad row: {bad[0]}")
