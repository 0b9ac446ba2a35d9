"""A visitor without a network: keeps cookies, sends requests straight to a WSGI callable."""

import io
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

from shop.config.pagecache import PageCache


class Browser:
    """A visitor: keeps cookies, sends requests straight to the WSGI callable."""

    def __init__(self, application: PageCache, **cookies: str) -> None:
        self.application = application
        self.cookies = dict(cookies)
        self.sent: list[str] = []

    def request(self, address: str, method: str = "GET", data: dict[str, str] | None = None, **more: Any):
        target, _, query = address.partition("?")
        body = urlencode(data or {}).encode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": target,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "HTTP_HOST": "127.0.0.1",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
            "wsgi.multiprocess": True,
            "wsgi.multithread": True,
            "wsgi.run_once": False,
            "wsgi.version": (1, 0),
        }
        if self.cookies:
            environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            answer.update(status=int(status[:3]), headers=headers)

        response = self.application({**environ, **more}, start_response)
        answer["body"] = b"".join(response).decode()
        if hasattr(response, "close"):
            response.close()
        self.sent = [value for name, value in answer["headers"] if name == "Set-Cookie"]
        for value in self.sent:
            name, _, rest = value.strip().partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer

    def text(self, address: str, **more: Any) -> str:
        """Return the page's paragraph."""
        found = re.search(r"<p>(.*?)</p>", self.request(address, **more)["body"])
        assert found is not None
        return unescape(found[1])
