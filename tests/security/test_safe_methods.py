"""Looking changes nothing; changing needs a token of our own page."""

import pytest
from django.test import Client

from .conftest import ROLES, World
from .routes import Rule, all_routes
from .snapshots import tables

pytestmark = pytest.mark.django_db
# Machines that sign what they send instead.
SIGNED = {"pay/webhooks/stripe/"}


@pytest.mark.parametrize("role", ROLES)
def test_looking_changes_nothing(world: World, role: str) -> None:
    browser = world.browser(role)
    before = tables()
    office = ("cms/", "admin/")
    for route in all_routes():
        if role != "staff" and route.pattern.startswith(office):
            continue
        browser.get(route.address(**world.keys(route.pattern)))
        browser.head(route.address())
    after = tables()
    assert {name for name in before if before[name] != after[name]} == set()


def test_every_change_needs_a_token(world: World) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(world.people["staff"], backend="django.contrib.auth.backends.ModelBackend")
    open_to_forgery = []
    for route in all_routes():
        if route.pattern in SIGNED or route.pattern.startswith(("cms/", "admin/")):
            continue
        answer = browser.post(route.address(), {"next": "/"})
        if answer.status_code not in {403, 404, 405}:
            open_to_forgery.append((route.pattern, answer.status_code))
    assert open_to_forgery == []


def test_signing_in_needs_a_token_too() -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/account/login/", {"phone": "13800002046"}).status_code == 403


def test_the_doors_of_the_back_office_are_closed_by_rule() -> None:
    assert {route.rule for route in all_routes() if route.pattern.startswith("admin/")} == {Rule.STAFF, Rule.OPEN}
