"""Who may do what on every address. A route in an area for everyone must be listed; other areas are closed by default.

A new route below /account/, /seller/, /review/, /cms/, /admin/ is tested with the rule of its area until it is listed
in ROUTES; a new route anywhere else fails until it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from django.urls import URLPattern, URLResolver, get_resolver


class Rule(Enum):
    """Who a route answers."""

    OPEN = "everyone"
    OWN = "signed in, and only one's own things"
    SELLER = "members of a supplier, and only its own things"
    BUYER = "who bought it: the account, or a guest's browser that holds the token"
    REVIEW = "reviewers and administrators"
    UNIT = "members of a budget unit, and only its own things (those above it read them)"
    REPORT = "who may read reports: of all, of the units below, or of one's own orders only"
    STAFF = "staff"
    TOKEN = "programs by their token; the API's own list of operations says who (tests/security/test_api.py)"


ROUTES: dict[str, Rule] = {
    "healthz": Rule.OPEN,
    "readyz": Rule.OPEN,
    "robots.txt": Rule.OPEN,
    "sitemap.xml": Rule.OPEN,
    "styleguide/": Rule.OPEN,
    "help/<slug:name>/": Rule.OPEN,
    # Live rooms: guests watch and buy; chatting needs an account.
    "live/": Rule.OPEN,
    "live/clips/<slug:name>.mp4": Rule.OPEN,
    "live/<slug:slug>/": Rule.OPEN,
    "live/<slug:slug>/chat/": Rule.OPEN,
    "live/<slug:slug>/buy/": Rule.OPEN,
    "live/<slug:slug>/choose/<int:item_id>/": Rule.OPEN,
    # Who holds a parcel may see where it comes from.
    "t/": Rule.OPEN,
    "t/<str:code>": Rule.OPEN,
    "t/<str:code>/": Rule.OPEN,
    "t/<str:code>/certificate/": Rule.OPEN,
    "t/<str:code>/certificate.pdf": Rule.OPEN,
    # Buy instead of donate: needs, certificates by their code, receipts by their link.
    "pledges/": Rule.OPEN,
    "pledges/needs/<slug:slug>/": Rule.OPEN,
    "pledges/certificates/": Rule.OPEN,
    "pledges/certificates/<str:number>/": Rule.OPEN,
    "pledges/receipt/<str:token>/": Rule.OPEN,
    "pledges/receipts/<int:order_id>/": Rule.OPEN,
    "pledges/give/<slug:slug>/": Rule.OPEN,
    "notices/": Rule.OPEN,
    # Signing in, and what a visitor without account may choose.
    "account/login/": Rule.OPEN,
    "account/signup/": Rule.OPEN,
    "account/logout/": Rule.OPEN,
    "account/inactive/": Rule.OPEN,
    "account/password/reset/": Rule.OPEN,
    "account/password/new/": Rule.OPEN,
    "account/code/": Rule.OPEN,
    "account/code/again/": Rule.OPEN,
    "account/display/": Rule.OPEN,
    "account/language/": Rule.OPEN,
    "account/divisions/": Rule.OPEN,
    "account/deliver-to/": Rule.OPEN,
    "account/addresses/parse/": Rule.OPEN,
    # The catalogue.
    "media/<path:path>": Rule.OPEN,
    # The address is signed and expires, and whoever follows it is asked for again (tests/sales/test_case_pages.py).
    "files/<str:token>": Rule.OPEN,
    "shop/": Rule.OPEN,
    "shop/search/": Rule.OPEN,
    "shop/c/<slug:slug>/": Rule.OPEN,
    "shop/p/<slug:slug>/": Rule.OPEN,
    "shop/p/<slug:slug>/delivery/": Rule.OPEN,
    "shop/p/<slug:slug>/reviews/": Rule.OPEN,
    "shop/certificates/<str:number>/": Rule.OPEN,
    "halls/": Rule.OPEN,
    "halls/<slug:code>/": Rule.OPEN,
    "villages/": Rule.OPEN,
    "villages/<slug:slug>/": Rule.OPEN,
    "villages/<slug:slug>/follow/": Rule.OWN,
    "suppliers/": Rule.OPEN,
    "suppliers/<slug:slug>/": Rule.OPEN,
    # Buying: guests may.
    "shop/basket/": Rule.OPEN,
    "shop/basket/add/": Rule.OPEN,
    "shop/basket/update/": Rule.OPEN,
    "shop/checkout/": Rule.OPEN,
    "shop/checkout/quote/": Rule.OPEN,
    "shop/me/": Rule.OPEN,
    "account/orders/": Rule.OPEN,
    "account/orders/find/": Rule.OPEN,
    "account/orders/found/": Rule.OPEN,
    "account/orders/bought-here/<str:number>/": Rule.OWN,
    "account/orders/received/<str:number>/decline/": Rule.BUYER,
    "account/orders/found/<str:number>/code/": Rule.BUYER,
    # The API's door: its document and its page; an address that it doesn't have.
    "api/": Rule.OPEN,
    "api/<path:rest>": Rule.OPEN,
    "api/v1/": Rule.OPEN,
    "api/v1/openapi.json": Rule.OPEN,
    "api/v1/docs": Rule.OPEN,
    # Wagtail's pages. Its ways in by a password for many answer nothing (tests/campaigns/test_privacy.py).
    r"^((?:[\w\-]+/)*)$": Rule.OPEN,
    "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": Rule.OPEN,
    "_util/authenticate_with_password/<path:rest>": Rule.OPEN,
    "en/_util/authenticate_with_password/<path:rest>": Rule.OPEN,
    # A page of the CMS's, for what a collection or a page asks for; each leads to the shop's own door.
    "_util/login/": Rule.OPEN,
    "en/_util/login/": Rule.OPEN,
    # Documents beside pages; a collection may ask for a login (tests/campaigns/test_documents.py).
    r"documents/^(\d+)/(.*)$": Rule.OPEN,
    "documents/authenticate_with_password/<int:restriction_id>/": Rule.OPEN,
    "documents/authenticate_with_password/<path:rest>": Rule.OPEN,
    # The back offices' own doors.
    "cms/login/": Rule.OPEN,
    "cms/logout/": Rule.OPEN,
    # They lead to the shop's own door (tests/accounts/test_closed_doors.py).
    "cms/password_reset/": Rule.OPEN,
    "cms/password_reset/<path:rest>": Rule.OPEN,
    "cms/password_reset/done/": Rule.OPEN,
    "cms/password_reset/confirm/<uidb64>/<token>/": Rule.OPEN,
    "cms/password_reset/complete/": Rule.OPEN,
    "cms/jsi18n/": Rule.OPEN,
    "cms/sprite/": Rule.OPEN,
    "admin/logout/": Rule.OPEN,
    "admin/jsi18n/": Rule.OPEN,
}
AREAS: dict[str, Rule] = {
    "account/orders/<": Rule.BUYER,
    "pay/<": Rule.BUYER,
    "account/": Rule.OWN,
    "seller/": Rule.SELLER,
    "live/console/": Rule.SELLER,
    "review/": Rule.REVIEW,
    "units/": Rule.UNIT,
    "reports/": Rule.REPORT,
    "pledges/": Rule.OWN,
    "cms/": Rule.STAFF,
    "admin/": Rule.STAFF,
    "api/v1/": Rule.TOKEN,
}
# What stands in an address: nothing has these, unless a test puts something in its place.
SAMPLES = {"int": "987654321", "slug": "nothing-like-it", "str": "nothing-like-it", "path": "nothing", "uuid": "0" * 32}


@dataclass(frozen=True)
class Route:
    """One route of the URLconf, with the languages' prefix taken off."""

    pattern: str

    @property
    def rule(self) -> Rule | None:
        """Who it answers; None for an open area's route that is not listed."""
        if self.pattern in ROUTES:
            return ROUTES[self.pattern]
        return next((rule for area, rule in AREAS.items() if self.pattern.startswith(area)), None)

    def address(self, **values: object) -> str:
        """Return an address of the route, with `values` or samples in its places."""

        def fill(match: re.Match[str]) -> str:
            kind, name = match.group(1) or "str", match.group(2)
            return str(values.get(name, SAMPLES.get(kind, "nothing")))

        text = re.sub(r"<(?:(\w+):)?(\w+)>", fill, self.pattern)
        # Regular expressions (Wagtail's): groups become nothing, anchors go.
        text = re.sub(r"\(\?P<\w+>[^)]*\)", "nothing", text)
        return "/" + re.sub(r"[\^$]|\(.*\)|\\", "", text)


def _walk(patterns: list[URLPattern | URLResolver], above: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        else:
            yield here


def all_routes() -> list[Route]:
    """Return every route of the site but the API's operations, once each, in order."""
    return [route for route in every_route() if route.rule is not Rule.TOKEN]


def every_route() -> list[Route]:
    """Return every route, the API's operations too."""
    return [Route(pattern) for pattern in dict.fromkeys(_walk(get_resolver().url_patterns))]
