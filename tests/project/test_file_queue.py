"""Development's queue: whole messages, each taken once, whoever looks and whenever."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from campaign.file_queue import Channel
from tests.project.tree import ROOT

_MESSAGES = 300
_WRITER = f"""
import sys
from kombu import Connection
import campaign

folder, name = sys.argv[1:]
options = {{"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder}}
channel = Connection("files://localhost//", transport_options=options).channel()
channel._queue_bind("exchange-" + name, "key", "", "work")
channel._queue_bind("shared", name, "", "work")
for number in range({_MESSAGES}):
    channel._put("work", {{"body": "x" * 20_000, "number": name + str(number)}})
"""


def _channel(folder: Path) -> Channel:
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder}
    channel = Connection("files://localhost//", transport_options=options).channel()
    assert isinstance(channel, Channel)
    return channel


def test_messages_come_in_order_and_once(tmp_path: Path) -> None:
    channel = _channel(tmp_path)
    channel._put("work", {"number": 1})
    channel._put("other", {"number": 2})
    channel._put("work", {"number": 3})

    assert [channel._get("work"), channel._get("work")] == [{"number": 1}, {"number": 3}]
    with pytest.raises(Empty):
        channel._get("work")


def test_writers_and_readers_at_once_lose_nothing_and_see_nothing_unfinished(tmp_path: Path) -> None:
    got: list[str] = []
    trouble: list[BaseException] = []
    over = threading.Event()

    def read() -> None:
        channel = _channel(tmp_path)
        while True:
            finished = over.is_set()
            try:
                message: dict[str, Any] = channel._get("work")
                got.append(message["number"])
            except Empty:
                if finished:
                    return
            except BaseException as error:
                trouble.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path), name], cwd=ROOT) for name in "ab"
    ]
    codes = [writer.wait(timeout=60) for writer in writers]
    over.set()
    for reader in readers:
        reader.join(timeout=60)

    assert codes == [0, 0]
    assert trouble == []
    assert sorted(got) == sorted(f"{name}{number}" for name in "ab" for number in range(_MESSAGES))
    assert sorted(entry.routing_key for entry in _channel(tmp_path).get_table("shared")) == ["a", "b"]
    assert [name for name in os.listdir(tmp_path) if name.endswith((".unfinished", ".taken"))] == []
