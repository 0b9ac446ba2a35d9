"""What every environment shares. Only this package reads the environment."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _
from oscar.defaults import *

from .accounts import *
from .oscar import *
from .oscar import OSCAR_APPS

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parents[3]
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])

INSTALLED_APPS = [
    "shop.core.apps.CoreConfig",
    "shop.accounts.apps.AccountsConfig",
    "catalog.apps.CatalogConfig",
    "traceability.apps.TraceabilityConfig",
    "shop.sales.apps.SalesConfig",
    "procurement.apps.ProcurementConfig",
    "livestream.apps.LivestreamConfig",
    "shop.campaigns.apps.CampaignsConfig",
    "shop.config.apps.ConfigConfig",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    *OSCAR_APPS,
    "widget_tweaks",
    "treebeard",
    "allauth",
    "allauth.account",
    "axes",
    "rules",
    "csp",
    # Without autodiscovery: only what shop.core.back_office registers is administered here, not Oscar's tables.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shop.core.policies.PolicyMiddleware",
    "shop.core.redirects.RedirectsInside",
    # Outside of those that answer by themselves: a redirect of CommonMiddleware says it too.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "shop.accounts.sessions.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "shop.core.languages.ReaderLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "shop.core.unstorable.RefuseNul",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "shop.core.untrusted.readers.FilesOfRequest",
    "shop.core.refused_methods.RefusedMethodPages",
    "shop.sales.sources.RememberSource",
    "shop.sales.visitors.EndGuest",
    # Leads from where a page was.
    "shop.campaigns.renamed.FollowRenamed",
]

# Files of one person that are read within a minute: six photos of a form, sent and sent again, are far below it.
FILES_A_MINUTE = 60
# How long a file waits for the one before it of the same person; two bombs never keep both children busy.
FILE_PATIENCE_SECONDS = 5

ROOT_URLCONF = "shop.config.urls"
WSGI_APPLICATION = "shop.config.wsgi.application"
ASGI_APPLICATION = "shop.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
SITE_ID = 1
MIGRATION_MODULES: dict[str, str] = {}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "shop" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.core.context.site",
            ],
            "builtins": [
                "shop.core.templatetags.heqiao",
                "shop.core.templatetags.heqiao_components",
                "shop.core.templatetags.heqiao_standing",
            ],
        },
    },
]

FORM_RENDERER = "shop.core.plain_inputs.PlainInputs"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "shop.accounts.backends.PhoneOrEmail",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    # No rule of its own: it hears of each new password, whichever door it came through.
    {"NAME": "shop.accounts.validators.EndTokens"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/account/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [BASE_DIR / "shop" / "locale", BASE_DIR / "shop" / "forks" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# Footer lines a shop must show; empty ones are left out.
LICENCES = {
    "business": env.str("LICENCE_BUSINESS", ""),
    "food": env.str("LICENCE_FOOD", ""),
    "icp": env.str("LICENCE_ICP", ""),
    "telecom": env.str("LICENCE_TELECOM", ""),
}
# Where bank transfers go; the cashier shows it with the remittance code.
TRANSFER_ACCOUNT = {
    "payee": env.str("TRANSFER_PAYEE", "禾桥（广州）农产品服务有限公司"),
    "bank": env.str("TRANSFER_BANK", "广州农村商业银行天河支行"),
    "number": env.str("TRANSFER_NUMBER", ""),
}
# Who gives out private numbers (隐私号) for shipped orders, a class as in shop.sales.private_numbers.
PRIVATE_NUMBERS = env.str("PRIVATE_NUMBERS", "shop.sales.private_numbers.Masked")
STATICFILES_DIRS = [BASE_DIR / "static" / "build"]
MEDIA_URL = env.str("MEDIA_URL", "/media/")
MEDIA_ROOT = VAR_DIR / "media"
# Evidence and slips: no address leads here, see shop/core/private_files.py.
PRIVATE_ROOT = VAR_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "shop.core.private_files.PrivateStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

WAGTAIL_SITE_NAME = "禾桥"
# Originals are encoded anew in a child process, under names that nobody guesses.
WAGTAILIMAGES_IMAGE_FORM_BASE = "shop.campaigns.image_forms.EncodedImageForm"
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
# Whatever staff upload is served as WebP: media serves nothing but what we encode ourselves.
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"jpeg": "webp", "png": "webp", "gif": "webp", "avif": "webp", "bmp": "webp"}
# Documents beside campaign pages are for everybody who has the page (a collection may ask for a login); each is looked
# into, and is saved by the browser, never shown in a page of ours.
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "shop.campaigns.document_forms.CheckedDocumentForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
# A page or a collection is for everybody, or for who is signed in, or for a group. One password for many can be guessed
# without end, and would be kept as it was typed.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
# No page embeds what stands elsewhere, so this server asks nobody for it.
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILADMIN_BASE_URL = SITE_URL
# The office speaks what the shop speaks, by the shop's clock: nobody chooses among 500 places.
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
# No page asks another host.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}

# Live rooms: the layer only wakes the other processes, which then read the events from the database.
CHANNELS_URL = env.str("CHANNELS_URL", "")
CHANNEL_LAYERS = {
    "default": (
        # redis-py 8 would cut idle sockets every five seconds; redis<8 is pinned, and no timeout is set.
        {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [{"address": CHANNELS_URL, "socket_timeout": None}]},
        }
        if CHANNELS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}

# Who sits at a live room's socket is asked again so often, in seconds: it ends with the session, account or role.
LIVE_ASK_SECONDS = env.float("LIVE_ASK_SECONDS", 20.0)

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "filesystem://")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    # A tick that could not be run within its second is dropped: the next one does its work.
    "tick": {"task": "core.tick", "schedule": 1.0, "options": {"expires": 5}},
}
if CELERY_BROKER_URL.startswith("filesystem"):
    _BROKER_DIR = VAR_DIR / "broker"
    for _folder in ("messages", "control"):
        (_BROKER_DIR / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_BROKER_DIR / "messages"),
        "data_folder_out": str(_BROKER_DIR / "messages"),
        "control_folder": str(_BROKER_DIR / "control"),
    }

# Pages of visitors who are not signed in, kept before Django's middleware: seconds each, bytes per process.
# Days after sending, when a receipt that nobody confirmed is confirmed: of shoppers, and of units that accept in form.
AUTO_RECEIPT_DAYS = env.int("AUTO_RECEIPT_DAYS", 10)
UNIT_RECEIPT_DAYS = env.int("UNIT_RECEIPT_DAYS", 30)
PAGE_CACHE_SECONDS = env.int("PAGE_CACHE_SECONDS", 20)
PAGE_CACHE_BYTES = 24_000_000

# Strict: nothing from other hosts, no inline scripts or styles.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # blob: is a photo that the phone still holds, shown while it waits to be sent.
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
# Wagtail's editor starts its date fields and rows by inline scripts, and sets styles; it shows previews in a frame of
# its own. Nothing of other hosts, no plug-ins, no form that sends elsewhere, there either.
OFFICE_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "hq_lang"
LANGUAGE_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"tokens": {"()": "shop.core.logs.HideTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    # A broker of files has no host, and the library warns of that at each start.
    "loggers": {"kombu.connection": {"level": "ERROR"}},
}
