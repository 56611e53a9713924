"""The pages for what went wrong: ours, and in the visitor's language.

An error may come before the language is known, or after another visitor's in the same thread. So each
page asks the request itself: its address first, then what the browser prefers.
"""

import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views import defaults
from django.views.csrf import csrf_failure
from django.views.decorators.http import require_safe

# Seconds: a database that is restarted is there again within moments.
_DATABASE_BACK_AFTER: Final = 30


def _in_visitors_language(request: HttpRequest, page: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    try:
        language = translation.get_language_from_request(request, check_path=True)
    except Exception:  # whatever broke the request must not break the page that says so
        language = settings.LANGUAGE_CODE
    with translation.override(language):
        return page(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _in_visitors_language(request, partial(defaults.bad_request, exception=exception))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _in_visitors_language(request, partial(defaults.permission_denied, exception=exception))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _in_visitors_language(request, partial(defaults.page_not_found, exception=exception))


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs no database: that may be what broke. Then it says that it is worth trying again."""
    page = _in_visitors_language(request, defaults.server_error)
    if _database_is_away(sys.exception()):
        page.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        page["Retry-After"] = str(_DATABASE_BACK_AFTER)
    return page


def _database_is_away(error: BaseException | None) -> bool:
    """Whether that is what an error comes from, whatever was made of it on its way here."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        error = error.__cause__ or error.__context__
    return False


_SHOWN: Final[dict[str, Callable[[HttpRequest], Any]]] = {
    "400": partial(bad_request, exception=BadRequest()),
    "403": partial(permission_denied, exception=PermissionDenied()),
    "403-form": csrf_failure,
    "404": partial(page_not_found, exception=Http404()),
    "500": server_error,
}


@require_safe
def show(request: HttpRequest, name: str = "") -> HttpResponse:
    """For development, which shows Django's own pages instead: what visitors would see."""
    if not name:
        return render(request, "errors.html", {"names": list(_SHOWN)})
    if name not in _SHOWN:
        raise Http404
    shown: HttpResponse = _SHOWN[name](request)
    return shown
