"""Back from the cashier in a browser: what was bought at once is shown, and nothing is ordered a second time."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.operations.cards import rebuild_cards
from shop.sales.models import Purchase
from tests.factories import AT, make_category, make_division, make_listing
from tests.plugins.servers import Site

pytestmark = pytest.mark.browser


def _buy_now(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("button[name=buy_now]:visible").first.click()
    page.wait_for_url("**/shop/checkout/?buy=*")


def test_back_after_buying_at_once_leads_to_the_purchase(browser: Browser, start_site: Any) -> None:
    make_division()
    listing = make_listing("英德红茶", category=make_category("茶"), price_fen=8600, stock=9, is_fresh=False)
    rebuild_cards(at=AT)
    site: Site = start_site()
    product = f"{site.url}/shop/p/{listing.slug}/"
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    _buy_now(page, product)
    page.get_by_test_id("field-name").fill("周敏")
    page.get_by_test_id("field-phone").fill("138 0000 2046")
    for level, code in (("province", "44"), ("city", "4401"), ("division", "440106")):
        expect(page.locator(f'[data-testid="field-{level}"] option[value="{code}"]')).to_have_count(1)
        page.get_by_test_id(f"field-{level}").select_option(code)
    page.get_by_test_id("field-street").fill("龙口西路 8 号 1202")
    page.get_by_test_id(re.compile("^place-order")).locator("visible=true").first.click()
    page.wait_for_url("**/pay/**")
    cashier = page.url
    page.go_back()
    page.wait_for_url("**/pay/**")
    assert page.url == cashier
    assert Purchase.objects.count() == 1
    # From the product's page it is a checkout again.
    _buy_now(page, product)
    expect(page.get_by_test_id("field-street")).to_be_visible()
    context.close()
