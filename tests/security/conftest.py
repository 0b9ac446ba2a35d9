"""One person of each role, and something that belongs to two of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.test import Client

from catalog.models import Supplier
from shop.accounts import roles
from shop.accounts.models import Address, Message, User
from shop.accounts.operations import groups
from shop.accounts.operations.messages import tell
from tests.factories import make_address, make_supplier, make_user

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
    browsers: dict[str, Client] = field(default_factory=dict)

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
    return World(
        people={role: User.objects.get(pk=person.pk) for role, person in people.items()},
        supplier_a=make_supplier("甲合作社", member=people["seller_a"]),
        supplier_b=make_supplier("乙合作社", member=people["seller_b"]),
        address=make_address(owner),
        message=Message.objects.get(user=owner),
    )
