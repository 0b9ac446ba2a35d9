"""Every address. Chinese has no prefix, English lives under /en/; machines' addresses have neither.

Order matters: Wagtail's catch-all comes last.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from livestream.urls import clip_urlpatterns
from shop.accounts.closed_doors import urlpatterns as closed_doors
from shop.accounts.urls import entrance
from shop.campaigns import cms_words
from shop.config import api, crawlers
from shop.core import back_office, health
from shop.core import views as core_views

handler404 = "shop.core.languages.not_found"
handler500 = "shop.core.outages.server_error"

DEMO_PAGES = [path("styleguide/", core_views.styleguide, name="styleguide")] if settings.DEMO_CASHIER else []
# Local media: pictures that we encoded, under names with their hash. In production the proxy answers before us.
MEDIA = [path("media/<path:path>", core_views.media, name="media")] if settings.MEDIA_URL == "/media/" else []

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    *crawlers.urlpatterns,
    *MEDIA,
    path("files/<str:token>", core_views.private_file, name="private-file"),
    *closed_doors,
    # Before Wagtail's own of that address.
    path("cms/jsi18n/", cms_words.words),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("admin/", back_office.site.urls),
    path("pay/", include("shop.sales.pay_urls")),
    path("t/", include("traceability.urls")),
    path("api/", include((api.urlpatterns, "api"))),
    *clip_urlpatterns,
    *i18n_patterns(
        *DEMO_PAGES,
        path("help/<slug:name>/", core_views.help_page, name="help"),
        path("account/", include(entrance)),
        path("", include("shop.sales.urls")),
        path("seller/lots/", include("traceability.seller_urls")),
        path("seller/goods/", include("catalog.seller_urls")),
        path("seller/", include("shop.sales.seller_urls")),
        path("review/listings/", include("catalog.review_urls")),
        path("review/certificates/", include("catalog.certificate_urls")),
        path("review/", include("shop.sales.review_urls")),
        path("reports/", include("shop.sales.report_urls")),
        path("account/", include("shop.accounts.urls")),
        path("live/", include("livestream.urls")),
        path("units/", include("procurement.urls")),
        path("pledges/", include("procurement.pledge_urls")),
        # Areas whose package does not exist yet. Their package's urls take the place of the line.
        *[path(f"{area}/", core_views.later, {"area": area}, name=f"later-{area}") for area in core_views.LATER],
        path("", include("catalog.urls")),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
