"""The WSGI callable for pages: Django, with the page cache before it."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from shop.config.pagecache import PageCache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.config.settings.dev")

application = PageCache(get_wsgi_application(), seconds=settings.PAGE_CACHE_SECONDS, limit=settings.PAGE_CACHE_BYTES)
