"""The frame of the donor's space: who is in it, and what every answer from it carries."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from donations.donors import sessions

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
DonorView = Callable[Concatenate[HttpRequest, str, P], HttpResponse]


def cookie_name() -> str:
    """Over HTTPS with the prefix that keeps other hosts of the domain from setting it."""
    return "__Host-my-gifts" if settings.SESSION_COOKIE_SECURE else "my-gifts"


def email_of(request: HttpRequest) -> str:
    """The address whose space this browser is in; empty outside."""
    return sessions.email_of(request.COOKIES.get(cookie_name(), ""))


def private(view: View[P]) -> View[P]:
    """Kept by nobody, found by no search engine, and its address told to no other site.

    Not `no-referrer`: with it browsers would hide where a form comes from, and the form be refused.
    """

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            response = render(request, "404.html", status=HTTPStatus.NOT_FOUND)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


def donor_only(view: DonorView[P]) -> View[P]:
    """Hand the proved address to the view. Whoever has proved none is asked for it first."""

    @private
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        email = email_of(request)
        if not email:
            return redirect("donations:my_gifts")
        return view(request, email, *args, **kwargs)

    return answer


def let_in(request: HttpRequest, email: str) -> HttpResponse:
    """Begin a session, in place of the one that this browser may have had."""
    key = sessions.begin(email, instead_of=request.COOKIES.get(cookie_name(), ""))
    rotate_token(request)
    response = redirect("donations:my_gifts")
    response.status_code = HTTPStatus.SEE_OTHER
    response.set_cookie(
        cookie_name(),
        key,
        max_age=sessions.LENGTH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        # Not `Strict`: a donor comes back from Stripe's page.
        samesite="Lax",
    )
    return response


def let_out(request: HttpRequest) -> HttpResponse:
    sessions.end(request.COOKIES.get(cookie_name(), ""))
    response = redirect("donations:my_gifts")
    response.status_code = HTTPStatus.SEE_OTHER
    response.delete_cookie(cookie_name(), samesite="Lax")
    return response


def back(done: str) -> HttpResponse:
    """To the overview, which says what has been done."""
    response = redirect(f"{reverse('donations:my_gifts')}?{urlencode({'done': done})}")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def language() -> str:
    """The page's."""
    return get_language() or settings.LANGUAGE_CODE


def page(request: HttpRequest, name: str, *, status: int = HTTPStatus.OK, **context: object) -> HttpResponse:
    return render(request, f"donations/my_gifts/{name}.html", context, status=status)
