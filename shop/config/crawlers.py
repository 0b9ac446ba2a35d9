"""What search engines are told: /robots.txt and /sitemap.xml. The root of the composition knows every package's pages."""

from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog.queries.addresses import public_addresses
from shop.campaigns.queries import public_addresses as campaign_addresses
from shop.core.redirects import in_language, without_language
from shop.core.views import HELP

# Pages of one person or one office, and what only a program asks for.
CLOSED = (
    "/account/",
    "/seller/",
    "/review/",
    "/reports/",
    "/units/",
    "/pledges/mine/",
    "/pledges/receipt/",
    "/live/console/",
    "/shop/basket/",
    "/shop/checkout/",
    "/shop/me/",
    "/shop/search/",
)
BACK = ("/cms/", "/admin/", "/pay/", "/files/", "/documents/", "/_util/")
HOUR = 3600


@require_safe
@cache_control(public=True, max_age=HOUR)
def robots(_request: HttpRequest) -> HttpResponse:
    """Say which pages are for search engines: of a demonstration none, since its people and orders are invented."""
    if settings.DEMO_CASHIER:
        closed = ["/"]
    else:
        closed = [*(in_language(each, language) for language in ("zh-hans", "en") for each in CLOSED), *BACK]
    lines = ["User-agent: *", *(f"Disallow: {each}" for each in closed)]
    if not settings.DEMO_CASHIER:
        lines += ["", f"Sitemap: {settings.SITE_URL}/sitemap.xml"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=HOUR)
def sitemap(_request: HttpRequest) -> HttpResponse:
    """List the public pages, each in its languages."""
    plain = [*public_addresses(), "/live/", "/pledges/", *(f"/help/{name}/" for name in HELP)]
    both = [(address, in_language(address, "en")) for address in plain]
    groups = [*campaign_addresses(), *both]
    rows = "".join(_row(address, group) for group in groups for address in group)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return HttpResponse(f"{head}<urlset {space}>\n{rows}</urlset>\n", content_type="application/xml; charset=utf-8")


def _row(address: str, group: tuple[str, ...]) -> str:
    def whole(each: str) -> str:
        return escape(settings.SITE_URL + each, {'"': "&quot;"})

    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{_language(each)}" href="{whole(each)}"/>' for each in group
    )
    return f"<url><loc>{whole(address)}</loc>{links}</url>\n"


def _language(address: str) -> str:
    return "en" if without_language(address) != address else "zh-Hans"


urlpatterns = [path("robots.txt", robots, name="robots"), path("sitemap.xml", sitemap, name="sitemap")]
