"""A programme's page, kept whole.

The key is the programme, the language, the programme's revision and the day in Paris (the pace line
moves at midnight): a change of content or of the total moves the revision, so that a page is never
thrown away but simply no longer asked for. What is kept was rendered for nobody in particular, from
a request of our own: no visitor's cookie, host, query or session can end up in another's page.
"""

import gzip
import hashlib
import io
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache as remember
from operator import itemgetter
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template import engines
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.autoreload import file_changed
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from programs.models import Program

logger = logging.getLogger(__name__)

# Longer than a day serves nobody: the day is part of the key.
KEEP_SECONDS: Final = 60 * 60 * 25


@dataclass(frozen=True)
class Version:
    """Which rendering of a page is the right one now."""

    pk: int
    slug: str
    revision: int
    language: str

    @property
    def key(self) -> str:
        parts = (self.pk, self.language, self.revision, timezone.localdate(), release())
        return "page:" + hashlib.sha256(repr(parts).encode()).hexdigest()[:32]

    @property
    def etag(self) -> str:
        """Weak: the compressed page and the plain one are the same page."""
        return f'W/"{self.key.removeprefix("page:")}"'


@dataclass(frozen=True)
class Body:
    """The page's bytes, as they are and as they travel: compressed once, not at each request."""

    plain: bytes
    packed: bytes

    @classmethod
    def of(cls, html: str) -> "Body":
        plain = html.encode()
        return cls(plain, gzip.compress(plain, mtime=0))


def current(slug: str) -> Version | None:
    """The version of the published programme called `slug`, in one query; None where there is none."""
    language = get_language() or settings.LANGUAGE_CODE
    sql, params, pick = _version_query(language, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [slug if param == _SLUG else param for param in params])
        rows = [pick(row) for row in cursor.fetchall()]
    versions = [Version(pk, own or slug, revision, language) for pk, own, revision in rows]
    return min(versions, key=lambda version: version.slug != slug, default=None)


_SLUG = "\x00slug"  # no address: what is asked for takes its place


@remember
def _version_query(language: str, vendor: str) -> tuple[str, tuple[Any, ...], Callable[[Any], Any]]:
    """The query behind `current`, put into SQL once: doing so at each hit costs more than the hit.

    With its parameters, and what picks key, slug and revision from a row.
    """
    own = "slug_" + language
    rows = Program.objects.published().called(_SLUG).values_list("id", own, "revision")
    compiler = rows.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    columns = [expression.target.name for expression, *_rest in compiler.select]
    return sql, tuple(params), itemgetter(*(columns.index(name) for name in ("id", own, "revision")))


def respond(
    request: HttpRequest, version: Version, template: str, context: Callable[[], dict[str, Any]]
) -> HttpResponseBase:
    """The page of that version: not sent where the visitor has it, else kept, else rendered and kept."""
    unchanged = get_conditional_response(request, etag=version.etag)
    if unchanged is not None:
        return _headed(unchanged, version.etag)
    body = _read(version.key)
    if body is None:
        body = Body.of(_render(request, template, context()))
        _write(version, body)
    return _headed(_response(request, body), version.etag)


def last_known(request: HttpRequest, slug: str) -> HttpResponseBase | None:
    """The page as it was last read, for when the database does not answer; None where none is kept."""
    key = _read(_last(slug, get_language() or settings.LANGUAGE_CODE))
    body = _read(key) if key else None
    return _headed(_response(request, body)) if body else None


@remember
def release() -> str:
    """Changes when templates, translations or style sheets do: a new release renders its pages anew."""
    folders = [Path(str(folder)) for folder in (*engines["django"].template_dirs, *settings.LOCALE_PATHS)]
    newest = max((file.stat().st_mtime_ns for folder in folders for file in folder.rglob("*.*")), default=0)
    return f"{newest}-{getattr(staticfiles_storage, 'manifest_hash', '')}"


@receiver(file_changed)
def _forget_release(**kwargs: Any) -> None:
    """Under the development server, an edited template shows at once."""
    release.cache_clear()


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> str:
    """Render for nobody: same path, our own host, no cookie, no query, no user."""
    site = urlsplit(settings.SITE_URL)
    port = site.port or (443 if site.scheme == "https" else 80)
    blank = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": request.path_info,
            "SERVER_NAME": site.hostname or "",
            "SERVER_PORT": str(port),
            "HTTP_HOST": site.netloc,
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(),
        }
    )
    blank.user = AnonymousUser()
    blank.resolver_match = request.resolver_match
    return render_to_string(template, context, blank)


def _response(request: HttpRequest, body: Body) -> HttpResponse:
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(body.packed, headers={"Content-Encoding": "gzip"})
    return HttpResponse(body.plain)


def _headed(response: HttpResponseBase, etag: str | None = None) -> HttpResponseBase:
    """Everyone may keep the page; nobody may show it without asking whether it is still the one."""
    response["Cache-Control"] = "public, no-cache"
    if etag:
        response["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _last(slug: str, language: str) -> str:
    return f"page:last:{language}:{slug}"


def _read(key: str) -> Any:
    try:
        return cache.get(key)
    except Exception:  # a cache that is down makes the page slower, not absent
        logger.warning("The cache did not answer; rendering without it.", exc_info=True)
        return None


def _write(version: Version, body: Body) -> None:
    try:
        cache.set(version.key, body, KEEP_SECONDS)
        cache.set(_last(version.slug, version.language), version.key, KEEP_SECONDS)
    except Exception:
        logger.warning("The cache did not take a page.", exc_info=True)
