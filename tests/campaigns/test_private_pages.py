"""A page of the CMS that became private: kept for nobody, and led to the sign-in in the reader's language."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from shop.campaigns.models import CampaignPage, HomePage
from shop.config.pagecache import PageCache
from tests.campaigns.pages import locale, make_page
from tests.config.browsing import Browser
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def word(tmp_path: Path, settings: Any) -> Path:
    """The file whose change makes kept pages stale."""
    settings.VAR_DIR = tmp_path
    return tmp_path / "pages.generation"


def close(page: CampaignPage) -> PageViewRestriction:
    return PageViewRestriction.objects.create(page=page, restriction_type="login")


@pytest.mark.parametrize("what", ["made private", "changed", "made public", "moved", "deleted"])
def test_kept_pages_are_forgotten_when_who_may_see_them_changes(
    word: Path, what: str, django_capture_on_commit_callbacks: Any
) -> None:
    page = make_page()
    above = make_page(slug="above")
    rule = close(page) if what in ("changed", "made public") else None
    changes = {
        "made private": lambda: close(page),
        "changed": lambda: rule and rule.save(),
        "made public": lambda: rule and rule.delete(),
        "moved": lambda: page.move(above, pos="last-child"),
        "deleted": page.delete,
    }
    assert not word.exists()
    with django_capture_on_commit_callbacks(execute=True):
        changes[what]()
    assert word.exists()


@pytest.mark.parametrize(
    ("language", "path", "to"),
    [
        ("en", "/en/", "/en/account/login/"),
        ("zh-hans", "/", "/account/login/"),
    ],
)
def test_a_private_page_leads_to_the_sign_in_in_its_language(language: str, path: str, to: str) -> None:
    page = make_page(language=language)
    close(page)
    home = HomePage.objects.get(locale__language_code=language)
    address = page.url or f"{path}{home.slug}/{page.slug}/"
    answer = Client().get(address.replace("http://localhost", ""))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, to)


@pytest.mark.parametrize("path", ["/cms/", "/admin/", "/cms/pages/", "/cms/login/", "/admin/login/"])
def test_the_back_offices_lead_to_the_sign_in_in_the_readers_language(path: str) -> None:
    for header, prefix in (("en", "/en"), ("zh-CN", "")):
        answer = Client().get(path, follow=True, HTTP_ACCEPT_LANGUAGE=header)
        assert answer.redirect_chain[-1][0].startswith(f"{prefix}/account/login/?next=")


@pytest.fixture
def chief() -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def outside(word: Path) -> Browser:
    """A visitor before the page cache, which keeps pages for as long as the test takes."""
    return Browser(PageCache(WSGIHandler(), seconds=1000, limit=10_000_000))


def status(outside: Browser, address: str) -> int:
    """Ask as Django's test client does: the end of a request would close the connection under the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        return int(outside.request(address)["status"])
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def set_privacy(editor: Client, page: Page, kind: str, *groups: Group) -> None:
    sent = {"restriction_type": kind, "password": "", "groups": [group.pk for group in groups]}
    assert editor.post(f"/cms/pages/{page.pk}/privacy/", sent).json()["step"] == "set_privacy_done"


@pytest.mark.parametrize("door", ["privacy", "unpublish", "delete"])
def test_nobody_outside_gets_a_page_once_the_save_that_closed_it_answered(
    outside: Browser, chief: Client, door: str, django_capture_on_commit_callbacks: Any
) -> None:
    page = make_page()
    assert [status(outside, "/citrus/") for _ in range(2)] == [200, 200]
    with django_capture_on_commit_callbacks(execute=True):
        sent = {"restriction_type": "login"} if door == "privacy" else {}
        assert chief.post(f"/cms/pages/{page.pk}/{door}/", sent).status_code in (200, 302)
    assert status(outside, "/citrus/") == (302 if door == "privacy" else 404)


def relatives_of(page: CampaignPage) -> tuple[Page, Page]:
    """Make its English page, and an alias beside it."""
    english = page.copy_for_translation(locale("en"))
    english.get_latest_revision().publish()
    alias = page.create_alias(update_slug="citrus-again")
    return Page.objects.get(pk=english.pk), Page.objects.get(pk=alias.pk)


def rules() -> set[tuple[str, str, str]]:
    """Return what closes which page, and for which groups."""
    return {
        (rule.page.url_path, rule.restriction_type, ",".join(rule.groups.values_list("name", flat=True)))
        for rule in PageViewRestriction.objects.all()
    }


@pytest.mark.parametrize("on", ["the page", "its translation", "its alias"])
def test_the_languages_and_aliases_of_a_page_are_closed_and_opened_with_it(chief: Client, on: str) -> None:
    page = make_page()
    english, alias = relatives_of(page)
    addresses = ("/citrus/", "/en/citrus/", "/citrus-again/")
    assert [Client().get(each).status_code for each in addresses] == [200, 200, 200]
    chosen = {"the page": page, "its translation": english, "its alias": alias}[on]
    set_privacy(chief, chosen, "login")
    assert [Client().get(each).status_code for each in addresses] == [302, 302, 302]
    board = Group.objects.create(name="board")
    set_privacy(chief, chosen, "groups", board)
    assert {rule[1:] for rule in rules()} == {("groups", "board")}
    assert len(rules()) == 3
    # An alias has its privacy from its page, which its dialog links to.
    set_privacy(chief, page if chosen == alias else chosen, "none")
    assert rules() == set()
    assert [Client().get(each).status_code for each in addresses] == [200, 200, 200]


def test_a_translation_made_later_is_as_private_as_its_page(chief: Client) -> None:
    page = make_page()
    board = Group.objects.create(name="board")
    set_privacy(chief, page, "groups", board)
    relatives_of(page)
    assert {rule[1:] for rule in rules()} == {("groups", "board")}
    assert len(rules()) == 3


def test_the_dialog_says_which_pages_follow(chief: Client) -> None:
    page = make_page()
    assert "privacy-follower" not in chief.get(f"/cms/pages/{page.pk}/privacy/").json()["html"]
    english, alias = relatives_of(page)
    html = chief.get(f"/cms/pages/{page.pk}/privacy/").json()["html"]
    assert "您在这里保存的设置同时适用于本页的其他语言版本和别名页：" in html
    assert html.count('data-testid="privacy-follower"') == 2
    assert f"/cms/pages/{english.pk}/edit/" in html
    assert f"/cms/pages/{alias.pk}/edit/" in html


def test_a_private_page_that_is_deleted_leaves_its_translation_private(chief: Client) -> None:
    page = make_page()
    english, alias = relatives_of(page)
    set_privacy(chief, page, "login")
    alias.delete()
    english.delete()
    assert rules() == {(page.url_path, "login", "")}
    assert Client().get("/citrus/").status_code == 302


def test_who_may_see_other_pages_is_left_as_it_is(chief: Client) -> None:
    page, other = make_page(), make_page(slug="lemons")
    close(other)
    set_privacy(chief, page, "login")
    set_privacy(chief, page, "none")
    assert rules() == {(other.url_path, "login", "")}
