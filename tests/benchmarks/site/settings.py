"""Our site as it is measured: the project's own settings, and a header with the number of queries for who asks for it."""

from shop.config.settings.dev import *
from shop.config.settings.dev import MIDDLEWARE

MIDDLEWARE = ["tests.benchmarks.site.counting.CountQueries", *MIDDLEWARE]
