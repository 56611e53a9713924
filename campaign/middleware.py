"""What every response carries, whichever application made it."""

import logging
from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import has_vary_header

from programs import cached_page

logger = logging.getLogger(__name__)

_ADMIN_POLICY = {
    "default-src": [SELF],
    # The admin's widgets and its editor start from small scripts and styles inside the page, and its
    # theme's menus are written in attributes that Alpine evaluates.
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
}


class ContentSecurityPolicy(CSPMiddleware):
    """One strict policy for the public site, a wider one for the admin."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith("/admin/"):
            parts.replace = {**(parts.replace or {}), **_ADMIN_POLICY}
        return parts


class Compression(GZipMiddleware):
    """Compress the words that are written for one visitor; what is kept for everyone is packed already.

    Django adds to each a random length, so that sizes give no secret of the page away (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        words = response.get("Content-Type", "").startswith(("text/", "application/json"))
        wanted = cached_page.accepted_encoding(request.headers.get("Accept-Encoding", ""))
        if not words or wanted == "identity":
            return response
        return super().process_response(request, response)


def private_unless_public(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Nobody keeps what no view has called public, nor what turns out to be one person's after all.

    What is public and has no language in its address is the same in all of them: caches need not keep
    one for each way of writing Accept-Language.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "public" not in response.get("Cache-Control", ""):
            response.setdefault("Cache-Control", "private, no-store")
        elif response.cookies or has_vary_header(response, "Cookie"):
            logger.error("A public answer hangs on who asks, and is sent as a private one.")
            response["Cache-Control"] = "private, no-store"
            del response["CDN-Cache-Control"]
        elif has_vary_header(response, "Accept-Language"):
            vary = (name.strip() for name in response["Vary"].split(","))
            response["Vary"] = ", ".join(name for name in vary if name.lower() != "accept-language")
            if not response["Vary"]:
                del response["Vary"]
        return response

    return answer


def only_utf8(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse text in another encoding than the one our pages ask for.

    Django would read fields and addresses by whatever codec the request names: some of Python's are no
    text encodings and stop it, others write characters that no database keeps.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.encoding and request.encoding.lower() not in {"utf-8", "utf8"}:
            raise BadRequest("text in another encoding than UTF-8")
        return get_response(request)

    return answer
