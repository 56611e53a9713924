"""The site as production starts it, with the demo's content, for whoever measures or examines it.

It is read over plain HTTP on this machine, as if a proxy before it had ended TLS.
"""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import kept, running
from tests.project import commands


def environment(folder: Path, port: int) -> dict[str, str]:
    """Production's settings, with this folder's embedded database, for a server on this port."""
    return (
        commands.bare()
        | commands.production()
        | {
            "VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "REDIS_URL": "",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": f"https://127.0.0.1:{port}",
        }
    )


@contextmanager
def served(folder: Path, *, threads: int = 8) -> Iterator[str]:
    """The site's address. What is missing in `folder` is made: tables, demo content, static files."""
    port = running.free_port()
    settings = environment(folder, port)
    if not (folder / "db.sqlite3").exists():
        running.prepare(folder)
    if not (folder / "static" / "staticfiles.json").exists():
        shutil.copytree(kept.collected(), folder / "static", dirs_exist_ok=True)
    with running.gunicorn("tests.behind_proxy", port, settings, folder / "gunicorn.log", threads=threads):
        yield f"http://127.0.0.1:{port}"


def main() -> None:
    """`python -m tests.production FOLDER`: serve until Ctrl-C, to look at it."""
    with served(Path(sys.argv[1])) as address:
        print(address, flush=True)  # noqa: T201
        try:
            time.sleep(10**6)
        except KeyboardInterrupt:
            os.write(1, b"\n")


if __name__ == "__main__":
    main()
