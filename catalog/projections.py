"""What `manage.py check_ledger` checks of stock."""

from collections.abc import Iterator

from django.db.models import F

from catalog.models import Stock, StockChange
from shop.core.projections import Mismatch, check


@check("pieces of each pool are what its changes say")
def _pieces() -> Iterator[Mismatch]:
    on_hand = {(record, pool): pieces for record, pool, pieces in _pools()}
    last: dict[tuple[int, str], int] = {}
    rows = StockChange.objects.order_by("pk").values_list("stockrecord_id", "pool", "before", "after")
    for record, pool, before, after in rows.iterator():
        known = last.get((record, pool))
        if known is not None and known != before:
            yield Mismatch(f"changes of stock record {record}/{pool}", before, known)
        last[record, pool] = after
    for (record, pool), after in sorted(last.items()):
        if on_hand.get((record, pool), 0) != after:
            yield Mismatch(f"stock record {record}/{pool}", on_hand.get((record, pool), 0), after)


def _pools() -> Iterator[tuple[int, str, int]]:
    stands = F("on_hand") - F("owed")
    yield from Stock.objects.order_by("pk").values_list("stockrecord_id", "pool", stands).iterator()


@check("what is owed to orders waits in them, and no more")
def _owed() -> Iterator[Mismatch]:
    rows = Stock.objects.filter(owed__gt=F("reserved")).order_by("pk")
    for record, pool, owed, reserved in rows.values_list("stockrecord_id", "pool", "owed", "reserved"):
        yield Mismatch(f"owed of stock record {record}/{pool}", reserved, owed)
