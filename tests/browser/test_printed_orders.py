"""A unit's order and lists on paper: sheets are filled and numbered, and a list says which part of it was printed."""

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from procurement.models import PurchaseRequest
from procurement.operations.accepting import accept_goods
from shop.accounts.models import User
from tests.factories import AT, make_freight, make_listing, make_supplier
from tests.plugins.servers import Site
from tests.procurement.offices import YEAR, declared, make_office, ordered
from tests.sales.selling import lines_of, ship

from .test_units_pages import PASSWORD, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def paths() -> dict[int, str]:
    """The pages of orders with one, two and three acceptances, and of none other."""
    above = make_office(kind="supervising")
    office = make_office(above.unit, budget_fen=1_000_000_000)
    declared(office, 14_000_000, by=above.approver)
    supplier = make_supplier("松源青禾合作社")
    make_freight(supplier)
    listing = make_listing("松源脐橙礼盒装大果", price_fen=12_345, stock=500, supplier=supplier)
    found = {}
    for times in (1, 2, 3):
        (order,) = ordered(office, (listing, 6))
        (line,) = lines_of(order)
        for part in range(times):
            ship(order, {line.pk: 6 // times}, number=f"SF12345678901{times}{part}")
            accept_goods(
                order_id=order.pk, accepted={line.pk: 6 // times - 1}, note="压坏一件", actor=office.buyer, at=AT
            )
        found[times] = f"/units/orders/{order.order.number}/"
    by_password(office.finance)
    return found


@pytest.fixture
def office_of_many() -> None:
    """A unit with more requests than a page of its list shows."""
    office = make_office()
    PurchaseRequest.objects.bulk_create(
        PurchaseRequest(number=f"QG26-{n:04d}", unit=office.unit, buyer=office.buyer, year=YEAR, created_at=AT)
        for n in range(21)
    )
    by_password(office.finance)


def by_password(user: User) -> None:
    """Let a person sign in as `sign_in` does."""
    user.email = "finance@example.com"
    user.set_password(PASSWORD)
    user.save()


def sheets(page: Page, to: Path) -> list[str]:
    """Return the text of each sheet of a page's print."""
    page.pdf(path=str(to), format="A4", prefer_css_page_size=True)
    return [unicodedata.normalize("NFKC", each.extract_text()) for each in PdfReader(to).pages]


def test_the_first_sheet_of_an_order_has_its_goods_and_sums(
    browser: Browser, start_site: Any, paths: dict[int, str], tmp_path: Path
) -> None:
    site: Site = start_site()
    page = browser.new_page(locale="zh-CN")
    sign_in(page, site)
    first = {}
    for times, path in paths.items():
        page.goto(f"{site.url}{path}")
        page.wait_for_load_state("networkidle")
        found = sheets(page, tmp_path / f"{times}.pdf")
        first[times] = ["脐橙" in found[0], "运费" in found[0], all(len(each.strip()) > 60 for each in found)]
        assert numbered(found), times
    page.close()
    assert list(first.values()) == [[True, True, True]] * 3


def numbered(found: list[str]) -> bool:
    """Tell whether each sheet says at its foot which it is, of how many: "2 / 3"."""
    return all(f"{n} / {len(found)}" in each.splitlines() for n, each in enumerate(found, start=1))


def test_a_printed_list_says_which_part_of_it_and_which_sheet_it_is(
    browser: Browser, start_site: Any, office_of_many: None, tmp_path: Path
) -> None:
    site: Site = start_site()
    page = browser.new_page(locale="zh-CN")
    sign_in(page, site)
    page.goto(f"{site.url}/units/requests/?state=all")
    page.wait_for_load_state("networkidle")
    assert not page.get_by_test_id("printed-part").is_visible()
    found = sheets(page, tmp_path / "list.pdf")
    page.close()
    assert numbered(found)
    assert re.search(r"共 21\s+本列表第 1 .,共 2 .", found[-1])
