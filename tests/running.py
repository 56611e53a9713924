"""The real processes for tests, on a port of their own: `make run` whole, or a server as in production."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests import kept
from tests.processes import ROOT

_UP_SECONDS = 180  # on a machine with much else to do
_OURS = ("PATH", "HOME", "LANG", "TMPDIR")


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def prepare(folder: Path) -> Path:
    """A data folder as a first run leaves it: migrating is most of a start."""
    shutil.copytree(kept.prepared(), folder, dirs_exist_ok=True)
    return folder


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _OURS if name in os.environ}
    return kept | {"VAR_DIR": str(folder)}


@contextmanager
def gunicorn(
    application: str, port: int, environment: dict[str, str], log: Path, *, threads: int = 4
) -> Iterator[None]:
    """Production's server on this port, from its first answer until the end of the block.

    Raises AssertionError, with what it printed, when it does not come up.
    """
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--worker-class", "gthread", "--threads", str(threads), "--no-control-socket"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + _UP_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{application} did not come up:\n{log.read_text()}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _answers(port: int) -> bool:
    """Not yet, while nobody listens or who listens is still reading its code."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


class Run:
    """One run, in a session of its own: `left()` finds every process of it, however it ended."""

    def __init__(
        self, folder: Path, *, port: int | str | None = None, make: bool = False, **environment: str
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.output = ""
        command = ["make", "run"] if make else [sys.executable, "-m", "campaign.run"]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(folder) | {"PORT": str(self.port)} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def wait_until_up(self) -> "Run":
        """Until it has printed where it is."""
        self.wait_for(r"Ctrl-C")
        return self

    def wait_for(self, pattern: str, *, seconds: float = _UP_SECONDS) -> str:
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, self.output)):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self._reader.join(timeout=2)
                if found := re.search(pattern, self.output):
                    break
                raise AssertionError(f"{pattern!r} did not come:\n{self.output}")
            time.sleep(0.05)
        return found.group(0)

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """What a terminal does on Ctrl-C: the signal goes to the whole foreground group."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        code = self.process.wait(timeout=30)
        self._reader.join(timeout=10)
        return code

    def destroy(self) -> None:
        """Whatever happened, leave nothing behind."""
        for pid, _ in self.left():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def left(self) -> list[tuple[int, str]]:
        """The processes of this run that are still there: number and command."""
        listing = subprocess.run(
            ["ps", "-ww", "-A", "-o", "pid=,sess=,stat=,args="], capture_output=True, text=True, check=True
        )
        rows = [line.split(None, 3) for line in listing.stdout.splitlines()]
        return [
            (int(pid), command)
            for pid, session, state, command in rows
            if int(session) == self.process.pid and not state.startswith("Z")
        ]

    def wait_until_gone(self, *, seconds: float = 15) -> list[tuple[int, str]]:
        deadline = time.monotonic() + seconds
        while (left := self.left()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return left
