"""A guest's order whose answer never came: the connection is cut, the browser sends the form again."""

import re
import socket
from collections.abc import Callable
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from django.test import Client

from shop.sales.models import Purchase
from tests.factories import make_division, make_freight, make_listing, spec_of
from tests.faults.test_worker import wait_for
from tests.plugins.servers import StartSite
from tests.sales.test_guest_access import ADDRESS

SECONDS = 60


class Browser:
    """Keeps cookies, speaks HTTP over a socket of its own, and can hang up before the answer."""

    def __init__(self, url: str) -> None:
        """Visit a site."""
        parts = urlsplit(url)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self.cookies: dict[str, str] = {}

    def send(
        self,
        method: str,
        path: str,
        form: dict[str, object] | None = None,
        *,
        hang_up_when: Callable[[], bool] | None = None,
    ) -> str:
        """Send a request; return the whole answer, "" where the line is cut before it is read."""
        body = urlencode(form or {}).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"Origin: http://{self.host}:{self.port}",
            f"Cookie: {cookies}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        with socket.create_connection((self.host, self.port), SECONDS) as line:
            line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
            if hang_up_when is not None:
                wait_for(hang_up_when)
                return ""
            parts = []
            while part := line.recv(65536):
                parts.append(part)
        answer = b"".join(parts).decode()
        for set_cookie in re.findall(r"(?im)^set-cookie: (.*?)\r$", answer.partition("\r\n\r\n")[0]):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(set_cookie).items()}
        return answer


def test_the_same_browser_gets_its_purchase_after_its_answer_was_lost(start_site: StartSite) -> None:
    make_division()
    listing = make_listing(stock=9)
    make_freight(listing.supplier)
    buy = f"{spec_of(listing).specification_id}:2"
    browser = Browser(start_site().url)
    page = browser.send("GET", f"/shop/checkout/?buy={buy}")
    form = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("key", "csrfmiddlewaretoken")}  # type: ignore[index]  # the form has both
    sent = {**ADDRESS, **form, "buy": buy}
    browser.send("POST", "/shop/checkout/", sent, hang_up_when=Purchase.objects.exists)
    again = browser.send("POST", "/shop/checkout/", sent)
    purchase = Purchase.objects.get()
    assert again.startswith("HTTP/1.1 302")
    assert re.search(r"(?im)^location: (.*?)\r$", again)[1] == f"/pay/{purchase.number}/"  # type: ignore[index]  # a redirect has one
    cashier = browser.send("GET", f"/pay/{purchase.number}/")
    assert cashier.startswith("HTTP/1.1 200")
    assert purchase.number in cashier
    # Another browser that sends the same form is told nothing.
    assert Client().get(f"/pay/{purchase.number}/").status_code == 404
