"""The site's own WSGI door, with what the proxy before it does: its word for HTTPS, and the pictures."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from whitenoise import WhiteNoise

from campaign.wsgi import application as site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_answer = WhiteNoise(
    site,
    root=settings.MEDIA_ROOT,
    prefix="media/",
    immutable_file_test=lambda _path, _url: True,
)


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    answer: Iterable[bytes] = _answer({**environ, "HTTP_X_FORWARDED_PROTO": "https"}, start_response)
    return answer
