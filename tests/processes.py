"""Real processes for tests: a Celery worker that shares the running test's database and files."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from campaign.celery import app

ROOT = Path(__file__).resolve().parent.parent
_READY_SECONDS = 120  # on a machine with much else to do


def database_url(name: str = "") -> str:
    """The test database as DATABASE_URL names it, or another on its server.

    Read inside a test: the test's database has its name by then.
    """
    database = connection.settings_dict | ({"NAME": name} if name else {})
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(database['NAME']))}"
    user, password = quote(database["USER"], safe=""), quote(database["PASSWORD"] or "", safe="")
    host = f"{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}"
    return f"postgres://{user}:{password}@{host}/{database['NAME']}"


def messages_waiting() -> int:
    """How many messages no worker has taken yet."""
    with app.connection_for_read() as broker:
        channel: Any = broker.default_channel
        return int(channel.queue_declare("celery").message_count)


class Worker:
    """`celery worker`, as in production (prefork), in a process group of its own."""

    def __init__(self, site: str, **environment: str) -> None:
        self.log = Path(settings.VAR_DIR) / "worker.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = os.environ | {
            "DATABASE_URL": database_url(),
            "SITE_URL": site,
            "STRIPE_API_BASE": f"{site}/sandbox",
            **environment,
        }

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, *, concurrency: int = 1) -> None:
        """Returns once the worker takes tasks."""
        command = [sys.executable, "-m", "celery", "--app", "campaign", "worker", "--loglevel", "INFO"]
        command += [
            "--concurrency",
            str(concurrency),
            "--hostname",
            f"test-{os.getpid()}-{time.monotonic_ns()}@%h",
        ]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        deadline = time.monotonic() + _READY_SECONDS
        while b" ready." not in self.log.read_bytes():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The worker did not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Let it finish the task in hand."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9, its pool included: nothing is finished, nothing is said. Safe to repeat."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if how == signal.SIGKILL:
            os.killpg(self._process.pid, how)
        else:
            self._process.send_signal(how)
        self._process.wait(timeout=30)
        self._process = None
