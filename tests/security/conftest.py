"""One person of each role, and something that belongs to two of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Listing, Reminder, Supplier
from procurement.models import GoodsAcceptance, Pledge, QuotaDeclaration, ShoppingList, UnitOrder
from procurement.operations.declarations import Declared, declare
from procurement.states import AcceptanceKind
from shop.accounts import roles
from shop.accounts.models import Address, Message, Organisation, User
from shop.accounts.operations import groups
from shop.accounts.operations.messages import tell
from shop.accounts.operations.tokens import issue_token
from shop.sales.models import AfterSale, Purchase
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from tests.catalog.listing import drafted, pomelo, sent
from tests.factories import make_address, make_certificate, make_listing, make_supplier, make_user, spec_of
from tests.livestream.rooms import make_room, make_session
from tests.procurement.offices import make_office, ordered
from tests.sales.offered import asked_to_fund
from tests.traceability.growing import GRAMS, finish, make_base, make_lot, paid_order, send

RECIPIENT = "+8613900000088"
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
ROLES = ("anonymous", "consumer", "seller_a", "seller_b", "unit_a", "unit_b", "reviewer", "staff")


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
    unit_order: UnitOrder
    declaration: QuotaDeclaration
    lot_id: int
    parcel_id: int
    listing_id: int
    proposal_id: int
    waiting_proposal_id: int
    token_id: int
    list_id: int
    certificate_number: str
    consent_id: int
    received: str
    browsers: dict[str, Client] = field(default_factory=dict)

    def keys(self, pattern: str) -> dict[str, object]:
        """Return real values for the places of a route: things of seller A's supplier, of its person, of its buyer."""
        order = self.purchase.orders.get()
        number = self.purchase.number if pattern.startswith("pay/") else order.order.number
        if pattern.startswith("account/orders/received/"):
            number = self.received
        if pattern.startswith("units/"):
            request = self.unit_order.request
            number = self.unit_order.order.order.number if "orders/" in pattern else request.number
        return {
            "number": number,
            "unit_id": self.unit_order.unit_id,
            "declaration_id": self.declaration.pk,
            "order_id": order.pk,
            "line_id": order.lines.get().pk,
            "case_id": self.case.pk,
            "reminder_id": self.reminder.pk,
            "specification_id": self.specification_id,
            "session_id": self.session_id,
            "lot_id": self.lot_id,
            "shipment_id": self.parcel_id,
            "listing_id": self.listing_id,
            "proposal_id": self.proposal_id,
            "consent_id": self.consent_id,
            "sequence": 1,
            "pk": self.list_id
            if "/list/" in pattern
            else self.message.pk
            if "messages" in pattern
            else self.token_id
            if "tokens" in pattern
            else self.address.pk,
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
    unit_order, declaration = _unit_of(people["unit_a"], listing)
    _unit_of(people["unit_b"], listing)
    User.objects.filter(pk=people["consumer"].pk).update(phone=RECIPIENT, phone_verified=True)
    purchase = _paid_purchase(people["consumer"], listing)
    line = purchase.orders.get().lines.get()
    lot_id, parcel_id = _sent_lot(supplier)
    built = World(
        people={role: User.objects.get(pk=person.pk) for role, person in people.items()},
        supplier_a=supplier,
        supplier_b=make_supplier("乙合作社", member=people["seller_b"]),
        address=address,
        message=Message.objects.get(user=owner),
        purchase=purchase,
        case=AfterSale.objects.create(
            line=line, kind="damaged", amount_fen=100, reason="压坏了", opened_at=AT, asked_at=AT
        ),
        reminder=Reminder.objects.create(user=owner, kind="stock", listing=listing, created_at=AT),
        specification_id=spec_of(listing).specification_id,
        session_id=make_session(make_room(supplier, host=owner), host=owner)[0].pk,
        unit_order=unit_order,
        declaration=declaration,
        lot_id=lot_id,
        parcel_id=parcel_id,
        listing_id=listing.pk,
        proposal_id=drafted(supplier, pomelo(name_zh="不给看的新品"), photos=0).pk,
        waiting_proposal_id=sent(supplier, pomelo(name_zh="不给看的新品"), key="waits").pk,
        token_id=issue_token(actor=owner, at=timezone.now(), label="不给看的令牌", scopes=None, days=1)[0].pk,
        consent_id=asked_to_fund(supplier).pk,
        certificate_number=make_certificate().number,
        list_id=ShoppingList.objects.create(
            request=unit_order.request,
            created_by=owner,
            created_at=AT,
            sheets=[{"name": "不给看的清单", "rows": [["编码", "数量"], ["LB-1", "3"]]}],
        ).pk,
        received=_received_order(people["consumer"], listing),
    )
    helped = Organisation.objects.create(kind=Organisation.Kind.BENEFICIARY, name_zh="山里小学")
    helped.memberships.create(user=owner, role="owner")
    Pledge.objects.create(
        beneficiary=helped, donor=people["consumer"], purchase=purchase, certificate_code="ZS26-A", created_at=AT
    )
    for role in ROLES:
        # Now, so that signing in is over when a test begins to look at what changes.
        built.browser(role)
    return built


def _unit_of(person: User, listing: Listing) -> tuple[UnitOrder, QuotaDeclaration]:
    """Give `person` a unit, and a seat in the one above it: an order of it, and a declaration that waits."""
    above = make_office(kind="supervising")
    office = make_office(above.unit, budget_fen=1_000_000)
    for unit, role in ((office.unit, "buyer"), (office.unit, "finance"), (above.unit, "member")):
        unit.organisation.memberships.create(user=person, role=role)
    (order,) = ordered(office, (listing, 1))
    facts = Declared(canteen="own", canteen_spend_fen=100, contact_name="李文静不给看", contact_phone="13800002046")
    declaration = declare(unit_id=office.unit.pk, year=2026, facts=facts, version=0, actor=office.buyer, at=AT)
    GoodsAcceptance.objects.create(order=order, unit=office.unit, kind=AcceptanceKind.BY_TIME, at=AT)
    return UnitOrder.objects.select_related("order__order", "request").get(pk=order.pk), declaration


def _sent_lot(supplier: Supplier) -> tuple[int, int]:
    """Return a lot of the supplier, and the parcel that it was sent in."""
    make_base(supplier)
    grown = make_listing(supplier=supplier, specs=({"stock": 9, "net_grams": GRAMS},))
    lot = make_lot(grown)
    finish(lot)
    return lot.pk, send(paid_order(grown)).pk


def _received_order(recipient: User, listing: Listing) -> str:
    """Return the number of an order that a guest had sent to the phone of `recipient`."""
    spec = spec_of(listing)
    purchase = place(
        actor=None,
        at=AT,
        lines=[PlaceLine(spec, 1, spec.price_fen)],
        buyer=Buyer(phone=RECIPIENT),
        ship_to=ShipTo("周小敏", RECIPIENT, "440106", "新港东路 77 号"),
        key="security: received",
    )
    return str(purchase.orders.get().order.number)


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
