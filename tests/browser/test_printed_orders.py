"""A unit's order on paper: its sheets are filled, however many deliveries were accepted."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from procurement.operations.accepting import accept_goods
from tests.factories import AT, make_freight, make_listing, make_supplier
from tests.plugins.servers import Site
from tests.procurement.offices import declared, make_office, ordered
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
    user = office.finance
    user.email = "finance@example.com"
    user.set_password(PASSWORD)
    user.save()
    return found


def sheets(page: Page, to: Path) -> list[str]:
    """Return the text of each sheet of a page's print."""
    page.pdf(path=str(to), format="A4")
    text = subprocess.run(["pdftotext", "-layout", str(to), "-"], check=True, capture_output=True, text=True).stdout
    return text.split("\f")[:-1]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the sheets with pdftotext")
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
    page.close()
    assert list(first.values()) == [[True, True, True]] * 3
