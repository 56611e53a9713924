"""Every letter that was sent, as its reader sees it."""

import re

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from sandbox import mail
from sandbox.views import policies

_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f/\\]")
# As in a mail program: styles stand inside the letter, no script runs, nothing else is fetched.
_IN_A_FRAME = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@require_safe
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "sandbox/mail.html", {"letters": mail.newest()})


@require_safe
@never_cache
@policies.adding({"frame-src": [SELF]})
def letter(request: HttpRequest, file: str, number: int) -> HttpResponse:
    return render(request, "sandbox/letter.html", {"letter": _letter(file, number)})


@require_safe
@never_cache
@xframe_options_sameorigin
@policies.replacing(_IN_A_FRAME)
def html(request: HttpRequest, file: str, number: int) -> HttpResponse:
    """The letter's HTML part, for the frame it is shown in. Its links open a window of their own."""
    body = _letter(file, number).html
    head = _HEAD.search(body)
    place = head.end() if head else 0
    return HttpResponse(body[:place] + '<base target="_blank">' + body[place:])


@require_safe
@never_cache
def attachment(request: HttpRequest, file: str, number: int, attached: int) -> HttpResponse:
    found = next((each for each in _letter(file, number).attachments if each.number == attached), None)
    if found is None:
        raise Http404
    return _document(found)


@policies.none()  # browsers show a PDF with scripts and styles of their own, which a policy would stop
def _document(attachment: mail.Attachment) -> HttpResponse:
    shown = attachment.content_type if attachment.shown else "application/octet-stream"
    response = HttpResponse(attachment.content, content_type=shown)
    name = _CONTROLS.sub("_", attachment.name)
    response["Content-Disposition"] = content_disposition_header(not attachment.shown, name) or "attachment"
    return response


def _letter(file: str, number: int) -> mail.Letter:
    letter = mail.find(file, number)
    if letter is None:
        raise Http404
    return letter
