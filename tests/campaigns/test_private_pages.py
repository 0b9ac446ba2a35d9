"""A page of the CMS that became private: kept for nobody, and led to the sign-in in the reader's language."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from shop.campaigns.models import CampaignPage, HomePage
from tests.campaigns.pages import make_page

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
