"""Production: every secret and service comes from the environment; refuses to start without them."""

from importlib.util import find_spec
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from .base import *
from .base import ALLOWED_HOSTS, EMAIL_BACKEND, SITE_URL, SMS_SENDER, VAR_DIR, env
from .databases import caches, databases

MIN_SECRET_LENGTH = 40
# What Django takes for every host, and what stands for every host below a country or nothing.
ANY_HOST = {"*", ".", ""}
SENDS_NOTHING = {"shop.accounts.sms.ConsoleSender", "shop.accounts.sms.Outbox"}


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
if any(host.strip() in ANY_HOST for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS lets any host in: name the shop's own hosts.")
_required("SITE_URL")
if urlsplit(SITE_URL).scheme != "https" or not urlsplit(SITE_URL).hostname:
    raise ImproperlyConfigured("SITE_URL is not https://…: links in messages and papers would be open to be read.")
if urlsplit(SITE_URL).path.strip("/") or urlsplit(SITE_URL).query:
    raise ImproperlyConfigured("SITE_URL is a host alone: the shop's addresses begin at its root.")
if not validate_host(urlsplit(SITE_URL).hostname or "", ALLOWED_HOSTS):
    raise ImproperlyConfigured("SITE_URL names a host that ALLOWED_HOSTS does not let in.")
_required("EMAIL_URL")
if EMAIL_BACKEND != "django.core.mail.backends.smtp.EmailBackend":
    raise ImproperlyConfigured("EMAIL_URL sends no mail: codes would be written to the log, and nobody would get one.")
_required("SMS_SENDER")
if SMS_SENDER in SENDS_NOTHING:
    raise ImproperlyConfigured(
        "SMS_SENDER sends no messages: phones would get no code, and nobody could sign in by one."
    )


def _is_found(path: str) -> bool:
    module, _dot, name = path.rpartition(".")
    try:
        return name.isidentifier() and find_spec(module) is not None
    except (ImportError, ValueError):
        return False


if not _is_found(SMS_SENDER):
    raise ImproperlyConfigured("SMS_SENDER names no class that can be found: give it as package.module.Class.")

DEBUG = False
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
