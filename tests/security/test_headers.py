"""What every answer says to the browser, and that no page breaks the policy it sends."""

import re

import pytest
from django.test import Client

from .conftest import World
from .routes import Rule, all_routes

pytestmark = pytest.mark.django_db
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")[^>]*>|<style|\sstyle=|\son[a-z]+=\"|javascript:"
)
WITHOUT_LANGUAGE = ("healthz", "readyz", "metrics", "media/", "pay/", "api/")
ELSEWHERE = re.compile(r"(?:src|href|action)=\"(?:https?:)?//(?!127\.0\.0\.1:8000|testserver)[^\"]*")


def pages(world: World) -> list[tuple[str, str, object]]:
    found = []
    for route in all_routes():
        if route.pattern.startswith(("cms/", "admin/")):
            continue
        role = "anonymous" if route.rule is Rule.OPEN else "staff" if route.rule is Rule.REVIEW else "seller_a"
        for language in ("",) if route.pattern.startswith(WITHOUT_LANGUAGE) else ("", "/en"):
            address = f"{language}{route.address(name='privacy')}"
            found.append((address, role, world.browser(role).get(address)))
    return [*found, ("/no-such-page/", "anonymous", world.browser("anonymous").get("/no-such-page/"))]


def test_headers_of_every_page(world: World) -> None:
    lacking = []
    for address, _role, answer in pages(world):
        policy = answer.headers.get("Content-Security-Policy", "")
        if "default-src 'self'" not in policy or "unsafe" in policy or "frame-ancestors 'none'" not in policy:
            lacking.append((address, "Content-Security-Policy"))
        for name, value in {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
        }.items():
            if answer.headers.get(name) != value:
                lacking.append((address, name))
    assert lacking == []


def test_no_page_has_inline_code_or_foreign_hosts(world: World) -> None:
    guilty = []
    for address, _role, answer in pages(world):
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        page = answer.content.decode()
        guilty += [(address, match.group()) for pattern in (INLINE, ELSEWHERE) for match in pattern.finditer(page)]
    assert guilty == []


OFFICES = {
    "/admin/": ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "form-action 'self'"),
    "/admin/accounts/user/": ("default-src 'self'", "frame-ancestors 'none'"),
    "/cms/": (
        "default-src 'self'",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ),
    "/cms/pages/1/": ("default-src 'self'", "script-src 'self' 'unsafe-inline'"),
    "/cms/account/": ("default-src 'self'", "style-src 'self' 'unsafe-inline'"),
}


@pytest.mark.parametrize("address", OFFICES)
def test_back_offices_have_a_policy_too(world: World, address: str) -> None:
    answer = world.browser("staff").get(address, follow=True)
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert [each for each in OFFICES[address] if each not in policy] == []
    assert "http:" not in policy
    assert "https:" not in policy
    assert ("unsafe" in policy) == address.startswith("/cms/")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] in {"DENY", "SAMEORIGIN"}


def test_djangos_admin_has_no_inline_code(world: World) -> None:
    client, guilty = world.browser("staff"), []
    person = world.people["consumer"].pk
    for address in (
        "/admin/",
        "/admin/accounts/user/",
        f"/admin/accounts/user/{person}/change/",
        "/admin/offer/range/",
    ):
        page = client.get(address, follow=True).content.decode()
        guilty += [(address, found.group()) for found in INLINE.finditer(page) if "style" not in found.group()]
    assert guilty == []


def test_private_pages_are_kept_by_nobody(world: World) -> None:
    kept = []
    for route in all_routes():
        if route.rule in {Rule.OWN, Rule.SELLER, Rule.REVIEW}:
            role = "staff" if route.rule is Rule.REVIEW else "seller_a"
            answer = world.browser(role).get(route.address())
            if answer.status_code == 200 and not {"no-store", "private"} & set(
                re.split(r",\s*", answer.headers.get("Cache-Control", ""))
            ):
                kept.append(route.pattern)
    assert kept == []


def test_our_session_cookie_is_out_of_scripts_reach(client: Client) -> None:
    client.post("/account/login/", {"phone": "13800002046"})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
