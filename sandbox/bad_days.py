"""What a call meets when a fault strikes it."""

import json
import socket
import time
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse

from sandbox import errors
from sandbox.calls import Call
from sandbox.models import Fault

_UNKNOWN = "An unknown error occurred."
_TOO_MANY = "Too many requests hit the API too quickly. We recommend an exponential backoff of your requests."


def within(fault: Fault | None) -> bool:
    """Whether Stripe breaks down at the work itself: nothing is done, and its key remembers the failure."""
    return bool(fault and fault.kind == Fault.Kind.ERROR and not fault.done)


def break_down(call: Call) -> dict[str, Any]:
    raise errors.Broken(_UNKNOWN)


def answer(fault: Fault, request: HttpRequest, request_id: str) -> HttpResponse:
    """What the caller is told. After a time-out or a cut nobody is there to read it."""
    error: errors.ApiError = errors.Broken(_UNKNOWN)
    match fault.kind:
        case Fault.Kind.RATE_LIMIT:
            error = errors.Busy(_TOO_MANY, code="rate_limit")
        case Fault.Kind.TIMEOUT:
            time.sleep(fault.seconds)
            _cut_off(request)
        case Fault.Kind.RESET:
            _cut_off(request)
    body = json.dumps(error.body(request_id), indent=2)
    response = HttpResponse(body, status=error.status, content_type="application/json")
    response["Request-Id"] = request_id
    return response


def _cut_off(request: HttpRequest) -> None:
    """Close the connection under the answer, where the server lets us reach it."""
    connection = request.META.get("gunicorn.socket") or _of_djangos_server(request)
    if isinstance(connection, socket.socket):
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def _of_djangos_server(request: HttpRequest) -> object:
    """Django's own server, as tests run it, shows its connection only through what it reads from."""
    read = getattr(request.META.get("wsgi.input"), "_read", None)
    raw = getattr(getattr(read, "__self__", None), "raw", None)
    return getattr(raw, "_sock", None)
