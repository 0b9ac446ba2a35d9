"""Every route of the URLconf × every role × every method, and two tenants."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse

from shop.accounts.models import Address, Message

from .conftest import ROLES, World
from .routes import AREAS, ROUTES, Route, Rule, all_routes

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REFUSED = {401, 403, 404, 405}
OFFICE = ("cms/", "admin/")


def ask(world: World, role: str, method: str, address: str) -> HttpResponse:
    return world.browser(role).generic(method, address, data=b"", content_type="application/x-www-form-urlencoded")


def is_sent_to_the_door(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and "/login/" in answer.headers["Location"]


def got_in(answer: HttpResponse) -> bool:
    return answer.status_code not in REFUSED and not is_sent_to_the_door(answer)


def test_every_route_is_listed() -> None:
    """A route in an open area must be listed in tests/security/routes.py with who it is for."""
    assert [route.pattern for route in all_routes() if route.rule is None] == []


def test_nothing_is_listed_that_does_not_exist() -> None:
    patterns = {route.pattern for route in all_routes()}
    assert sorted(set(ROUTES) - patterns) == []
    assert AREAS["account/"] is Rule.OWN


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
        Rule.REVIEW: {"anonymous", "consumer", "seller_a", "seller_b"},
        Rule.STAFF: {"anonymous", "consumer", "seller_a", "reviewer"},
    }
    inside = []
    for route in all_routes():
        strangers = closed.get(route.rule, set())
        methods = ("GET", "POST") if route.pattern.startswith(OFFICE) else METHODS[:-1]
        for role in sorted(strangers):
            for method in methods:
                answer = ask(world, role, method, route.address())
                if got_in(answer):
                    inside.append((method, route.pattern, role, answer.status_code))
    assert inside == [], "\n".join(map(str, inside))


def test_who_belongs_there_is_let_in(world: World) -> None:
    doors = {"/account/": ROLES[1:], "/account/addresses/": ROLES[1:], "/account/messages/": ROLES[1:]}
    for address, roles in doors.items():
        for role in roles:
            assert ask(world, role, "GET", address).status_code == 200, (address, role)
    assert ask(world, "staff", "GET", "/admin/").status_code == 200
    assert ask(world, "staff", "GET", "/cms/").status_code == 200


OWNED: dict[str, Callable[[World], int]] = {
    "account/addresses/<int:pk>/": lambda world: world.address.pk,
    "account/addresses/<int:pk>/delete/": lambda world: world.address.pk,
    "account/addresses/<int:pk>/default/": lambda world: world.address.pk,
    "account/messages/<int:pk>/": lambda world: world.message.pk,
}


def kept(world: World) -> list[dict[str, object]]:
    return [
        *Address.objects.filter(pk=world.address.pk).values(),
        *Message.objects.filter(pk=world.message.pk).values(),
    ]


def test_every_private_route_with_a_key_is_tried_with_anothers_key() -> None:
    keyed = {route.pattern for route in storefront() if route.rule is Rule.OWN and "<" in route.pattern}
    assert sorted(keyed - set(OWNED)) == []


@pytest.mark.parametrize("pattern", sorted(OWNED))
@pytest.mark.parametrize("role", [role for role in ROLES if role != "seller_a"])
def test_anothers_things_can_be_neither_seen_nor_changed(world: World, pattern: str, role: str) -> None:
    before = kept(world)
    assert len(before) == 2
    address = Route(pattern).address(pk=OWNED[pattern](world))
    for method in METHODS:
        answer = ask(world, role, method, address)
        page = answer.content.decode(errors="replace") if method != "HEAD" else ""
        assert "龙口西路 8 号 1202" not in page, (method, role)
        assert answer.status_code in REFUSED | {302, 200 if method == "OPTIONS" else 404}, (method, role)
    assert kept(world) == before
