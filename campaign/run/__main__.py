"""Starts the site, the worker, beat and the sandbox's webhooks together, and ends them together."""

import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from django.conf import settings

from campaign.run import prepare
from campaign.run.processes import Group

HOST = "127.0.0.1"
_THREADS = 16  # the sandbox is called by the very server that serves it: one thread would wait for itself
_PATIENCE_SECONDS = 60


def main() -> None:
    port = _chosen_port()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    os.environ["SITE_URL"] = os.environ.get("SITE_URL") or f"http://{HOST}:{port}"
    if not settings.DEBUG:
        raise SystemExit("`make run` is for development. DEBUG is off: see docs/operations.md instead.")
    with _listening(port) as listener, _alone(Path(settings.VAR_DIR)):
        sys.exit(_run(listener))


def _run(listener: socket.socket) -> int:
    """Prepare, start, wait. 0 when somebody asked for the end, 1 when a process ended by itself."""
    asked_to_stop = _stop_requests()
    group = Group(os.environ | {"PYTHONUNBUFFERED": "1"})
    parent = os.getppid()

    def stopping() -> bool:
        # A killed `make` tells nobody: its child only notices that it has another parent.
        orphaned = "MAKELEVEL" in os.environ and os.getppid() != parent
        if asked_to_stop.wait(0.1) or group.deaf.is_set() or orphaned:
            group.say("Ending the run.")
            return True
        return False

    try:
        preparing = group.start("prepare", [sys.executable, "-m", "campaign.run.prepare"])
        while (done := group.ended()) is None:
            if stopping():
                return 0
        group.forget(preparing)
        if done.process.returncode != 0:
            group.say("The site could not be prepared: the last lines above say why.")
            return 1
        for name, command in _commands(listener.fileno()):
            group.start(name, command, pass_fds=[listener.fileno()] if name == "site" else [])
        announce_by = time.monotonic() + _PATIENCE_SECONDS
        announced = False
        while (ended := group.ended()) is None:
            if stopping():
                return 0
            if not announced and _answers(listener.getsockname()[1]):
                group.say(_welcome())
                announced = True
            if not announced and time.monotonic() > announce_by:
                group.say(f"The site does not answer after {_PATIENCE_SECONDS} seconds. Ending the run.")
                return 1
        group.say(f"{ended.name} ended by itself (exit {ended.process.returncode}). Ending the run.")
        return 1
    finally:
        _force_on_second_request(group)
        group.end()


def _commands(listener: int) -> Iterator[tuple[str, Sequence[str]]]:
    python = sys.executable
    celery = [python, "-m", "celery", "--app", "campaign", "--quiet"]
    reload = ["--reload"] if os.environ.get("RELOAD") else []
    yield (
        "site",
        [
            *[python, "-m", "gunicorn", "campaign.wsgi", "--bind", f"fd://{listener}"],
            *["--worker-class", "gthread", "--workers", "1", "--threads", str(_THREADS)],
            *["--graceful-timeout", "3", "--no-control-socket", "--log-level", "warning"],
            *["--access-logfile", "-", "--access-logformat", "%(m)s %(U)s %(s)s %(M)s ms", *reload],
        ],
    )
    yield (
        "worker",
        [
            *[*celery, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "INFO"],
            *["--without-gossip", "--without-mingle", "--without-heartbeat"],
        ],
    )
    schedule = str(Path(settings.VAR_DIR) / "beat-schedule")
    yield "beat", [*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING"]
    if settings.SANDBOX:
        yield "sandbox", [python, "manage.py", "sandbox_deliver"]


def _welcome() -> str:
    site = settings.SITE_URL
    lines = [
        ("Site", f"{site}/"),
        ("Admin", f"{site}/admin/   login: {prepare.USERNAME}   password: {prepare.password()}"),
    ]
    if settings.SANDBOX:
        lines += [("", f"{', '.join(role.lower() for role in prepare.ROLES)}: the same password")]
        lines += [("Stripe sandbox", f"{site}/sandbox/"), ("Letters sent", f"{site}/sandbox/mail/")]
    else:
        lines += [("Stripe", "the real one, with the key from STRIPE_SECRET_KEY")]
    lines += [("Data", f"{settings.VAR_DIR}"), ("Stop", "Ctrl-C")]
    return "\n".join(["", *(f"  {label:<15} {value}" for label, value in lines), ""])


def _answers(port: int) -> bool:
    with closing(HTTPConnection(HOST, port, timeout=2)) as connection, suppress(OSError, HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    return False


def _stop_requests() -> threading.Event:
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, ask)
    return asked


def _force_on_second_request(group: Group) -> None:
    """While the processes end in their own time: a second Ctrl-C means now."""

    def force(number: int, frame: FrameType | None) -> None:
        group.kill()

    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, force)


def _chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535):
        raise SystemExit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Hold the port from before anything else starts; the site inherits it."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(256)
        except OSError as error:
            raise SystemExit(
                f"Port {port} cannot be used ({error.strerror}). Try another: PORT={port + 1} make run"
            ) from None
        yield listener


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One run a data folder: two beats would share one schedule file."""
    with (folder / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"Another run is using {folder}. End it first, or set VAR_DIR.") from None
        yield


if __name__ == "__main__":
    main()
