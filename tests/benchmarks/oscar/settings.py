"""The peer: django-oscar as its guide sets it up, its own templates, Whoosh for the search its category pages need."""

import os

from oscar.defaults import *

HOME = os.environ["PEER_HOME"]
SECRET_KEY = "peer"
ALLOWED_HOSTS = ["127.0.0.1"]
SITE_ID = 1
USE_TZ = True
LANGUAGE_CODE = "en-gb"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
ROOT_URLCONF = "peer.urls"

_APPS = {
    "oscar.apps": {
        "analytics": "Analytics",
        "checkout": "Checkout",
        "address": "Address",
        "shipping": "Shipping",
        "catalogue": "Catalogue",
        "catalogue.reviews": "CatalogueReviews",
        "communication": "Communication",
        "partner": "Partner",
        "basket": "Basket",
        "payment": "Payment",
        "offer": "Offer",
        "order": "Order",
        "customer": "Customer",
        "search": "Search",
        "voucher": "Voucher",
        "wishlists": "Wishlists",
        "dashboard": "Dashboard",
    },
    "oscar.apps.dashboard": {
        name: f"{name.title()}Dashboard"
        for name in (
            *("reports", "users", "orders", "catalogue", "offers", "partners", "pages", "ranges", "reviews"),
            *("vouchers", "communications", "shipping"),
        )
    },
}
INSTALLED_APPS = [
    *(
        f"django.contrib.{name}"
        for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "sites", "flatpages")
    ),
    "oscar.config.Shop",
    *(f"{parent}.{name}.apps.{config}Config" for parent, apps in _APPS.items() for name, config in apps.items()),
    *("widget_tweaks", "haystack", "treebeard", "sorl.thumbnail", "django_tables2"),
]
_DJANGO = "django.contrib"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    f"{_DJANGO}.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    f"{_DJANGO}.auth.middleware.AuthenticationMiddleware",
    f"{_DJANGO}.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    f"{_DJANGO}.flatpages.middleware.FlatpageFallbackMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                f"{_DJANGO}.auth.context_processors.auth",
                f"{_DJANGO}.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = [
    "oscar.apps.customer.auth_backends.EmailBackend",
    "django.contrib.auth.backends.ModelBackend",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["PEER_DATABASE"],
        "USER": "bench",
        "HOST": "127.0.0.1",
        "PORT": os.environ["PEER_PG_PORT"],
        "CONN_MAX_AGE": 60,
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ["PEER_REDIS"],
        "KEY_PREFIX": os.environ["PEER_DATABASE"],
    }
}
HAYSTACK_CONNECTIONS = {
    "default": {
        "ENGINE": "haystack.backends.whoosh_backend.WhooshEngine",
        "PATH": f"{HOME}/index_{os.environ['PEER_DATABASE']}",
        "INCLUDE_SPELLING": True,
    }
}
# No indexing inside requests: in the peer's favour.
HAYSTACK_SIGNAL_PROCESSOR = "haystack.signals.BaseSignalProcessor"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_INITIAL_ORDER_STATUS = OSCAR_INITIAL_LINE_STATUS = "Pending"
OSCAR_ORDER_STATUS_PIPELINE = {"Pending": ()}
OSCAR_DEFAULT_CURRENCY = "CNY"
STATIC_URL, STATIC_ROOT = "/static/", f"{HOME}/static"
MEDIA_URL, MEDIA_ROOT = "/media/", f"{HOME}/media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}
