"""What search engines are told: which pages to leave alone, and where the public ones are."""

import re
from typing import Any

import pytest
from django.test import Client

from catalog.operations.cards import rebuild_cards
from shop.campaigns.models import HomePage
from tests.campaigns.pages import make_page
from tests.factories import AT, make_listing, make_village

pytestmark = pytest.mark.django_db
SITE = "https://heqiao.example"


@pytest.fixture
def shop(settings: Any) -> Client:
    settings.DEMO_CASHIER = False
    settings.SITE_URL = SITE
    return Client()


def test_robots_are_kept_out_of_what_is_one_persons_in_both_languages(shop: Client) -> None:
    answer = shop.get("/robots.txt")
    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    for closed in ("/account/", "/en/account/", "/seller/", "/en/units/", "/shop/checkout/", "/pay/", "/cms/"):
        assert f"Disallow: {closed}" in lines
    assert "Disallow: /shop/" not in lines
    assert lines[-1] == f"Sitemap: {SITE}/sitemap.xml"


def test_a_demonstration_asks_to_be_left_out(client: Client, settings: Any) -> None:
    settings.DEMO_CASHIER = True
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"


def test_the_sitemap_lists_what_answers_in_its_languages_and_nothing_else(shop: Client) -> None:
    listing = make_listing("连州菜心")
    make_listing("下架的梨", state="withdrawn")
    make_village("松源村")
    rebuild_cards(at=AT)
    make_page(slug="citrus")
    make_page(slug="draft", live=False)
    assert HomePage.objects.filter(locale__language_code="en").exists()
    answer = shop.get("/sitemap.xml")
    page = answer.content.decode()
    found = [each.removeprefix(SITE) for each in re.findall(r"<loc>(.*?)</loc>", page)]
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert len(found) == len(set(found))
    for there in ("/", "/en/", f"/shop/p/{listing.slug}/", f"/en/shop/p/{listing.slug}/", "/citrus/", "/help/damage/"):
        assert there in found
    assert "/en/citrus/" not in found
    assert "/draft/" not in found
    assert [(each, status) for each in found if (status := shop.get(each).status_code) != 200] == []
    assert f'hreflang="en" href="{SITE}/en/shop/p/{listing.slug}/"' in page
