"""Tests: the embedded defaults with fast hashing; PostgreSQL and Redis by DATABASE_URL and CACHE_URL."""

from .dev import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Tests look at what they have just changed; tests/config/test_pagecache.py turns the page cache on for itself.
PAGE_CACHE_SECONDS = 0
