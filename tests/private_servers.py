"""A PostgreSQL and a Redis of a test's own, which it may kill: nobody else's data is in them."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import redis

from tests.running import free_port

_SECONDS = 60


class Missing(Exception):
    """Its programs are not installed here; the message says which."""


class PostgreSQL:
    """A cluster in a folder of its own. `crash()` is what a power cut does to the process."""

    def __init__(self) -> None:
        self._programs = _postgresql_programs()
        # PostgreSQL refuses to run as root: the folder is its own user's, in a place that this may reach.
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.folder = Path(tempfile.mkdtemp(prefix="campaign-postgresql-"))
        if self._as:
            shutil.chown(self.folder, "postgres")
        self.port = free_port()
        options = ["--auth", "trust", "--username", "postgres", "--encoding", "UTF8", "--no-sync"]
        self._run("initdb", "--pgdata", str(self.folder / "data"), "--locale", "C.UTF-8", *options)

    def url(self, database: str = "postgres") -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Returns once it answers."""
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(self.folder / "log")
        options = f"{settings} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "start", "-w", "-D", str(self.folder / "data"), "-l", log, "-o", options)

    def crash(self) -> None:
        """Nothing is finished and no connection is told."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self.folder / "data"))

    def fill_from(self, url: str) -> None:
        """Take over another server's database, as it is."""
        dump = self.folder / "dump.sql"
        self._run("pg_dump", "--no-owner", "--file", str(dump), url)
        self._run("psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(dump), self.url())

    def destroy(self) -> None:
        with suppress(subprocess.CalledProcessError):
            self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as, str(self._programs / program), *arguments],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=_SECONDS,
        )


def _postgresql_programs() -> Path:
    found = shutil.which("initdb")
    folders = (
        [Path(found).resolve().parent]
        if found
        else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )
    for folder in folders:
        if (folder / "initdb").exists():
            return folder
    raise Missing("initdb of PostgreSQL is not installed")


class Redis:
    """A server that keeps nothing on disk: what it held is gone when it is killed."""

    def __init__(self) -> None:
        if not shutil.which("redis-server"):
            raise Missing("redis-server is not installed")
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Returns once it answers."""
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                with redis.Redis.from_url(self.url) as client:
                    client.ping()
                return
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def freeze(self) -> None:
        """It accepts connections and says nothing: the worst way to be away."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None
