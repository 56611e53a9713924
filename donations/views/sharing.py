"""The pictures that stand beside our addresses where people share them."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from donations.sharing import pictures
from programs.models import Program, ProgressUpdate
from programs.views import finding

# A page names the picture with its digest: under that name it never changes.
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_AS_IT_IS_NOW: Final = "public, max-age=300"


@require_safe
def of_program(request: HttpRequest, slug: str) -> HttpResponseBase:
    program = finding.one(Program.objects.published().called(slug), slug)
    if program.slug != slug:
        return redirect("donations:share_program", program.slug, permanent=True)
    return _answer(request, pictures.of_program(program))


@require_safe
def of_update(request: HttpRequest, slug: str, update_slug: str) -> HttpResponseBase:
    program = finding.one(Program.objects.published().called(slug), slug)
    updates = ProgressUpdate.objects.published().called(update_slug).filter(program=program)
    update = finding.one(updates, update_slug)
    update.program = program
    if (program.slug, update.slug) != (slug, update_slug):
        return redirect("donations:share_update", program.slug, update.slug, permanent=True)
    return _answer(request, pictures.of_update(update))


def _answer(request: HttpRequest, picture: pictures.SharePicture) -> HttpResponseBase:
    """The picture as it is now, whatever digest was asked for: nobody makes us draw another."""
    etag = f'"{picture.digest}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(picture.png(), content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = _FOR_EVER if request.GET.get("v") == picture.digest else _AS_IT_IS_NOW
    return response
