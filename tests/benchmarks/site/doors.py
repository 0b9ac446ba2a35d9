"""Prints, as JSON, what an order costs through each door: seconds of each one (committed), and its queries.

A door is what its user calls: the shopper's checkout (prices, offers, freight, placing), the order of an approved
request, a gift, the checkout of a live drop. They sell the same goods, in turn, so that a noisy second hits each.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connection  # noqa: E402  # reason: after setup
from django.test.utils import CaptureQueriesContext  # noqa: E402  # reason: after setup
from django.utils import timezone  # noqa: E402  # reason: after setup

from catalog.models import Specification  # noqa: E402  # reason: after setup
from livestream.models import LiveRoom  # noqa: E402  # reason: after setup
from livestream.operations import drops, planning, sessions, tray  # noqa: E402  # reason: after setup
from procurement.models import PurchaseRequest  # noqa: E402  # reason: after setup
from procurement.operations import pledging, requests  # noqa: E402  # reason: after setup
from procurement.operations.deciding import decide_request  # noqa: E402  # reason: after setup
from procurement.operations.ordering import order_request  # noqa: E402  # reason: after setup
from procurement.operations.units import grant_budget, register_unit  # noqa: E402  # reason: after setup
from procurement.states import Fund  # noqa: E402  # reason: after setup
from shop.accounts.models import Membership, Organisation, User  # noqa: E402  # reason: after setup
from shop.demo.loading.people import DOMAIN  # noqa: E402  # reason: after setup
from shop.sales.deal import Buyer, Invoice, ShipTo  # noqa: E402  # reason: after setup
from shop.sales.operations.baskets import add, open_basket  # noqa: E402  # reason: after setup
from shop.sales.operations.checkout import check_out  # noqa: E402  # reason: after setup
from shop.sales.queries.checkout import checkout_page  # noqa: E402  # reason: after setup
from shop.sales.states import Terms  # noqa: E402  # reason: after setup

DIVISION, PHONE, STREET = "440106", "+8613800002046", "龙口西路 8 号"
Order = Callable[[], object]
Door = Callable[[int], Order]


def newcomer(organisation: Organisation | None = None, role: str = "") -> User:
    """Return somebody new, with a role in an organisation when asked for."""
    user = User.objects.create_user(f"{uuid4().hex}@example.com", name="周敏", phone=None)
    if organisation is not None:
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


class Doors:
    """The doors to three specifications; each makes ready the order of a round and returns what places it."""

    def __init__(self, specs: list[int], at: datetime) -> None:
        self.specs, self.at = specs, at
        self.shopper = newcomer()
        self.donor = newcomer()
        self._open_unit()
        self._publish_need()

    def _open_unit(self) -> None:
        organisation = Organisation.objects.create(kind="budget_unit", name_zh=f"测速单位 {uuid4().hex[:6]}")
        self.buyer, self.approver, payer = (newcomer(organisation, role) for role in ("buyer", "approver", "finance"))
        facts = {"ship_name": "周敏", "ship_phone": PHONE, "ship_division_id": DIVISION, "ship_street": STREET}
        self.unit = register_unit(
            organisation=organisation, region_code=DIVISION, actor=None, at=self.at, facts={**facts, "approvals": 1}
        )
        grant_budget(
            unit_id=self.unit.pk,
            year=self.at.year,
            fen=10**11,
            key="bench",
            reason="年度预算批复",
            actor=payer,
            at=self.at,
        )

    def _publish_need(self) -> None:
        organisation = Organisation.objects.create(kind="beneficiary", name_zh=f"测速小学 {uuid4().hex[:6]}")
        asked = pledging.Asked(
            title_zh="早餐",
            text_zh="山里的学校",
            until=(self.at + timedelta(days=9)).date(),
            lines=dict.fromkeys(self.specs, 9_999),
            ship_name="总务处",
            ship_phone=PHONE,
            division_code=DIVISION,
            street="红星路 3 号",
        )
        actor = newcomer(organisation, "owner")
        self.need = pledging.publish_need(
            beneficiary=organisation, asked=asked, actor=actor, at=self.at, slug=uuid4().hex[:12]
        )

    def open_drop(self) -> None:
        """Start a flash sale of the first specification in the platform's room."""
        self.host = User.objects.get(email=f"campaign_staff@{DOMAIN}")
        room = LiveRoom.objects.filter(supplier=None).order_by("pk")[0]
        session = planning.plan_session(room=room, title=("测速", ""), planned_at=self.at, actor=self.host, at=self.at)
        sessions.start_session(**self._live(session))
        spec = Specification.objects.get(pk=self.specs[0])
        item = tray.add_item(listing_id=spec.listing_id, **self._live(session))
        self.drop = drops.start_drop(
            item_id=item.pk,
            specification_id=spec.pk,
            price_fen=spec.price_fen,
            pieces=2_000,
            lasts=timedelta(hours=1),
            **self._live(session),
        )
        self.session = session

    def close_drop(self) -> None:
        """End the session, and with it the sale."""
        sessions.end_session(**self._live(self.session))

    def _live(self, session: Any) -> dict[str, Any]:
        session.refresh_from_db()
        return {"session_id": session.pk, "version": session.version, "actor": self.host, "at": self.at}

    def shop(self, number: int) -> Order:
        """A shopper's checkout of three lines."""
        basket = open_basket(user=self.shopper)
        for spec in self.specs:
            add(basket=basket, specification_id=spec, quantity=1, at=self.at)
        return lambda: self._check_out(basket_id=basket.pk)

    def one(self, number: int) -> Order:
        """A shopper's checkout of one line, bought at once."""
        return lambda: self._check_out(buy=(self.specs[0], 1))

    def dropped(self, number: int) -> Order:
        """A shopper's checkout of one piece of the drop."""
        return lambda: self._check_out(buy=(self.specs[0], 1), deal=f"drop:{self.drop.pk}")

    def _check_out(self, **what: Any) -> object:
        page = checkout_page(at=self.at, user=self.shopper, destination=DIVISION, **what)
        return check_out(
            page=page,
            buyer=Buyer(self.shopper, PHONE, ""),
            ship_to=ShipTo("周敏", PHONE, DIVISION, STREET),
            key=f"bench:{uuid4().hex}",
            shown_fen=page.quote.total_fen,
            notes={},
            invoice=Invoice(),
            at=self.at,
        )

    def gift(self, number: int) -> Order:
        """A gift of three goods."""
        pieces = dict.fromkeys(self.specs, 1)
        key = uuid4().hex
        return lambda: pledging.give(need_id=self.need.pk, pieces=pieces, donor=self.donor, key=key, at=self.at)

    def prepaid(self, number: int) -> Order:
        """The order of an approved request, to be paid first."""
        request = self._approved(Terms.PREPAID)
        return lambda: order_request(request_id=request.pk, actor=self.buyer, at=self.at)

    def postpaid(self, number: int) -> Order:
        """The order of an approved request, to be paid after acceptance."""
        request = self._approved(Terms.POSTPAID)
        return lambda: order_request(request_id=request.pk, actor=self.buyer, at=self.at)

    def _approved(self, terms: str) -> PurchaseRequest:
        by: dict[str, Any] = {"actor": self.buyer, "at": self.at}
        request = requests.start_request(unit_id=self.unit.pk, **by)
        requests.put_lines(request_id=request.pk, pieces=dict.fromkeys(self.specs, 1), **by)
        request = requests.set_facts(request_id=request.pk, fund=Fund.CANTEEN, terms=terms, note="", **by)
        request = requests.submit_request(request_id=request.pk, version=request.version, **by)
        return decide_request(
            request_id=request.pk, version=request.version, approve=True, actor=self.approver, at=self.at
        )


def measured(order: Order) -> tuple[float, float]:
    """Place an order; return how long it took and how much of this process's time, in seconds."""
    begun, used = time.perf_counter(), time.process_time()
    order()
    return time.perf_counter() - begun, time.process_time() - used


def main(rounds: int, specs: list[int]) -> dict[str, Any]:
    """Let every door sell once a round; the first rounds warm what is prepared."""
    at = timezone.now()
    doors = Doors(specs, at)
    doors.open_drop()
    try:
        names: dict[str, Door] = {
            name: getattr(doors, name) for name in ("shop", "one", "dropped", "gift", "prepaid", "postpaid")
        }
        found: dict[str, Any] = {name: {"seconds": [], "cpu": [], "queries": 0} for name in names}
        for number in range(rounds + 3):
            for name, door in names.items():
                order = door(number)
                if number == 2:
                    with CaptureQueriesContext(connection) as asked:
                        order()
                    found[name]["queries"] = len(asked)
                    if os.environ.get("SAY"):
                        print(name, *(f"{q['time']} {q['sql'][:170]}" for q in asked), sep="\n   ", file=sys.stderr)
                    continue
                seconds, cpu = measured(order)
                if number > 2:
                    found[name]["seconds"].append(seconds)
                    found[name]["cpu"].append(cpu)
    finally:
        doors.close_drop()
    return found


print(json.dumps(main(int(sys.argv[1]), [int(text) for text in sys.argv[2:]])))
