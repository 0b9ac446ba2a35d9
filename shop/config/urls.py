"""Every address. Chinese has no prefix, English lives under /en/; machines' addresses have neither.

Order matters: Wagtail's catch-all comes last.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from shop.core.views import styleguide

DEMO_PAGES = [path("styleguide/", styleguide, name="styleguide")] if settings.DEMO_CASHIER else []

urlpatterns = [
    path("cms/", include(wagtailadmin_urls)),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        *DEMO_PAGES,
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
