"""Takes the pictures of docs/screenshots on a running demo: each page at 360 and 1280 px, in both languages.

`python -m tests.browser.screenshots http://127.0.0.1:8765 docs/screenshots`
"""

import io
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.stops import LANGUAGES, SHOP, WORK, Stop, by_login, someone, stops
from tests.plugins.browsers import CHROMIUM

PATIENCE_SECONDS = 60
PHONE = 768
WIDTHS = {360: 780, 1280: 900}
MORE = 3  # screens below the first one: a page is shown, not only its head


def wait_for(url: str) -> None:
    """Return once the demo answers."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=5)
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def demo_facts() -> dict[str, Any]:
    """Return what the demo offers: accounts, and one address of each kind of page."""
    shown = subprocess.run(
        [sys.executable, "manage.py", "demo_info", "--json"], capture_output=True, text=True, check=True
    )
    facts: dict[str, Any] = json.loads(shown.stdout)
    return facts


class Camera:
    """Writes pictures of a page's first screens as WebP."""

    def __init__(self, folder: Path, width: int, language: str) -> None:
        self.folder, self.width, self.language = folder, width, language

    def take(self, page: Page, name: str) -> None:
        """Write `name-width-language.webp`."""
        page.wait_for_load_state("networkidle")
        height = min(int(page.evaluate("document.documentElement.scrollHeight")), WIDTHS[self.width] * MORE)
        if page.locator("body.live-body").count():  # a room fills the screen it is given
            height = WIDTHS[self.width]
        for top in range(0, height, WIDTHS[self.width]):  # pictures further down load as they come near
            page.evaluate("top => window.scrollTo(0, top)", top)
            page.wait_for_load_state("networkidle")
        page.evaluate("window.scrollTo(0, 0)")
        size = page.viewport_size
        assert size is not None
        page.set_viewport_size({"width": self.width, "height": height})
        data = page.screenshot()
        page.set_viewport_size(size)
        with Image.open(io.BytesIO(data)) as picture:
            picture.convert("RGB").save(self.folder / f"{name}-{self.width}-{self.language}.webp", quality=82, method=6)


def look_around(context: BrowserContext, camera: Camera, url: str, these: list[Stop]) -> None:
    """Take the pages of one person."""
    page = context.new_page()
    for stop in these:
        page.goto(stop.address(url, camera.language))
        camera.take(page, stop.name)
    page.close()


def buy(context: BrowserContext, camera: Camera, url: str, product: str) -> None:
    """Take the way from the basket to the cashier, and the orders, as the demo's shopper."""
    page = context.new_page()
    start = f"{url}{LANGUAGES[camera.language]}"
    page.goto(f"{start}{product}")
    if camera.width < PHONE:
        page.get_by_test_id("bar-add").click()
    page.get_by_test_id("add-to-basket").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{start}/shop/basket/")
    camera.take(page, "basket")
    page.goto(f"{start}/shop/checkout/")
    camera.take(page, "checkout")
    page.locator("[data-testid=place-order]:visible, [data-testid=place-order-wide]:visible").first.click()
    page.wait_for_url("**/pay/**")
    camera.take(page, "cashier")
    page.goto(f"{start}/account/orders/")
    camera.take(page, "orders")
    page.close()


def one_size(browser: Browser, camera: Camera, url: str, facts: dict[str, Any]) -> None:
    """Take every picture at the camera's width and in its language: each person in a browser of their own."""
    size = (camera.width, WIDTHS[camera.width])
    passwords = {each["login"]: each["password"] for each in facts["accounts"]}
    for login, these in by_login(stops(facts, SHOP | WORK)).items():
        context = someone(browser, url, login, passwords.get(login, facts["password"]), camera.language, size)
        look_around(context, camera, url, these)
        context.close()
    shopper = next(each for each in facts["accounts"] if each["role"] == "Consumer")
    context = someone(browser, url, shopper["login"], shopper["password"], camera.language, size)
    buy(context, camera, url, next(page["path"] for page in facts["pages"] if page["kind"] == "Product"))
    context.close()


def main(url: str, folder: Path) -> None:
    """Take them all."""
    wait_for(url)
    folder.mkdir(parents=True, exist_ok=True)
    facts = demo_facts()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for width in WIDTHS:
            for language in LANGUAGES:
                one_size(browser, Camera(folder, width, language), url, facts)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
