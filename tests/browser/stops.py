"""What is photographed: which of the demo's pages, as whom, in which language; signing in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

# Kinds of demo_info → name of the picture. A kind that the demo does not offer (yet) is left out, and said.
SHOP = {
    "Home": "home",
    "Hall of a county": "hall",
    "Category": "category",
    "Product": "product",
    "Village": "village",
    "Supplier": "supplier",
    "Certificate": "certificate",
    "A parcel's trace page": "trace",
    "A campaign": "campaign",
    "A live room, with a flash sale": "room",
    "Need": "need",
    "Gift certificate": "gift-certificate",
}
WORK = {
    "Unit: quota": "unit-home",
    "Unit: a request": "request",
    "Unit: approval": "approval",
    "Live console": "console",
    "Supplier: today": "seller-today",
    "Supplier: list by photo": "listing",
    "A product to review": "review",
    "Report: sales by county": "report",
    "Report: watched counties": "report-watched",
}
WITHOUT_LANGUAGE = ("/t/", "/pay/", "/cms/")  # they speak the reader's language
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
LANGUAGES = {"zh": "", "en": "/en"}


@dataclass(frozen=True)
class Stop:
    """One page: the picture's name, the address without language, and the login that sees it (empty: anyone)."""

    name: str
    path: str
    login: str = ""

    def address(self, url: str, language: str) -> str:
        """Return the page's address in a language."""
        start = "" if self.path.startswith(WITHOUT_LANGUAGE) else LANGUAGES[language]
        return f"{url}{start}{self.path}"


def stops(facts: dict[str, Any], names: dict[str, str]) -> Iterator[Stop]:
    """Yield the stops that the demo offers, in `names`' order: of several of one kind, the first."""
    offered: dict[str, dict[str, str]] = {}
    for page in facts["pages"]:
        offered.setdefault(page["kind"], page)
    for kind, name in names.items():
        if kind in offered:
            yield Stop(name, offered[kind]["path"], offered[kind]["login"])
        else:
            print(f"no picture of {name}: the demo offers no page of kind “{kind}”")


def by_login(these: Iterable[Stop]) -> dict[str, list[Stop]]:
    """Sort stops by who sees them, so that each signs in once."""
    found: dict[str, list[Stop]] = {}
    for stop in these:
        found.setdefault(stop.login, []).append(stop)
    return found


def someone(
    browser: Browser, url: str, login: str, password: str, language: str, size: tuple[int, int]
) -> BrowserContext:
    """Return a browser of its own for one person, signed in unless `login` is empty."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, locale=LOCALES[language])
    if login:
        page = context.new_page()
        page.goto(f"{url}{LANGUAGES[language]}/account/login/?way=password")
        page.locator("input[name=login]").first.fill(login)
        page.locator("input[name=password]").first.fill(password)
        page.get_by_test_id("sign-in-submit").click()
        page.wait_for_load_state("networkidle")
        page.close()
    return context


def sideways(page: Page) -> int:
    """Return by how many pixels a page is wider than its window: 0, or it scrolls sideways."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))
