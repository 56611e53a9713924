from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.cache import never_cache

from donations.views import give


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: cookies are off, or the page was open for very long.

    Somebody who was giving gets the form back with everything typed and a fresh token; nothing is
    done with what was sent until they send it again.
    """
    try:
        match = resolve(request.path)
    except Resolver404:
        match = None
    program = (
        give.find_program(match.kwargs["slug"]) if match and match.view_name == "donations:give" else None
    )
    if program is None:
        return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)
    return give.show(
        request, program, give.unchecked(request, program), status=HTTPStatus.FORBIDDEN, stale=True
    )
