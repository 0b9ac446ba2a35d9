"""Checks that stored figures equal what they are made of. Packages register theirs; `manage.py check_ledger` runs all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum

from shop.core.models import Account, Transfer


@dataclass(frozen=True)
class Mismatch:
    """A stored figure that is not the sum of its entries."""

    what: str
    stored: int
    counted: int

    def __str__(self) -> str:
        return f"{self.what}: stored {self.stored}, its entries say {self.counted}"


Check = Callable[[], Iterator[Mismatch]]
AT_ONCE = 2000
_checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register the decorated function as a check; it yields mismatches, the first bad row first."""

    def add(function: Check) -> Check:
        _checks[name] = function
        return function

    return add


def run_all() -> Iterator[tuple[str, list[Mismatch]]]:
    """Yield each check's name with the mismatches it found (at most 20)."""
    for name, function in _checks.items():
        found = []
        for mismatch in function():
            found.append(mismatch)
            if len(found) == 20:
                break
        yield name, found


@check("transfers move between accounts of one asset")
def _assets() -> Iterator[Mismatch]:
    for transfer in Transfer.objects.exclude(debit__asset=F("credit__asset")).order_by("pk")[:20]:
        yield Mismatch(f"transfer {transfer.pk} ({transfer.key}) between different assets", transfer.amount, 0)


@check("reversals are of the same amount, the other way round")
def _reversals() -> Iterator[Mismatch]:
    rows = Transfer.objects.filter(reverses__isnull=False).select_related("reverses").order_by("pk")
    for transfer in rows.iterator():
        original = transfer.reverses
        if original is None:
            continue
        opposite = (original.credit_id, original.debit_id) == (transfer.debit_id, transfer.credit_id)
        if transfer.amount != original.amount or not opposite:
            yield Mismatch(f"transfer {transfer.pk} reverses {original.pk}", transfer.amount, original.amount)


@check("stored balances equal their transfers, and never went below zero")
def _balances() -> Iterator[Mismatch]:
    guarded = {pk: (name, stored) for pk, name, stored in _guarded().values_list("pk", "name", "balance")}
    running = dict.fromkeys(guarded, 0)
    below: set[int] = set()
    # All transfers once, in their order: a question for each account would be as many as there are units and certificates.
    rows = Transfer.objects.filter(Q(debit__guarded=True) | Q(credit__guarded=True)).order_by("pk")
    for pk, debit, credit, amount in rows.values_list("pk", "debit_id", "credit_id", "amount").iterator(AT_ONCE):
        for account, change in ((debit, -amount), (credit, amount)):
            if account not in running:
                continue
            running[account] += change
            if running[account] < 0 and account not in below:
                below.add(account)
                yield Mismatch(f"account {guarded[account][0]} after transfer {pk}", 0, running[account])
    for account, (name, stored) in guarded.items():
        if running[account] != stored:
            yield Mismatch(f"account {name}", stored, running[account])


def _guarded() -> QuerySet[Account]:
    return Account.objects.filter(guarded=True).order_by("pk")


def totals() -> dict[str, tuple[int, int]]:
    """Return transfers and moved amount by asset; debits equal credits since each transfer is both."""
    rows = Transfer.objects.values_list("debit__asset").annotate(total=Sum("amount"))
    return {asset: (Transfer.objects.filter(debit__asset=asset).count(), total) for asset, total in rows}
