"""What a page of the CMS says of its other languages: only what everybody may read there, at its own address."""

import re

import pytest
from django.conf import settings
from django.test import Client
from wagtail.models import PageViewRestriction

from shop.campaigns.models import CampaignPage, HomePage
from tests.campaigns.pages import make_page

pytestmark = pytest.mark.django_db


def links(client: Client, address: str) -> tuple[dict[str, str], str]:
    """Return the alternates of a page by language, and where its switch of the language leads."""
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page)
    switch = re.search(r'<a href="([^"]+)" hreflang="[^"]+" lang="[^"]+" data-testid="language">', page)
    assert switch is not None
    return {code: url.removeprefix(settings.SITE_URL) for code, url in found}, switch.group(1)


@pytest.fixture
def chinese() -> CampaignPage:
    """A campaign in Chinese."""
    return make_page(slug="lamian")


def translated(page: CampaignPage, *, slug: str = "noodles", live: bool = True) -> CampaignPage:
    """Translate a campaign, under another name."""
    return make_page(slug=slug, language="en", title="Noodles", live=live, translation_key=page.translation_key)


def test_a_page_that_was_not_translated_names_no_other_language(client: Client, chinese: CampaignPage) -> None:
    assert links(client, "/lamian/") == ({"zh-Hans": "/lamian/"}, "/en/")


def test_a_translation_is_named_by_its_own_address(client: Client, chinese: CampaignPage) -> None:
    translated(chinese)
    both = {"zh-Hans": "/lamian/", "en": "/en/noodles/"}
    assert links(client, "/lamian/") == (both, "/en/noodles/")
    assert links(client, "/en/noodles/") == (both, "/lamian/")


def test_a_draft_and_a_page_for_a_group_are_not_named(client: Client, chinese: CampaignPage) -> None:
    english = translated(chinese, live=False)
    assert links(client, "/lamian/") == ({"zh-Hans": "/lamian/"}, "/en/")
    english.live = True
    english.save()
    # As rows from before, or from a database's own console: no signal closes its other languages.
    PageViewRestriction.objects.bulk_create([PageViewRestriction(page=english, restriction_type="login")])
    assert links(client, "/lamian/") == ({"zh-Hans": "/lamian/"}, "/en/")


def test_a_page_of_the_same_name_that_is_no_translation_is_not_named(client: Client, chinese: CampaignPage) -> None:
    make_page(slug="lamian", language="en", title="Another thing")
    assert links(client, "/lamian/") == ({"zh-Hans": "/lamian/"}, "/en/")


def test_front_pages_name_each_other_while_both_are_there(client: Client) -> None:
    assert links(client, "/") == ({"zh-Hans": "/", "en": "/en/"}, "/en/")
    assert links(client, "/en/") == ({"zh-Hans": "/", "en": "/en/"}, "/")
    HomePage.objects.filter(locale__language_code="en").update(live=False)
    assert links(client, "/")[0] == {"zh-Hans": "/"}


def test_pages_of_the_shop_are_there_in_both(client: Client) -> None:
    assert links(client, "/shop/?sort=new") == ({"zh-Hans": "/shop/", "en": "/en/shop/"}, "/en/shop/?sort=new")
    assert links(client, "/en/help/delivery/")[0] == {"zh-Hans": "/help/delivery/", "en": "/en/help/delivery/"}
