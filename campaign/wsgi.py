import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
_site = get_wsgi_application()


def application(variables: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The site. Django stops, before any middleware, at a charset that names no text encoding (`rot13`).

    Such a request goes on under a name that Django can read and `middleware.only_utf8` refuses.
    """
    if not _is_utf8(variables.get("CONTENT_TYPE", "")):
        variables["CONTENT_TYPE"] = "text/plain; charset=latin-1"
    return _site(variables, start_response)


def _is_utf8(content_type: str) -> bool:
    try:
        _kind, parameters = parse_header_parameters(content_type)
    except ValueError:
        return False
    return parameters.get("charset", "utf-8").lower() in {"utf-8", "utf8"}
