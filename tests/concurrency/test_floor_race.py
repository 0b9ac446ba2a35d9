"""A supplier raises its lowest live price while others start a flash sale below it: none starts once it was raised."""

from pathlib import Path

from django.db import connection

from shop.core.models import AuditEntry
from tests.concurrency.races import race
from tests.factories import make_listing, make_user
from tests.livestream.rooms import allow_live, make_room, make_session, make_staff, put

PRICE = 2980


def _race(real_db: str, folder: Path, *, hosts: int, lock: bool = True) -> tuple[dict[str, int], list[str]]:
    """Return outcomes, and what was written into the audit trail, in its order."""
    owner, staff = make_user(), make_staff()
    room = make_room(host=owner)
    session, _host = make_session(room, host=staff)
    item = put(session, make_listing(supplier=room.supplier, price_fen=3280, stock=50), staff)
    allow_live(item.listing, PRICE)
    connection.close()
    before = AuditEntry.objects.count()
    outcomes = race(
        "floor", database_url=real_db, folder=folder, attempts=1 + hosts, lock=lock, meet="floor", processes=2,
        session=session.pk, version=session.version, item=item.pk, specification=item.listing.specifications.get().pk,
        price=PRICE, host=staff.pk, owner=owner.pk, supplier=item.listing.supplier_id,
    )  # fmt: skip
    return dict(outcomes), list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)[before:])


def test_no_drop_starts_below_a_floor_that_was_raised(real_db: str, tmp_path: Path) -> None:
    outcomes, written = _race(real_db, tmp_path / "on", hosts=5)
    assert outcomes.pop("raised") == 1
    started = outcomes.pop("started", 0)
    assert sum(outcomes.values()) == 5 - started
    assert set(outcomes) <= {"refused below_live_floor", "refused changed_meanwhile"}
    assert written == [*["drop_started"] * started, "live_floor_set"]


def test_with_the_lock_off_one_starts_after_it_was_raised(real_db: str, tmp_path: Path) -> None:
    outcomes, written = _race(real_db, tmp_path / "off", hosts=1, lock=False)
    assert outcomes == {"raised": 1, "started": 1}
    assert written == ["live_floor_set", "drop_started"]
