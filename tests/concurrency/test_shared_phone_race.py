"""One account at several tabs, at once: a limit, a drop's limit, a coupon for once each hold."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from oscar.apps.voucher.models import Voucher

from catalog.models import Listing
from shop.sales.models import Purchase
from tests.concurrency.races import race
from tests.factories import AT, make_division, make_listing, make_user, spec_of
from tests.livestream.rooms import drop_of, make_room, make_session, put
from tests.sales.offered import make_coupon, make_offer

PHONE, ATTEMPTS = "+8613800002046", 16
# Who looks after the first one has it reads that it was used; who looked before, that it is gone.
REFUSALS = {"limit": ["over_limit"], "drop": ["over_limit"], "coupon": ["coupon_gone", "coupon_used"]}
MEETINGS = {"limit": "limit", "drop": "limit", "coupon": "once"}


def _race(real_db: str, folder: Path, what: str, *, lock: bool) -> tuple[dict[str, int], int]:
    make_division()
    facts: dict[str, Any] = {"phone": PHONE, "user": make_user(phone=PHONE, phone_verified=True).pk}
    if what == "drop":
        host = make_user()
        session, host = make_session(make_room(host=host, slug=f"phone-{folder.name}"), host=host)
        listing = make_listing(supplier=session.room.supplier, stock=200, price_fen=3_000)
        drop = drop_of(session, put(session, listing, host), host, pieces=100, price_fen=2_980, per_buyer=1)
        facts["drop"] = drop.pk
    else:
        # A coupon is used on goods of its own each time: else the buyers would wait for each other at one stock row.
        listings = [make_listing(stock=200) for _n in range(1 if what == "limit" else ATTEMPTS)]
        facts["specifications"] = [spec_of(listing).specification_id for listing in listings]
        if what == "limit":
            Listing.objects.filter(pk=listings[0].pk).update(purchase_limit=1)
        else:
            facts["coupon"] = f"ONCE-{folder.name.upper()}"
            make_coupon(facts["coupon"], make_offer(), usage=Voucher.ONCE_PER_CUSTOMER, end_datetime=AT + timedelta(9))
    connection.close()
    outcomes = race(
        "share_phone", database_url=real_db, folder=folder, attempts=ATTEMPTS, lock=lock, meet=MEETINGS[what], **facts
    )
    return dict(outcomes), Purchase.objects.count()


@pytest.mark.parametrize("what", list(REFUSALS))
def test_who_proved_the_phone_has_it_once(real_db: str, tmp_path: Path, what: str) -> None:
    outcomes, placed = _race(real_db, tmp_path / "on", what, lock=True)
    refused = sum(outcomes.get(f"refused {code}", 0) for code in REFUSALS[what])
    assert (outcomes["placed"], refused, placed) == (1, ATTEMPTS - 1, 1)


@pytest.mark.parametrize("what", list(REFUSALS))
def test_with_the_lock_off_it_is_had_more_than_once(real_db: str, tmp_path: Path, what: str) -> None:
    outcomes, placed = _race(real_db, tmp_path / "off", what, lock=False)
    assert placed == outcomes["placed"] > 1, outcomes
