"""What visitors will read, shown before they do: by a signed link, or from a form that is not saved."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from programs import previews
from programs.models import Page, Program, ProgressUpdate
from programs.views.page import TEMPLATE as PAGE
from programs.views.program import TEMPLATE as PROGRAM
from programs.views.program import page_context
from programs.views.updates import TEMPLATE as UPDATE
from programs.views.updates import update_context


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The draft that a link shows, in the language of the address; its own page once that is public."""
    try:
        row, until = previews.read(token)
    except previews.Unknown:
        return _private(render(request, "programs/preview_over.html", status=HTTPStatus.NOT_FOUND))
    except previews.Ended:
        over = {"ended": True}
        return _private(render(request, "programs/preview_over.html", over, status=HTTPStatus.GONE))
    if previews.is_public(row):
        return _private(redirect(row))
    return _private(shown(request, row, preview="link", until=until))


def shown(request: HttpRequest, row: Program | ProgressUpdate | Page, **more: Any) -> HttpResponse:
    """The page of `row` as it is in the database now, whether or not visitors may read it."""
    if isinstance(row, Program):
        return render(request, PROGRAM, {**page_context(row), **more})
    if isinstance(row, ProgressUpdate):
        return render(request, UPDATE, {**update_context(row), **more})
    return render(request, PAGE, {"page": row, **more})


def _private(response: HttpResponse) -> HttpResponse:
    """For whoever has the link: kept by nobody, found by nobody, and its address told to nobody."""
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
