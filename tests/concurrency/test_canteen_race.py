"""Deliveries accepted while the canteen becomes shared: all of it fills the quota of who declares, to the 分."""

from pathlib import Path

from django.db import connection

from procurement.models import UnitOrder
from shop.core import ledger, projections
from tests.concurrency.races import race
from tests.factories import make_listing
from tests.procurement.offices import YEAR, declared, make_office, ordered, shares
from tests.sales.selling import ship

PIECES, PRICE_FEN = 4, 10_000
Quota = dict[str, int]


def _race(
    real_db: str, folder: Path, *, orders: int, refused: int, lock: bool = True
) -> tuple[dict[str, int], Quota, Quota]:
    """Return the outcomes, and the quota of the unit that bought and of the one that declares for it."""
    above = make_office(kind="supervising")
    host, guest = make_office(above.unit), make_office(above.unit, budget_fen=10_000_000)
    declared(host, 14_000_000, by=above.approver)
    listing = make_listing(stock=200, price_fen=PRICE_FEN)
    sent = [ship(ordered(guest, (listing, PIECES))[0], number=f"SF{n:013d}") for n in range(orders)]
    waiting = shares(guest, host)
    connection.close()
    outcomes = race(
        "accept_or_confirm", database_url=real_db, folder=folder, attempts=1 + orders, lock=lock, meet="delivery",
        size=1 + orders, processes=2, declaration=waiting.pk, above=above.approver.pk, buyer=guest.buyer.pk,
        orders=[order.pk for order in sent], refused=refused,
    )  # fmt: skip
    assert set(UnitOrder.objects.values_list("counts_for_id", flat=True)) == {host.unit.pk}
    return dict(outcomes), _quota(guest.unit.pk), _quota(host.unit.pk)


def _quota(unit_id: int) -> Quota:
    sides = ("committed", "fulfilled", "reversed")
    return {side: ledger.balance(f"quota:{unit_id}:{YEAR}:canteen:{side}") for side in sides}


def test_what_is_accepted_while_the_canteen_becomes_shared_counts_where_it_is_declared(
    real_db: str, tmp_path: Path
) -> None:
    orders, refused = 8, 1
    outcomes, guest, host = _race(real_db, tmp_path / "on", orders=orders, refused=refused)
    assert outcomes == {"confirmed": 1, "accepted": orders}
    assert guest == {"committed": 0, "fulfilled": 0, "reversed": 0}
    assert host == {
        "committed": 0,
        "fulfilled": orders * (PIECES - refused) * PRICE_FEN,
        "reversed": orders * refused * PRICE_FEN,
    }
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_a_delivery_fills_the_quota_of_a_unit_that_owes_nothing(real_db: str, tmp_path: Path) -> None:
    outcomes, guest, host = _race(real_db, tmp_path / "off", orders=1, refused=0, lock=False)
    assert outcomes == {"confirmed": 1, "accepted": 1}
    assert (guest["fulfilled"], host["fulfilled"]) == (PIECES * PRICE_FEN, 0)
    assert [found for _name, found in projections.run_all() if found] != []
