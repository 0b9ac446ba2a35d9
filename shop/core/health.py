"""Is the process alive, and can it reach what it depends on. For machines: no language, no session."""

import logging
from collections.abc import Callable
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis

logger = logging.getLogger(__name__)

SECONDS = 1.0


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process can answer at all."""
    return HttpResponse("ok", content_type="text/plain")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    # Past the guard that hides an outage from pages.
    cache.ping()  # type: ignore[attr-defined]  # both of our backends have it


def _broker() -> None:
    url = settings.CELERY_BROKER_URL
    if url.startswith("filesystem"):
        if not Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]).is_dir():
            raise OSError("no folder for tasks")
        return
    with current_app.connection_for_write(connect_timeout=SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=SECONDS)


def _channels() -> None:
    if settings.CHANNELS_URL:
        with Redis.from_url(settings.CHANNELS_URL, socket_connect_timeout=SECONDS, socket_timeout=SECONDS) as layer:
            layer.ping()


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "cache": _cache,
    "broker": _broker,
    "channels": _channels,
}


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every dependency answers, else 503; says which, never why (that goes to the log).

    For whoever is called at night, not for a balancer: without cache, broker and channels pages are answered as before.
    """
    found = {}
    for name, check in CHECKS.items():
        try:
            check()
            found[name] = "ok"
        except Exception:
            logger.warning("not ready: %s", name, exc_info=True)
            found[name] = "failed"
    return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)
