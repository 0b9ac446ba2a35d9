"""The whole journey in a phone's browser: a guest buys from two suppliers at once, both ship, it arrives, a review."""

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from catalog.operations.cards import rebuild_cards
from catalog.operations.facets import rebuild_facets
from shop.core import ledger
from shop.sales.models import OrderFacts, Purchase, ReviewFacts
from tests.factories import AT, make_category, make_division, make_freight, make_listing, make_supplier, make_user
from tests.plugins.servers import Site

pytestmark = pytest.mark.browser
PASSWORD = "orchard-2026"
SPECS = [
    {
        "labels": [{"zh": "2 个装", "en": "2"}],
        "text_zh": "约 5 斤",
        "text_en": "2.5 kg",
        "price_fen": 3280,
        "stock": 50,
    },
    {"labels": [{"zh": "4 个装", "en": "4"}], "text_zh": "约 10 斤", "text_en": "5 kg", "price_fen": 6180, "stock": 50},
]


@pytest.fixture
def site(start_site: Any) -> Site:
    """A shop of two suppliers, each with a member, a product and freight."""
    make_division()
    fruit = make_category("应季鲜果")
    pomelos = make_supplier("松源青禾合作社", member=make_user("pomelo@example.com"))
    teas = make_supplier("英德云崖茶社", member=make_user("tea@example.com"))
    axes = [{"zh": "装量", "en": "Pack"}]
    make_listing("梅县金柚", supplier=pomelos, category=fruit, specs=SPECS, axes=axes)
    make_listing("英德红茶", supplier=teas, category=fruit, price_fen=8600, name_en="Black tea", is_fresh=False)
    for supplier in (pomelos, teas):
        make_freight(supplier)
    rebuild_cards(at=AT)
    rebuild_facets(at=AT)
    return start_site()


def put_in_basket(page: Page, site: Site, words: str, spec: str = "") -> None:
    """Search, open the product, choose a 规格 in the sheet, add it."""
    page.goto(f"{site.url}/shop/search/?q={words}")
    page.get_by_test_id("product-card").first.get_by_role("link").first.click()
    page.get_by_test_id("bar-add").click()
    if spec:
        page.locator("label.option", has_text=spec).click()
    with page.expect_response(re.compile("/shop/basket/add/")):
        page.locator("#spec-sheet").get_by_test_id("add-to-basket").click()


def check_out(page: Page, site: Site) -> None:
    """Give the address, place the purchase, pay at the demo cashier."""
    page.goto(f"{site.url}/shop/basket/")
    expect(page.get_by_test_id("basket-line")).to_have_count(2)
    page.get_by_test_id("to-checkout").locator("visible=true").first.click()
    expect(page.get_by_test_id("checkout-supplier")).to_have_count(2)
    page.get_by_test_id("field-name").fill("周敏")
    page.get_by_test_id("field-phone").fill("138 0000 2046")
    for level, code in (("province", "44"), ("city", "4401"), ("division", "440106")):
        expect(page.locator(f'[data-testid="field-{level}"] option[value="{code}"]')).to_have_count(1)
        page.get_by_test_id(f"field-{level}").select_option(code)
    page.get_by_test_id("field-street").fill("龙口西路 8 号 1202")
    page.get_by_test_id("place-order").locator("visible=true").first.click()
    page.wait_for_url(re.compile("/pay/"))
    page.get_by_test_id("pay").click()
    page.get_by_test_id("demo-pay").click()
    expect(page.get_by_test_id("paid")).to_be_visible()


def ship(browser: Browser, site: Site, phone: dict[str, Any], email: str, number: str) -> None:
    """Sign in as a supplier's member and send everything."""
    context = browser.new_context(**phone)
    page = context.new_page()
    page.goto(f"{site.url}/account/login/?way=password&next=/seller/")
    page.get_by_test_id("field-login").fill(email)
    page.get_by_test_id("field-password").fill(PASSWORD)
    page.get_by_test_id("sign-in-submit").click()
    expect(page.get_by_test_id("count-to-ship")).to_have_text("1")
    page.get_by_test_id("seller-orders").click()
    page.get_by_role("link", name=re.compile("DD")).first.click()
    page.locator("label", has_text="顺丰").first.click()
    page.get_by_test_id("field-tracking-no").or_(page.get_by_test_id("tracking-no")).first.fill(number)
    page.get_by_test_id("ship").click()
    expect(page.get_by_test_id("parcel")).to_contain_text(number)
    context.close()


def test_a_guest_buys_from_two_suppliers_and_reviews_with_a_photo(
    site: Site, browser: Browser, phone: dict[str, Any], tmp_path: Path
) -> None:
    context = browser.new_context(**phone)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    put_in_basket(page, site, "金柚", spec="4 个装")
    put_in_basket(page, site, "红茶")
    check_out(page, site)

    purchase = Purchase.objects.get()
    assert (purchase.goods_fen, purchase.state, purchase.user) == (6180 + 8600, "paid", None)
    page.goto(f"{site.url}/account/orders/")
    expect(page.get_by_test_id("order")).to_have_count(2)

    ship(browser, site, phone, "pomelo@example.com", "SF1234567890123")
    ship(browser, site, phone, "tea@example.com", "SF1234567890124")

    page.goto(f"{site.url}/account/orders/?state=shipped")
    expect(page.get_by_test_id("order")).to_have_count(2)
    number = str(page.get_by_test_id("order").first.get_attribute("data-number"))
    page.goto(f"{site.url}/account/orders/{number}/")
    page.get_by_test_id("confirm-receipt").click()
    page.get_by_test_id("confirm-yes").click()
    expect(page.get_by_test_id("order-state")).to_have_attribute("data-state", "completed")

    photo = tmp_path / "pomelo.jpg"
    Image.new("RGB", (640, 480), "#C2941A").save(photo, "JPEG")
    page.get_by_test_id("review-line").first.click()
    page.locator("label[for=star-5]").click()
    page.locator("textarea").fill("很新鲜，包得也好")
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_test_id("submit-review").click()
    expect(page.get_by_test_id("order-state")).to_be_visible()

    review = ReviewFacts.objects.select_related("review", "line__order").get()
    assert (review.review.score, review.pictures.count(), review.shown_name) == (5, 1, "周**")
    received = OrderFacts.objects.get(order__number=number)
    assert ledger.balance(f"supplier:{received.supplier_id}:payable") == received.total_fen
    assert page.evaluate("document.documentElement.scrollWidth") <= phone["viewport"]["width"]
    assert errors == []
    context.close()
