"""What waits of an order is sent or cancelled, never both, and the money goes back for what was cancelled alone."""

from pathlib import Path

import pytest
from django.db import connection

from catalog.models import Stock
from shop.core import projections
from shop.sales.models import LineFacts, OrderFacts, Refund, Shipment
from shop.sales.states import Way
from tests.concurrency.races import race
from tests.factories import make_listing
from tests.sales.selling import lines_of, paid, ship

ORDERED, SHELF, FEN = 5, 20, 1000
# The rest of an order of which one piece was sent, or, by a code to the phone, all of one of which none was.
CANCELS = {"rest": (1, ""), "code": (0, Way.CODE.value)}


def _race(
    real_db: str, folder: Path, what: str, *, attempts: int, pieces: int, seen: int | None = None, lock: bool = True
) -> tuple[dict[str, int], LineFacts]:
    first, way = CANCELS[what]
    listing = make_listing(stock=SHELF, price_fen=FEN)
    order = paid((listing, ORDERED), token="t" * 43)
    (line,) = lines_of(order)
    if first:
        ship(order, {line.pk: first})
    connection.close()
    outcomes = race(
        "pack_or_cancel", database_url=real_db, folder=folder, attempts=attempts, lock=lock, meet="parcel",
        processes=2, order=order.pk, line=line.pk, pieces=pieces, seen=seen, way=way,
    )  # fmt: skip
    line.refresh_from_db()
    return dict(outcomes), line


@pytest.mark.parametrize("what", list(CANCELS))
def test_each_piece_is_sent_or_cancelled_and_never_both(real_db: str, tmp_path: Path, what: str) -> None:
    # Four send one piece each, four cancel: whoever cancels first ends it, with what was sent before.
    outcomes, line = _race(real_db, tmp_path / "on", what, attempts=8, pieces=1)
    first, _way = CANCELS[what]
    sent, cancelled = outcomes.pop("sent", 0), outcomes.pop("cancelled", 0)
    assert set(outcomes) <= {"refused wrong_state", "refused too_much"}
    assert (line.shipped, Shipment.objects.count()) == (first + sent, first + sent)
    if what == "code" and sent:
        # What is on its way is not cancelled by the phone as a whole: nothing went back.
        assert (line.cancelled, cancelled) == (0, 0)
    else:
        assert line.cancelled == (ORDERED - line.shipped if cancelled else 0)
    order = OrderFacts.objects.get()
    assert order.refunded_fen == sum(Refund.objects.values_list("amount_fen", flat=True)) == line.cancelled * FEN
    waits = ORDERED - line.shipped - line.cancelled
    assert list(Stock.objects.values_list("on_hand", "reserved")) == [(SHELF - line.shipped, waits)]
    assert [found for _name, found in projections.run_all() if found] == []


@pytest.mark.parametrize("what", list(CANCELS))
def test_with_the_lock_off_both_begin_and_one_breaks(real_db: str, tmp_path: Path, what: str) -> None:
    first, _way = CANCELS[what]
    outcomes, line = _race(real_db, tmp_path / "off", what, attempts=2, pieces=ORDERED - first, lock=False)
    # Both saw what waits, nobody was refused. Only a CHECK of the database, or a deadlock, keeps a piece from being sent
    # and cancelled; without transactions (SQLite) each may break at what the other wrote.
    broken = [name for name in outcomes if name.startswith("BROKEN")]
    refused = [name for name in outcomes if name.startswith("refused")]
    assert (bool(broken), refused, sum(outcomes.values())) == (True, [], 2), outcomes
    assert line.shipped + line.cancelled <= ORDERED
