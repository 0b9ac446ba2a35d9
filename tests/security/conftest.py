"""One person of each role, and something that belongs to two of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.test import Client

from catalog.models import Listing, Reminder, Supplier
from shop.accounts import roles
from shop.accounts.models import Address, Message, User
from shop.accounts.operations import groups
from shop.accounts.operations.messages import tell
from shop.sales.models import AfterSale, Purchase
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from tests.factories import make_address, make_listing, make_supplier, make_user, spec_of
from tests.livestream.rooms import make_room, make_session

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
ROLES = ("anonymous", "consumer", "seller_a", "seller_b", "reviewer", "staff")


@dataclass
class World:
    """Who is there, and what belongs to whom."""

    people: dict[str, User]
    supplier_a: Supplier
    supplier_b: Supplier
    address: Address
    message: Message
    purchase: Purchase
    case: AfterSale
    reminder: Reminder
    specification_id: int
    session_id: int
    browsers: dict[str, Client] = field(default_factory=dict)

    def keys(self, pattern: str) -> dict[str, object]:
        """Return real values for the places of a route: things of seller A's supplier, of its person, of its buyer."""
        order = self.purchase.orders.get()
        return {
            "number": self.purchase.number if pattern.startswith("pay/") else order.order.number,
            "line_id": order.lines.get().pk,
            "case_id": self.case.pk,
            "reminder_id": self.reminder.pk,
            "specification_id": self.specification_id,
            "session_id": self.session_id,
            "pk": self.message.pk if "messages" in pattern else self.address.pk,
        }

    def browser(self, role: str) -> Client:
        """Return a signed-in browser of the role, the same one each time."""
        if role not in self.browsers:
            client = Client(raise_request_exception=False)
            if role != "anonymous":
                client.force_login(self.people[role], backend="django.contrib.auth.backends.ModelBackend")
            self.browsers[role] = client
        return self.browsers[role]


@pytest.fixture
def world(db: None) -> World:
    """Everyone, with two suppliers; the seller of A owns an address and a message."""
    people = {role: make_user(f"{role.replace('_', '-')}@example.cn", name=role) for role in ROLES[1:]}
    groups.give_role(user=people["reviewer"], role=roles.PLATFORM_REVIEWER, actor=None, at=AT)
    groups.give_role(user=people["staff"], role=roles.PLATFORM_ADMIN, actor=None, at=AT)
    User.objects.filter(pk=people["staff"].pk).update(is_superuser=True)
    for seller in ("seller_a", "seller_b"):
        groups.give_role(user=people[seller], role=roles.COOPERATIVE, actor=None, at=AT)
    owner = people["seller_a"]
    tell(
        user_id=owner.pk,
        kind="accounts.phone_changed",
        params={"shown": "138****2046"},
        url="/account/security/",
        key="a",
        at=AT,
    )
    supplier = make_supplier("甲合作社", member=owner)
    listing = make_listing(supplier=supplier)
    address = make_address(owner)
    purchase = _paid_purchase(people["consumer"], listing)
    line = purchase.orders.get().lines.get()
    built = World(
        people={role: User.objects.get(pk=person.pk) for role, person in people.items()},
        supplier_a=supplier,
        supplier_b=make_supplier("乙合作社", member=people["seller_b"]),
        address=address,
        message=Message.objects.get(user=owner),
        purchase=purchase,
        case=AfterSale.objects.create(line=line, kind="damaged", amount_fen=100, reason="压坏了", opened_at=AT),
        reminder=Reminder.objects.create(user=owner, kind="stock", listing=listing, created_at=AT),
        specification_id=spec_of(listing).specification_id,
        session_id=make_session(make_room(supplier, host=owner), host=owner)[0].pk,
    )
    for role in ROLES:
        # Now, so that signing in is over when a test begins to look at what changes.
        built.browser(role)
    return built


def _paid_purchase(buyer: User, listing: Listing) -> Purchase:
    spec = spec_of(listing)
    purchase = place(
        actor=buyer,
        at=AT,
        lines=[PlaceLine(spec, 2, spec.price_fen)],
        buyer=Buyer(user=buyer, phone="+8613800002046"),
        ship_to=ShipTo("周小敏", "+8613800002046", "440106", "新港东路 77 号"),
        key="security",
    )
    payment, _ = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    purchase.refresh_from_db()
    return purchase
