"""What a load balancer and a watchman ask: is this process up, and is what it leans on there?"""

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)
_SECONDS = 1.0
# A part that hangs keeps its thread; later questions then wait in line, and their callers wait no longer.
_askers = ThreadPoolExecutor(max_workers=6, thread_name_prefix="readyz")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else, so a slow database restarts no web server."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Which part is there and which is missing, within about a second; 503 unless all are."""
    asked = {name: _askers.submit(question) for name, question in _PARTS.items()}
    parts = {}
    for name, answer in asked.items():
        try:
            answer.result(timeout=_SECONDS)
            parts[name] = "ok"
        except TimeoutError:
            parts[name] = "no answer in time"
        except Exception:
            logger.exception("readyz: %s is missing", name)
            parts[name] = "missing"
    return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)


def _database() -> None:
    try:
        with connection.cursor() as cursor:
            # A table of ours: an empty SQLite file answers SELECT 1 as well.
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    finally:
        connection.close()  # this thread's own


def _cache() -> None:
    cache.set("readyz", "ok", timeout=5)
    if cache.get("readyz") != "ok":
        raise ConnectionError("the cache forgot what it was told")


def _queue() -> None:
    if settings.REDIS_URL:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS
        ) as client:
            client.ping()
        return
    folder = settings.VAR_DIR / "queue" / "messages"
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"{folder} cannot be written")


_PARTS: dict[str, Callable[[], None]] = {"database": _database, "cache": _cache, "queue": _queue}
