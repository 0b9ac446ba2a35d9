"""Kept pages: made once for the same facts, never kept when the facts moved meanwhile, each reader's token in them."""

from typing import Any

import pytest
from django.contrib import messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import override

from shop.core.kept import TOKEN, kept_page

pytestmark = pytest.mark.django_db


def ask(path: str = "/units/", **cookies: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.COOKIES |= cookies
    for middleware in (SessionMiddleware, MessageMiddleware):
        middleware(lambda _request: HttpResponse()).process_request(request)
    return request


class Page:
    """A page that counts how often it was made, and facts that may move while it is."""

    def __init__(self, *facts: Any) -> None:
        self.facts, self.made = list(facts), 0

    def show(self, request: HttpRequest, **more: Any) -> str:
        def facts() -> Any:
            return self.facts.pop(0) if len(self.facts) > 1 else self.facts[0]

        def make() -> HttpResponse:
            self.made += 1
            return HttpResponse(f"{self.made}. {TOKEN} [scans]")

        return kept_page(request, facts=facts, make=make, **more).content.decode()


def test_the_same_facts_are_one_page_and_each_reader_has_a_token() -> None:
    page = Page("a")
    first, second = page.show(ask()), page.show(ask())
    assert page.made == 1
    assert first[:2] == second[:2] == "1."
    assert TOKEN not in first
    assert first != second


@pytest.mark.parametrize("other", ["facts", "language", "address", "text size"])
def test_what_is_read_otherwise_is_another_page(other: str) -> None:
    page = Page("a")
    page.show(ask())
    if other == "facts":
        page.facts = ["b"]
    with override("en" if other == "language" else "zh-hans"):
        cookies = {"hq_text": "large"} if other == "text size" else {}
        assert page.show(ask("/units/?year=2025" if other == "address" else "/units/", **cookies))[:2] == "2."


def test_facts_that_moved_while_it_was_made_are_not_kept() -> None:
    page = Page("a", "b", "a")
    assert page.show(ask())[:2] == "1."
    assert page.show(ask())[:2] == "2."
    assert page.show(ask())[:2] == "2."


def test_holes_are_filled_at_each_view_and_a_message_makes_the_page_anew() -> None:
    page = Page("a")
    assert page.show(ask(), holes={"[scans]": "<1>"}).endswith("&lt;1&gt;")
    assert page.show(ask(), holes={"[scans]": 2}).endswith(" 2")
    request = ask()
    messages.success(request, "Saved.")
    assert page.show(request)[:2] == "2."
    assert page.show(ask())[:2] == "1."
