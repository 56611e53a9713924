"""Stripe's door while 2,000 events arrive at once: how long an answer takes, beside a constant view's.

Both are asked by the same callers in the same burst, so that they meet the same queue. Each event comes
twice. That what is kept is settled once, whatever dies, tests/journeys/test_many_workers.py shows.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import django

django.setup()

import stripe  # noqa: E402  # after the settings
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from donations.models import StripeEvent  # noqa: E402
from tests.bench.figures import Figure, not_measured  # noqa: E402
from tests.bench.own_database import Missing, own_database  # noqa: E402
from tests.bench.page import free_port, wait  # noqa: E402
from tests.processes import database_url  # noqa: E402

_EVENTS, _TIMES, _CALLERS, _MOST = 2_000, 2, 4, 3.0
_HEADERS = {"X-Forwarded-Proto": "https", "Content-Type": "application/json"}


def main() -> None:
    try:
        with own_database():
            _figure().hand_over()
    except Missing as missing:
        not_measured("webhook", str(missing)).hand_over()


def _figure() -> Figure:
    port = free_port()
    server = subprocess.Popen(
        [
            Path(sys.executable).with_name("gunicorn"),
            *["campaign.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "error"],
            *["--worker-class", "gthread", "--workers", "1", "--threads", "4"],
        ],
        env=os.environ | {"DATABASE_URL": database_url()},
    )
    try:
        wait(port)
        _burst(port, [_event(f"evt_before_{number}") for number in range(50)])
        told, constant = _burst(port, [_event(f"evt_{number}") for number in range(_EVENTS)] * _TIMES)
    finally:
        server.terminate()
        server.wait(10)
    kept = StripeEvent.objects.exclude(event_id__startswith="evt_before_").count()
    if kept != _EVENTS:
        raise SystemExit(f"{kept} events are in the inbox, of {_EVENTS}")
    ratio = _p99(told) / _p99(constant)
    promised = connection.vendor == "postgresql"
    return Figure(
        f"webhook's p99 of a constant view's, {_EVENTS:,} events twice in a burst ({connection.vendor})",
        f"{ratio:.2f} × ({_p99(told) * 1000:.1f} ms against {_p99(constant) * 1000:.1f} ms)",
        f"≤ {_MOST:g} ×" if promised else "",
        ratio <= _MOST if promised else None,
    )


def _event(name: str) -> bytes:
    session = {"id": f"cs_test_{name}", "object": "checkout.session", "metadata": {}, "amount_total": 5000}
    return json.dumps(
        {
            "id": name,
            "object": "event",
            "api_version": stripe.api_version,
            "created": int(time.time()),
            "livemode": False,
            "type": "checkout.session.completed",
            "data": {"object": session},
        }
    ).encode()


def _burst(port: int, events: list[bytes]) -> tuple[list[float], list[float]]:
    """The seconds that each event's answer took, and each answer of the constant view in between."""
    random.shuffle(events)
    with ThreadPoolExecutor(_CALLERS) as pool:
        parts = list(pool.map(lambda number: _call(port, events[number::_CALLERS]), range(_CALLERS)))
    return [each for part in parts for each in part[0]], [each for part in parts for each in part[1]]


def _call(port: int, events: list[bytes]) -> tuple[list[float], list[float]]:
    told, constant = list[float](), list[float]()
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    for body in events:
        signature = stripe.WebhookSignature.generate_signature_header(
            body.decode(), settings.STRIPE_WEBHOOK_SECRET
        )
        headers = _HEADERS | {"Stripe-Signature": signature}
        told.append(_seconds(link, "POST", "/stripe/webhook/", body, headers))
        constant.append(_seconds(link, "GET", "/healthz", b"", _HEADERS))
    link.close()
    return told, constant


def _seconds(link: HTTPConnection, method: str, path: str, body: bytes, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    link.request(method, path, body or None, headers)
    answer = link.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} answers {answer.status}")
    return time.perf_counter() - began


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


if __name__ == "__main__":
    main()
