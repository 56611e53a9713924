"""What every response carries, whichever application made it."""

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase

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
