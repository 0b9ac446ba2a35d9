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

logger = logging.getLogger(__name__)

BROKER_SECONDS = 2


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process can answer at all."""
    return HttpResponse("ok", content_type="text/plain")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    cache.set("readyz", "yes", 10)
    if cache.get("readyz") != "yes":
        raise OSError("what was written can't be read")


def _broker() -> None:
    url = settings.CELERY_BROKER_URL
    if url.startswith("filesystem"):
        if not Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]).is_dir():
            raise OSError("no folder for tasks")
        return
    with current_app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)


CHECKS: dict[str, Callable[[], None]] = {"database": _database, "cache": _cache, "broker": _broker}


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every dependency answers, else 503; says which, never why (that goes to the log)."""
    found = {}
    for name, check in CHECKS.items():
        try:
            check()
            found[name] = "ok"
        except Exception:
            logger.exception("not ready: %s", name)
            found[name] = "failed"
    return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)
