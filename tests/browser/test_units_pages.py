"""Units' pages on a phone and on a desk, in both languages: nothing makes the page scroll sideways."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from procurement.operations.accepting import Receivers, accept_goods
from procurement.operations.paying import start_transfer
from shop.sales.models import Payment
from shop.sales.operations.transfers import match_transfer
from tests.factories import AT, make_freight, make_listing, make_supplier
from tests.plugins.servers import Site
from tests.procurement.offices import declared, make_office, ordered
from tests.sales.selling import lines_of, ship

pytestmark = pytest.mark.browser
PASSWORD = "orchard-2026"
WIDTHS = (360, 1280)


@pytest.fixture
def paths() -> list[str]:
    """A unit with an order that was accepted in parts, weighed, and paid in part; its pages."""
    above = make_office(kind="supervising")
    office = make_office(above.unit, budget_fen=10_000_000)
    declared(office, 14_000_000, by=above.approver)
    supplier = make_supplier("松源青禾合作社")
    make_freight(supplier)
    listing = make_listing("松源脐橙礼盒装大果", price_fen=123_456, stock=200, supplier=supplier)
    (order,) = ordered(office, (listing, 40))
    (line,) = lines_of(order)
    ship(order, {line.pk: 18})
    accept_goods(
        order_id=order.pk, accepted={line.pk: 17}, note="压坏一件", receivers=Receivers("何师傅"), actor=office.buyer,
        at=AT,
    )  # fmt: skip
    number = order.purchase.request.number
    start_transfer(request_id=order.purchase.request.pk, actor=office.finance, at=AT)
    match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=1_000_000, payer="天河区国库支付中心", why="代付", then="ask",
        reference="ICBC20261124000077001", actor=None, at=AT,
    )  # fmt: skip
    user = office.finance
    user.email = "finance@example.com"
    user.set_password(PASSWORD)
    user.save()
    one = f"/units/orders/{order.order.number}/"
    return [
        "/units/", "/units/orders/", one, f"{one}accept/", f"{one}acceptances/1/", "/units/payments/",
        f"/units/payments/{number}/", f"/units/requests/{number}/", "/units/requests/?state=all", "/units/settings/",
        "/units/declaration/", "/units/rate/",
    ]  # fmt: skip


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/account/login/?way=password")
    page.locator("input[name=login]").first.fill("finance@example.com")
    page.locator("input[name=password]").first.fill(PASSWORD)
    page.get_by_test_id("sign-in-submit").click()
    page.wait_for_load_state("networkidle")


def test_no_page_of_a_unit_scrolls_sideways(browser: Browser, start_site: Any, paths: list[str]) -> None:
    site: Site = start_site()
    found = []
    for language in ("", "/en"):
        page = browser.new_page(viewport={"width": 360, "height": 780}, locale="en-GB" if language else "zh-CN")
        sign_in(page, site)
        for path in paths:
            answer = page.goto(f"{site.url}{language}{path}")
            assert answer is not None, path
            assert answer.status == 200, path
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 780})
                over = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
                if over > 0:
                    found.append((language, path, width, over))
        page.close()
    assert found == []


# How far the last glyph of what is copied reaches beyond the start of its button, in px, unless it stands above it.
UNDER_THE_BUTTON = """() => [...document.querySelectorAll("[data-copy]")].flatMap((button) => {
  const range = document.createRange();
  range.selectNodeContents(button.previousElementSibling);
  const box = button.getBoundingClientRect();
  return [...range.getClientRects()]
    .filter((text) => text.bottom > box.top && text.top < box.bottom && text.right > box.left)
    .map((text) => [button.dataset.copy, Math.round(text.right - box.left)]);
})"""


def test_no_copy_button_covers_what_it_copies(browser: Browser, start_site: Any, paths: list[str]) -> None:
    site: Site = start_site()
    (path,) = (each for each in paths if each.startswith("/units/payments/") and each != "/units/payments/")
    found, seen = [], 0
    for language in ("", "/en"):
        page = browser.new_page(viewport={"width": 320, "height": 780}, locale="en-GB" if language else "zh-CN")
        sign_in(page, site)
        page.goto(f"{site.url}{language}{path}")
        for width in (320, 360, 390):
            page.set_viewport_size({"width": width, "height": 780})
            seen += page.locator("[data-copy]").count()
            found += [(language, width, *each) for each in page.evaluate(UNDER_THE_BUTTON)]
        page.close()
    assert (seen, found) == (18, [])
