"""Tests: the embedded defaults with fast hashing; PostgreSQL and Redis by DATABASE_URL and CACHE_URL."""

from .databases import own_cache
from .dev import *
from .dev import CACHES, VAR_DIR, env

# Workers of one run clear their caches before each test: each has its own, and so have the servers it starts.
CACHES = own_cache(CACHES, VAR_DIR, env.str("PYTEST_XDIST_WORKER", "main"))

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "shop.core.private_files.PrivateStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Tests look at what they have just changed; tests/config/test_pagecache.py turns the page cache on for itself.
PAGE_CACHE_SECONDS = 0

# Tests read what was sent at once.
SEND_CODES_ASIDE = False

# Servers that tests start serve the built files where they lie: nothing is collected.
WHITENOISE_USE_FINDERS = True
# A file is looked up when it is asked for: each test client makes a handler of its own, and listing all files again
# for each was a seventh of the suite's time.
WHITENOISE_AUTOREFRESH = True

# All tests come from one address, and their people have the same numbers.
FILES_A_MINUTE = 100_000
