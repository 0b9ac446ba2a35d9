"""Every route of the URLconf × every role × every method, and two tenants."""

import pytest
from django.http import HttpResponse

from shop.core.post_only import page_above

from .conftest import ROLES, World
from .routes import Route, Rule, all_routes, every_route
from .snapshots import tables

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REFUSED = {401, 403, 404, 405}
OFFICE = ("cms/", "admin/")


def ask(world: World, role: str, method: str, address: str) -> HttpResponse:
    return world.browser(role).generic(method, address, data=b"", content_type="application/x-www-form-urlencoded")


def is_sent_to_the_door(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and "/login/" in answer.headers["Location"]


def is_led_above(answer: HttpResponse, address: str) -> bool:
    """What only takes a form leads to the page above it, which has a door of its own and is tested for itself."""
    return answer.status_code == 302 and answer.headers["Location"] == page_above(address) != address


def got_in(answer: HttpResponse, address: str) -> bool:
    return answer.status_code not in REFUSED and not is_sent_to_the_door(answer) and not is_led_above(answer, address)


def test_every_route_is_listed() -> None:
    """A route in an open area must be listed in tests/security/routes.py with who it is for."""
    assert [route.pattern for route in every_route() if route.rule is None] == []


def storefront() -> list[Route]:
    return [route for route in all_routes() if not route.pattern.startswith(OFFICE)]


def test_no_method_of_any_role_breaks_a_page(world: World) -> None:
    broken = []
    for route in storefront():
        for role in ROLES:
            for method in METHODS:
                status = ask(world, role, method, route.address()).status_code
                if status >= 500 and not (route.pattern == "readyz" and status == 503):
                    broken.append((method, route.pattern, role, status))
    assert broken == []


def test_private_areas_let_no_stranger_in(world: World) -> None:
    closed: dict[Rule, set[str]] = {
        Rule.OWN: {"anonymous"},
        Rule.SELLER: {"anonymous", "consumer", "reviewer"},
        Rule.UNIT: {"anonymous", "consumer", "seller_a", "reviewer"},
        Rule.REVIEW: {"anonymous", "consumer", "seller_a", "seller_b"},
        Rule.REPORT: {"anonymous", "consumer", "unit_a", "unit_b"},
        Rule.STAFF: {"anonymous", "consumer", "seller_a", "reviewer"},
    }
    inside = []
    for route in all_routes():
        strangers = closed.get(route.rule, set())
        methods = ("GET", "POST") if route.pattern.startswith(OFFICE) else METHODS[:-1]
        for role in sorted(strangers):
            for method in methods:
                answer = ask(world, role, method, route.address())
                if got_in(answer, route.address()):
                    inside.append((method, route.pattern, role, answer.status_code))
    assert inside == [], "\n".join(map(str, inside))


def test_who_belongs_there_is_let_in(world: World) -> None:
    doors = {"/account/": ROLES[1:], "/account/addresses/": ROLES[1:], "/account/messages/": ROLES[1:]}
    for address, roles in doors.items():
        for role in roles:
            assert ask(world, role, "GET", address).status_code == 200, (address, role)
    assert ask(world, "staff", "GET", "/admin/").status_code == 200
    assert ask(world, "staff", "GET", "/cms/").status_code == 200


OWNER = {Rule.OWN: "seller_a", Rule.SELLER: "seller_a", Rule.BUYER: "consumer", Rule.UNIT: "unit_a"}
SECRETS = ("龙口西路 8 号 1202", "新港东路 77 号", "压坏了", "李文静不给看")


def keyed() -> list[Route]:
    return [route for route in storefront() if "<" in route.pattern and route.rule in OWNER]


def test_anothers_things_can_be_neither_seen_nor_changed(world: World) -> None:
    """Every private route with a key, with a real key of somebody else's."""
    seen = []
    before = tables()
    for route in keyed():
        address = route.address(**world.keys(route.pattern))
        for role in ROLES:
            if role in {OWNER[route.rule], "staff"}:
                continue
            for method in METHODS:
                answer = ask(world, role, method, address)
                page = "" if answer.streaming else answer.content.decode(errors="replace")
                if any(secret in page for secret in SECRETS):
                    seen.append((method, route.pattern, role, "shows it"))
                elif method != "OPTIONS" and answer.status_code not in REFUSED | {302}:
                    seen.append((method, route.pattern, role, answer.status_code))
    after = tables()
    assert seen == [], "\n".join(map(str, seen))
    assert {name for name in before if before[name] != after[name]} == set()


def test_ones_own_things_are_found(world: World) -> None:
    """The keys of the test above are real: their owner is not told that there is nothing."""
    lost = []
    for route in keyed():
        answer = ask(world, OWNER[route.rule], "GET", route.address(**world.keys(route.pattern)))
        if answer.status_code not in {200, 302, 405}:
            lost.append((route.pattern, answer.status_code))
    assert lost == []
