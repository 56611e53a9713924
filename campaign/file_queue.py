"""Celery's queue in a folder, for development and tests: nothing to install, and several processes.

kombu's own file transport writes a message into the file that its readers are looking for. A worker that
looks at that very moment finds half a message and ends. Here a file appears when it is whole: it is
written under another name and renamed, and taken by renaming it once more.
"""

import fcntl
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads


def register() -> None:
    """Make `files://localhost//` a broker's address."""
    TRANSPORT_ALIASES["files"] = "campaign.file_queue:Transport"


def _write_whole(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{uuid.uuid4()}.unfinished")
    unfinished.write_text(text)
    unfinished.replace(path)


class Channel(filesystem.Channel):
    """What kombu's channel does, with renames for its writes."""

    def _put(self, queue: str, payload: dict[str, Any], **_kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, dumps(payload))

    def _get(self, queue: str, _timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f".{uuid.uuid4()}.taken"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:
                continue  # another worker was quicker
            message = loads(taken.read_text())
            taken.unlink()
            return message
        raise Empty

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str | None, queue: str) -> None:
        path = self.control_folder / f"{exchange}.exchange"
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with (self.control_folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            table = self.get_table(exchange)
            if bound not in table:
                _write_whole(path, dumps([bound, *table]))


class Transport(filesystem.Transport):
    Channel = Channel
