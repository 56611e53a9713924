"""The site's own WSGI door, and the word that the proxy before it puts on every request: HTTPS."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from campaign.wsgi import application as site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    return site({**environ, "HTTP_X_FORWARDED_PROTO": "https"}, start_response)
