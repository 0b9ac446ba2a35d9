"""Production: every secret and service comes from the environment; refuses to start without them."""

from django.core.exceptions import ImproperlyConfigured

from .base import *
from .base import VAR_DIR, env
from .databases import caches, databases

MIN_SECRET_LENGTH = 40


def _required(name: str) -> str:
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is missing: production takes it from the environment.")
    return value


SECRET_KEY = _required("SECRET_KEY")
if len(SECRET_KEY) < MIN_SECRET_LENGTH or "demo" in SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is the demo's or too short: use at least 40 random characters.")
_required("DATABASE_URL")
_required("ALLOWED_HOSTS")
_required("SITE_URL")

DEBUG = False
# nginx stands before us: without it, everyone would share one address and one count of failed sign-ins.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 1)
DATABASES = databases(env, VAR_DIR)
CACHES = caches(env, VAR_DIR)
DEMO_CASHIER = False

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Preloading binds every subdomain of the shop's owner: theirs to decide.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
