"""Every operation of the API × a program of every role, generated from the API's own list: a new one is covered at once."""

import json
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from shop.accounts.models import User
from shop.accounts.operations.tokens import issue_token
from shop.config import api
from tests.api.conftest import Program

from .conftest import ROLES, World
from .snapshots import tables

pytestmark = pytest.mark.django_db
REFUSED = {401, 403, 404}
SECRETS = ("龙口西路 8 号 1202", "新港东路 77 号", "压坏了", "李文静不给看", "不给看的令牌", "不给看的新品")
# Whose the real keys below are, by the start of the path.
OWNERS = (
    ("/tokens/", "seller_a"),
    ("/addresses/", "seller_a"),
    ("/reminders/", "seller_a"),
    ("/purchases/", "consumer"),
    ("/orders/", "consumer"),
    ("/seller/", "seller_a"),
    ("/units/", "unit_a"),
    ("/live/host/", "seller_a"),
    ("/gifts/received/", "seller_a"),
    ("/review/", "reviewer"),
)


# Reviewers' pages that only finance staff sees.
OF_FINANCE = ("/review/transfers", "/review/payouts")


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path.removeprefix("/api/v1"), operation)
        for path, methods in api.described("zh-hans")["paths"].items()
        for method, operation in methods.items()
    ]


def owner_of(path: str) -> str | None:
    return next((role for start, role in OWNERS if path.startswith(start)), None)


def body_of(operation: dict[str, Any]) -> Any:
    return operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")


class Asking:
    """Programs of every role, and the world's keys in the operations' places."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.programs = {"anonymous": Program(language="zh-hans")}
        for role in ROLES[1:]:
            person = User.objects.get(pk=world.people[role].pk)
            secret = issue_token(actor=person, at=timezone.now(), label=role, scopes=None, days=1)[1]
            self.programs[role] = Program(secret, "zh-hans")

    def address(self, path: str) -> str:
        order = self.world.purchase.orders.get()
        unit = self.world.unit_order
        numbers = {
            "/purchases/": self.world.purchase.number,
            "/units/orders/": unit.order.order.number,
            "/review/certificates/": self.world.certificate_number,
            "/units/requests/": unit.request.number if unit.request else "",
        }
        keys = {
            "number": next((number for start, number in numbers.items() if path.startswith(start)), order.order.number),
            "token_id": self.world.token_id,
            "address_id": self.world.address.pk,
            "reminder_id": self.world.reminder.pk,
            "line_id": order.lines.get().pk,
            "case_id": self.world.case.pk,
            "order_id": order.pk,
            "declaration_id": self.world.declaration.pk,
            "specification_id": self.world.specification_id,
            "session_id": self.world.session_id,
            "lot_id": self.world.lot_id,
            "consent_id": self.world.consent_id,
            "listing_id": self.world.listing_id,
            "proposal_id": self.world.waiting_proposal_id if path.startswith("/review/") else self.world.proposal_id,
        }
        return re.sub(r"{(\w+)}", lambda match: str(keys.get(match[1], "987654321")), path)

    def ask(self, role: str, method: str, path: str, operation: dict[str, Any]) -> HttpResponse:
        return self.programs[role].send(
            method, self.address(path), body_of(operation), key=f"{role}{method}{path}"[:80]
        )


def test_no_operation_breaks_and_strangers_see_and_change_nothing(world: World) -> None:
    asking = Asking(world)
    before = tables()
    wrong = []
    for method, path, operation in operations():
        owner, scope = owner_of(path), operation["x-scope"]
        for role in ROLES:
            if scope is None and role != "anonymous":
                continue
            # What everybody may do with their own things changes them: of those, only what names a thing is asked here.
            if role == "staff" or (
                scope and (owner is None or role == owner or (owner == "seller_a" and "{" not in path))
            ):
                continue
            if scope and "{" not in path and method != "GET" and role != "anonymous":
                continue
            answer = asking.ask(role, method, path, operation)
            said = answer.content.decode(errors="replace")
            if (
                answer.status_code >= 500
                # The other unit has a declaration with the same contact.
                or [each for each in SECRETS if each in said and (role != "unit_b" or "{" in path)]
                or (scope and "{" in path and answer.status_code not in REFUSED)
            ):
                wrong.append((method, path, role, answer.status_code, said[:200]))
    assert wrong == [], "\n".join(map(str, wrong))
    after = tables()
    assert {name for name in before if before[name] != after[name]} == set()


def test_their_own_programs_find_them_and_nothing_breaks(world: World) -> None:
    asking = Asking(world)
    lost, broken = [], []
    for method, path, operation in sorted(operations(), key=lambda each: each[0] != "GET"):
        owner = owner_of(path) or "consumer"
        answer = asking.ask(owner, method, path, operation)
        if (
            method == "GET"
            and owner_of(path)
            and answer.status_code
            not in {
                200,
                403 if path.startswith(OF_FINANCE) else 200,
                404 if "board" in path else 200,
            }
        ):
            lost.append((path, answer.status_code, answer.content.decode()[:200]))
        if answer.status_code >= 500:
            broken.append((method, path, answer.status_code, answer.content.decode()[:200]))
        if answer.status_code >= 400 and answer.headers["Content-Type"] != "application/problem+json":
            broken.append((method, path, answer.headers["Content-Type"]))
    assert (lost, broken) == ([], [])


def test_a_session_is_no_token(world: World) -> None:
    asking, inside = Asking(world), []
    for method, path, operation in operations():
        if operation["x-scope"]:
            body = json.dumps(body_of(operation))
            answer = world.browser("staff").generic(method, f"/api/v1{asking.address(path)}", body, "application/json")
            if answer.status_code != 401:
                inside.append((method, path, answer.status_code))
    assert inside == []


def test_every_member_sees_only_its_own_in_lists(world: World) -> None:
    """Lists have no key to guess: another's must not stand in them."""
    asking = Asking(world)
    order = world.purchase.orders.get().order.number
    for path, own, other in (
        ("/seller/orders?state=", "seller_a", "seller_b"),
        ("/seller/settlement", "seller_a", "seller_b"),
        ("/orders", "consumer", "seller_b"),
        ("/purchases", "consumer", "unit_b"),
        ("/gifts/received", "seller_a", "seller_b"),
    ):
        mark = world.purchase.number if path in {"/purchases", "/gifts/received"} else order
        assert mark in asking.programs[own].get(path).content.decode(), path
        assert mark not in asking.programs[other].get(path).content.decode(), path
    for path, own, others in (
        ("/seller/proposals", "seller_a", ("seller_b",)),
        ("/review/listings", "reviewer", ("seller_a", "seller_b", "consumer")),
    ):
        assert "不给看的新品" in asking.programs[own].get(path).content.decode(), path
        assert not [each for each in others if "不给看" in asking.programs[each].get(path).content.decode()], path
    unit = world.unit_order.unit_id
    assert asking.programs["unit_a"].get(f"/units/quota?unit={unit}").data["unit"] == unit
    assert asking.programs["unit_b"].get(f"/units/quota?unit={unit}").status_code == 404
    assert asking.programs["seller_b"].get(f"/seller/today?supplier={world.supplier_a.slug}").status_code == 404
