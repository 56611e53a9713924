"""The programme page from the cache, against a view that returns a constant, on the same server."""

import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # after the settings

from tests.bench.figures import Figure  # noqa: E402
from tests.bench.load import measure  # noqa: E402

_ROUNDS, _SECONDS = 5, 2.0
_LEAST = 0.6
# What the proxy in front says: without it every answer would be a redirect to HTTPS.
_HEADERS = ("X-Forwarded-Proto: https", "Accept-Encoding: gzip, deflate, br")


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("load_content", verbosity=0)
    call_command("load_tax_rules", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    port = free_port()
    server = subprocess.Popen(
        [
            Path(sys.executable).with_name("gunicorn"),
            "campaign.wsgi",
            "--bind",
            f"127.0.0.1:{port}",
            *["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--log-level", "error"],
        ]
    )
    try:
        wait(port)
        page, constant = "/en/hematology/", "/healthz"
        for path in (page, constant):
            measure(port, path, seconds=0.5, headers=_HEADERS)
        ratios = []
        for _ in range(_ROUNDS):
            fixed = measure(port, constant, seconds=_SECONDS, headers=_HEADERS)
            cached = measure(port, page, seconds=_SECONDS, headers=_HEADERS)
            ratios.append(cached.per_second / fixed.per_second)
        Figure(
            "page cached, of a constant view's requests/s",
            f"{statistics.median(ratios):.0%} ({min(ratios):.0%} to {max(ratios):.0%};"
            f" {cached.per_second:.0f}/s of {cached.size / 1000:.1f} KB)",
            f"≥ {_LEAST:.0%}",
            statistics.median(ratios) >= _LEAST,
        ).hand_over()
    finally:
        server.terminate()
        server.wait(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def wait(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
