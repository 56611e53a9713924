"""Public pages, kept whole.

A page's key is its address, the revisions of all programmes and the day in Paris (the pace line moves
at midnight): a change of content or of a total moves a revision, so that a page is never thrown away
but simply no longer asked for. What is kept was rendered for nobody in particular, from a request of
our own: no visitor's cookie, host, query or session can end up in another's page.
"""

import gzip
import hashlib
import io
import logging
from collections.abc import Callable
from functools import cache as remember
from functools import lru_cache, wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any, Concatenate, Final, NamedTuple, ParamSpec
from urllib.parse import urlencode, urlsplit

import brotli
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIRequest
from django.db import InterfaceError, OperationalError, connection
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.autoreload import file_changed
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from programs.models import Program

logger = logging.getLogger(__name__)

# Longer than a day serves nobody: the day is part of the key.
KEEP_SECONDS: Final = 60 * 60 * 25

# A browser asks each time whether its copy is still the one. A cache in front of the site answers for
# ten seconds by itself, for fifty more while it asks, and for a day while the site does not answer.
# The second header says the same to caches that take `must-revalidate` by the letter (RFC 9213).
_SHARED: Final = "stale-while-revalidate=50, stale-if-error=86400"
PUBLIC: Final = {
    "Cache-Control": f"public, max-age=0, must-revalidate, s-maxage=10, {_SHARED}",
    "CDN-Cache-Control": f"public, max-age=10, {_SHARED}",
}
_PRIVATE: Final = "private, no-store"

# How a body may travel, best first. Each is made once, when the page is rendered.
_PACKED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "br": lambda plain: brotli.compress(plain, mode=brotli.MODE_TEXT, quality=9),
    "gzip": lambda plain: gzip.compress(plain, mtime=0),
}
_PLAIN: Final = "identity"

_Rest = ParamSpec("_Rest")
_View = Callable[Concatenate[HttpRequest, _Rest], HttpResponse]
_Kept = Callable[Concatenate[HttpRequest, _Rest], HttpResponseBase]


class Copy(NamedTuple):
    """A page in one encoding, as it is sent."""

    headers: dict[str, str]
    body: bytes


def kept(*questions: str) -> Callable[[_View[_Rest]], _Kept[_Rest]]:
    """Keep what a view answers to anyone, and send it to everyone.

    `questions` names the query's fields that the view reads; it sees no others. A page asked for with
    one is not kept, only recognised by who has it: an address would have as many pages as numbers. The
    versions are read before the content: what is kept under a version is never older than it. Where
    the view knows no such page for visitors, whoever is signed in may still be shown one of their own.
    While the database does not answer, a page is shown as it was last read.
    """

    def decorate(view: _View[_Rest]) -> _Kept[_Rest]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponseBase:
            query = urlencode({name: request.GET[name] for name in questions if name in request.GET})
            return _answer(request, query, lambda asked: view(asked, *args, **kwargs))

        return answer

    return decorate


def _answer(
    request: HttpRequest, query: str, render: Callable[[HttpRequest], HttpResponse]
) -> HttpResponseBase:
    place = f"{get_language()}:{request.path_info}"
    encoding = accepted_encoding(request.headers.get("Accept-Encoding", ""))
    try:
        key = _key(place, query)
    except (InterfaceError, OperationalError):
        copy = None if query else _last_known(place, encoding)
        if copy is None:
            raise
        return _headed(_response(copy))
    etag = f'W/"{key}"' if key else None  # weak: packed or plain, it is the same page
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _headed(unchanged, etag)
    keep = key if not query else None
    copy = _read(_copy(keep, encoding)) if keep else None
    if copy is not None:
        return _headed(_response(copy), etag)
    try:
        rendered = render(_blank(request, query))
    except Http404:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            raise
        return _own(render(request))
    if isinstance(rendered, SimpleTemplateResponse):
        rendered.render()
    if rendered.status_code != HTTPStatus.OK:
        return _headed(rendered)
    copies = _copies(rendered)
    if keep:
        _write(keep, place, copies)
    return _headed(_response(copies[encoding]), etag)


@lru_cache(maxsize=256)
def accepted_encoding(header: str) -> str:
    """The encoding to answer in, by Accept-Encoding: the one most wanted, and of equals the smallest."""
    wanted: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((text[2:] for text in parameters if text.startswith("q=")), "1")
        try:
            wanted[name] = float(weight)
        except ValueError:
            wanted[name] = 0
    for name in _PACKED:
        wanted.setdefault(name, wanted.get("*", 0))
    best = max(_PACKED, key=lambda name: wanted[name])
    return best if wanted[best] > 0 and wanted[best] >= wanted.get(_PLAIN, 0) else _PLAIN


@remember
def release() -> str:
    """Changes when the code, a template, a translation or a style sheet does: a new release renders anew."""
    folders = [
        *(settings.BASE_DIR / name for name in ("campaign", "donations", "outreach", "programs")),
        *(Path(str(folder)) for folder in (*engines["django"].template_dirs, *settings.LOCALE_PATHS)),
    ]
    digest = hashlib.sha256(getattr(staticfiles_storage, "manifest_hash", "").encode())
    for file in sorted({file for folder in folders for file in folder.rglob("*.*") if file.is_file()}):
        if file.suffix != ".pyc":
            digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()


@receiver(file_changed)
def _forget_release(**kwargs: Any) -> None:
    """Under the development server, an edited template shows at once."""
    release.cache_clear()


def _key(place: str, query: str) -> str | None:
    """Under what the right rendering of a page is kept now, in one query; None where nothing tells.

    A change of the site's own pages moves the programmes' revisions: without one, nothing is kept.
    """
    with connection.cursor() as cursor:
        cursor.execute(_revisions(connection.vendor))
        revisions = cursor.fetchall()
    if not revisions:
        return None
    parts = (place, query, revisions, timezone.localdate(), release())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@remember
def _revisions(vendor: str) -> str:
    """Pages link to one another: each hangs on all the programmes, of which there are few.

    Having the ORM write this at each hit would cost more than the hit.
    """
    return str(Program.objects.order_by("pk").values_list("pk", "revision").query)


def _blank(request: HttpRequest, query: str) -> HttpRequest:
    """A request by nobody: same path, our own host, no cookie, no user."""
    site = urlsplit(settings.SITE_URL)
    port = site.port or (443 if site.scheme == "https" else 80)
    blank = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": request.path_info,
            "QUERY_STRING": query,
            "SERVER_NAME": site.hostname or "",
            "SERVER_PORT": str(port),
            "HTTP_HOST": site.netloc,
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(),
        }
    )
    blank.user = AnonymousUser()
    blank.resolver_match = request.resolver_match
    return blank


def _copies(rendered: HttpResponse) -> dict[str, Copy]:
    headers = dict(rendered.items())
    copies = {_PLAIN: Copy(headers, rendered.content)}
    for name, pack in _PACKED.items():
        copies[name] = Copy({**headers, "Content-Encoding": name}, pack(rendered.content))
    return copies


def _response(copy: Copy) -> HttpResponse:
    return HttpResponse(copy.body, headers=copy.headers)


def _headed(response: HttpResponseBase, etag: str | None = None) -> HttpResponseBase:
    for name, value in PUBLIC.items():
        response[name] = value
    if etag:
        response["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _own(response: HttpResponse) -> HttpResponse:
    """What one person was shown: nobody else's, and kept nowhere."""
    response["Cache-Control"] = _PRIVATE
    return response


def _copy(key: str, encoding: str) -> str:
    return f"page:{key}:{encoding}"


def _last(place: str) -> str:
    return "page:last:" + hashlib.sha256(place.encode()).hexdigest()[:32]


def _last_known(place: str, encoding: str) -> Copy | None:
    key = _read(_last(place))
    return _read(_copy(key, encoding)) if key else None


def _read(key: str) -> Any:
    try:
        return cache.get(key)
    except Exception:  # a cache that is down makes the page slower, not absent
        logger.warning("The cache did not answer; rendering without it.", exc_info=True)
        return None


def _write(key: str, place: str, copies: dict[str, Copy]) -> None:
    kept = {_copy(key, encoding): copy for encoding, copy in copies.items()}
    try:
        cache.set_many({**kept, _last(place): key}, KEEP_SECONDS)
    except Exception:
        logger.warning("The cache did not take a page.", exc_info=True)
