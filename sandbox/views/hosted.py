"""What the hosted pages have in common."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import translation


def line(typed: str) -> str:
    """One line of text, without what no keyboard writes."""
    return "".join(character for character in typed if character.isprintable()).strip()[:200]


def see_other(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def language(asked: str | None) -> str:
    """The language that was asked for, where we speak it; otherwise the browser's."""
    wanted = str(asked or "auto").partition("-")[0]
    return wanted if wanted in {"en", "fr"} else translation.get_language() or "en"
