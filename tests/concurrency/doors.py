"""The four doors to one stock: shop, unit, gift and live drop; how they are set up, and one attempt at one of them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Sum

from catalog.models import Certificate, Stock
from catalog.queries import SpecForSale
from procurement.operations.ordering import order_request
from procurement.operations.pledging import Asked, give, publish_need
from shop.accounts.models import User
from shop.core import ledger
from shop.sales.models import LineFacts
from tests.concurrency.buying import buy_one, dropped
from tests.concurrency.races import race
from tests.factories import AT, make_certificate, make_division, make_listing, make_user, spec_of
from tests.livestream.rooms import drop_of, make_room, make_session, put
from tests.procurement.offices import approved, join, make_office, make_organisation

DOORS = ("shop", "unit", "gift", "drop")


@dataclass
class Outcome:
    """What a race at the doors came to: outcomes, pieces by door, what the pools and the certificate say."""

    outcomes: dict[str, int]
    sold: dict[str, int]
    on_hand: int
    reserved: int
    drawn: int

    @property
    def pieces(self) -> int:
        """All that was sold."""
        return sum(self.sold.values())

    @property
    def broken(self) -> list[str]:
        """What went wrong in a way nobody should meet: deadlocks, errors without a code."""
        return [name for name in self.outcomes if name.startswith("BROKEN")]


def race_at_doors(
    real_db: str, folder: Path, *, attempts: int, pieces: int, certified: int, dropped: int, **how: Any
) -> Outcome:
    """Let `attempts` buyers come to the four doors in turn for `pieces`, of which `certified` may be sold; `how` goes to `race`."""
    make_division()
    host = make_user()
    session, host = make_session(make_room(host=host, slug=f"doors-{folder.name}"), host=host)
    listing = make_listing(supplier=session.room.supplier, stock=pieces, price_fen=3_000)
    spec = spec_of(listing)
    certificate = make_certificate(listing, yearly_output_grams=spec.net_grams * certified)
    drop = drop_of(session, put(session, listing, host), host, pieces=dropped, price_fen=2_980)
    each = attempts // len(DOORS)
    office = make_office(budget_fen=each * 100_000)
    helped = make_organisation("beneficiary", "山里小学")
    asked = Asked(
        title_zh="早餐", text_zh="山里的学校", until=AT.date().replace(month=12, day=31), ship_name="总务处",
        ship_phone="+8613800002046", division_code="440106", street="红星路 3 号",
        lines={spec.specification_id: attempts},
    )  # fmt: skip
    need = publish_need(beneficiary=helped, asked=asked, actor=join(helped, "owner"), at=AT, slug=f"need-{listing.pk}")
    donor = join(make_organisation("company", "启明灯具"), "buyer")
    before = LineFacts.objects.count()
    facts = {
        "specification": spec.specification_id,
        "drop": drop.pk,
        "requests": [approved(office, (listing, 1)).pk for _ in range(each)],
        "buyer": office.buyer.pk,
        "need": need.pk,
        "donor": donor.pk,
        "at": AT.isoformat(),
    }
    connection.close()
    outcomes = race(
        "door", database_url=real_db, folder=folder, attempts=attempts, meet=f"stock:{spec.stock_id}", **how, **facts
    )
    assert LineFacts.objects.count() - before == outcomes.get("placed", 0)
    return _added_up(outcomes, spec, certificate)


def _added_up(outcomes: dict[str, int], spec: SpecForSale, certificate: Certificate) -> Outcome:
    sold = dict.fromkeys(DOORS, 0)
    kinds = {"unit": "unit", "pledge": "gift"}
    lines = LineFacts.objects.filter(listing_id=spec.listing_id)
    for kind, source, count in lines.values_list("order__purchase__attribution_kind", "price_source", "ordered"):
        sold["drop" if source.startswith("drop:") else kinds.get(kind, "shop")] += count
    pools = Stock.objects.filter(stockrecord__specification=spec.specification_id)
    sums = pools.aggregate(on_hand=Sum("on_hand"), reserved=Sum("reserved"))
    drawn = ledger.balance(f"certificate:{certificate.pk}:{AT.year}:drawn")
    return Outcome(outcomes, sold, sums["on_hand"], sums["reserved"], drawn)


def come(job: dict[str, Any], number: int) -> str:
    """Buy one piece at the door of this number."""
    at = datetime.fromisoformat(job["at"])
    door = DOORS[number % len(DOORS)]
    if door == "unit":
        order_request(request_id=job["requests"][number // len(DOORS)], actor=User.objects.get(pk=job["buyer"]), at=at)
        return "placed"
    if door == "gift":
        donor = User.objects.get(pk=job["donor"])
        give(need_id=job["need"], pieces={job["specification"]: 1}, donor=donor, key=str(number), at=at)
        return "placed"
    return buy_one(job, number, dropped(job["drop"], at) if door == "drop" else None, at)
