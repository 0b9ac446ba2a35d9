"""Where a page may send somebody: to an address of this site, written so that no browser reads another host in it.

The one place that decides it. Everything that leads onward by something that was sent (`next`, a referrer, the path
itself) asks here.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

# Browsers read a backslash as a slash, and leave out tabs and line breaks: "/\t/evil" is "//evil".
_ODD = re.compile(r"[\\\x00-\x20\x7f-\x9f\u2028\u2029]")
_ENGLISH = "/en"
# What a page that is translated by itself says in its context: where it stands, by the code of each language.
ADDRESSES = "addresses_by_language"


def inside(request: HttpRequest, wanted: str) -> str:
    """Return `wanted` as path and query if it is an address of this site, else "".

    Of an absolute address of this host only path and query are kept, so that nothing depends on the host twice.
    """
    here = {request.get_host()}
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=here, require_https=request.is_secure()):
        return ""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return ""
    path = parts.path or ("/" if parts.netloc else "")
    if parts.netloc and not path.startswith("/"):
        return ""
    found = parts._replace(scheme="", netloc="", path=path).geturl()
    return found if is_inside(found) else ""


def is_inside(path: str) -> bool:
    """Tell whether `path` (with its query) leads to this site from every page of it.

    It starts with one slash; nowhere before its query are there two in a row, however written: with the language's
    prefix taken off, "/en//evil.example/" would be another host.
    """
    before_query = path.partition("?")[0].partition("#")[0]
    plain = unquote(before_query)
    return plain.startswith("/") and "//" not in plain and not _ODD.search(plain)


def onward(request: HttpRequest, default: str) -> str:
    """Return where the request wants to go afterwards (`next`) if that is an address of this site, else `default`."""
    return inside(request, request.POST.get("next") or request.GET.get("next") or "") or default


def without_language(path: str) -> str:
    """Return `path` without the prefix of its language, always with exactly one slash before it."""
    bare = path[len(_ENGLISH) :] if path == _ENGLISH or path.startswith((f"{_ENGLISH}/", f"{_ENGLISH}?")) else path
    return "/" + bare.lstrip("/\\")


def in_language(path: str, language: str) -> str:
    """Return the address of the same page in `language`."""
    bare = without_language(path)
    return bare if language == settings.LANGUAGE_CODE else f"{_ENGLISH}{bare}"


# Where a library's own pages lead to when they were asked to lead elsewhere.
_HOMES = ("/cms/", "/admin/")


class RedirectsInside:
    """Middleware: no answer of ours leads to an address of this site in which a browser may read another host.

    Our own pages ask `inside`; those of libraries (the CMS's bulk actions, the back office) check `next` by a rule of
    their own, which lets "/en//evil.example/" pass. What leads to another host on purpose is not touched.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; a redirect to such an address goes to the home of where it was asked, a link of its pages nowhere."""
        if request.path.startswith(_HOMES) and "next" in request.GET and not inside(request, request.GET["next"]):
            kept = request.GET.copy()
            del kept["next"]
            request.GET = kept  # type: ignore[assignment]  # a QueryDict all the same
        response = self.get_response(request)
        if 300 <= response.status_code < 400 and response.has_header("Location"):
            target = response["Location"]
            if _is_ours(request, target) and not inside(request, target):
                home = next((each for each in _HOMES if request.path.startswith(each)), "/")
                response["Location"] = home
        return response


def _is_ours(request: HttpRequest, target: str) -> bool:
    """Tell whether an address is one of this site, and not told from where a page is ("../", "?page=2")."""
    try:
        host = urlsplit(target).netloc
    except ValueError:
        return True
    return host == request.get_host() if host and not target.startswith("/") else target.startswith(("/", "\\"))
