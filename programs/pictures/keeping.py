"""Where pictures' files lie: masters in private, the rest in public. A file is there whole or not at all."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages


def masters() -> FileSystemStorage:
    return _storage("private")


def public() -> FileSystemStorage:
    return _storage("default")


def put(storage: FileSystemStorage, name: str, body: bytes) -> None:
    """Write a file under exactly this name; a worker killed meanwhile leaves nothing under it."""
    written = storage.save(f"{name}.{secrets.token_hex(4)}.part", ContentFile(body))
    os.replace(storage.path(written), storage.path(name))


def names(storage: FileSystemStorage, folder: str) -> set[str]:
    """The files of `folder`; none where it does not exist yet."""
    try:
        files = storage.listdir(folder)[1]
    except FileNotFoundError:
        return set()
    return {str(Path(folder) / file) for file in files}


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else on this machine is inside. The system lets go for a process that dies."""
    with Path(masters().path("pictures.lock")).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _storage(alias: str) -> FileSystemStorage:
    storage = storages[alias]
    assert isinstance(storage, FileSystemStorage)  # noqa: S101  # renaming is what makes a file whole
    return storage
