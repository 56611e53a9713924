"""The processes of one run: started into one group, heard line by line, ended together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from campaign.run import guard

_COLOURS = (36, 33, 35, 32, 34)
_NAME_WIDTH = 8


@dataclass
class Member:
    name: str
    process: subprocess.Popen[bytes]
    reader: threading.Thread


class Group:
    """One process group. When `end` returns, or the supervisor dies, nothing of it is left."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.members: list[Member] = []
        self.deaf = threading.Event()  # nobody reads our own output any more
        self._environment = dict(environment)
        self._line = threading.Lock()
        self._guard = subprocess.Popen(
            [sys.executable, guard.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )

    def start(self, name: str, command: Sequence[str], *, pass_fds: Sequence[int] = ()) -> Member:
        process = subprocess.Popen(
            command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=self._guard.pid,
            pass_fds=pass_fds,
        )
        assert process.stdout is not None  # noqa: S101  asked for above
        colour = _COLOURS[len(self.members) % len(_COLOURS)]
        reader = threading.Thread(target=self._relay, args=(name, colour, process.stdout), daemon=True)
        member = Member(name, process, reader)
        self.members.append(member)
        reader.start()
        return member

    def ended(self) -> Member | None:
        """The first process that has ended, if any."""
        return next((member for member in self.members if member.process.poll() is not None), None)

    def forget(self, member: Member) -> None:
        """Let go of a process that has done its work, once its last line is out."""
        member.reader.join(timeout=5)
        self.members.remove(member)

    def say(self, text: str) -> None:
        try:
            with self._line:
                sys.stdout.write(text + "\n")
                sys.stdout.flush()
        except (BrokenPipeError, ValueError):
            self.deaf.set()

    def end(self, *, grace: float = 8) -> None:
        """Ask every process to end, then make sure: children of children too. Safe to repeat."""
        if self._guard.poll() is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._guard.pid, signal.SIGTERM)
        deadline = time.monotonic() + grace
        for member in self.members:
            with suppress(subprocess.TimeoutExpired):
                member.process.wait(max(0.05, deadline - time.monotonic()))
        self.kill()
        self._guard.wait()
        for member in self.members:
            member.process.wait()
            member.reader.join(timeout=1)

    def kill(self) -> None:
        """End every process at once, the guard included."""
        with suppress(ProcessLookupError):
            os.killpg(self._guard.pid, signal.SIGKILL)

    def _relay(self, name: str, colour: int, output: IO[bytes]) -> None:
        prefix = f"{name:<{_NAME_WIDTH}}| "
        if sys.stdout.isatty():
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        with output:
            for line in output:
                self.say(prefix + line.decode(errors="replace").rstrip())
