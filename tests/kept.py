"""What takes long to make and is the same for every test process: made once, kept, and copied.

A migrated database costs ten seconds of one processor, and each process of each suite needs one. What is
kept carries a fingerprint of everything that it is made from, so a change to that makes it anew. The
embedded ones lie under `.pytest_cache`, which `make clean` throws away; on PostgreSQL a database of its
own is the template of the tests' databases.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.db import connection

from tests.processes import ROOT, database_url
from tests.project import commands

_FOLDER = ROOT / ".pytest_cache"  # pytest's own, and not a part of the project
_DATA_FOLDER = ("campaign", "donations", "locale", "outreach", "programs", "sandbox", "requirements.txt")
_STATIC = ("static", "campaign", "requirements.txt")
_TABLES = ("*/migrations/*.py", "*/models/*.py", "*/models.py", "campaign/settings.py", "requirements.txt")
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")
_LOCK = 7_046_029_254_386_353_131  # PostgreSQL's advisory locks are known by a number


def migrated() -> Path:
    """An SQLite file with every migration applied, as `manage.py migrate` leaves it. Copy it."""
    return _kept("migrated", _of_tables(), _migrate) / "db.sqlite3"


def prepared() -> Path:
    """A data folder as a first `make run` leaves it. Copy it."""
    return _kept("prepared", _fingerprint(_below(_DATA_FOLDER)), _prepare)


def collected() -> Path:
    """The static files as production collects them: hashed and compressed. Copy the folder as `static`."""
    return _kept("collected", _fingerprint(_below(_STATIC)), _collect) / "static"


def fill_test_database() -> None:
    """Make this process's test database, migrated. Call before Django makes it, which then keeps it."""
    database = connection.settings_dict
    name = database["TEST"]["NAME"] or f"test_{database['NAME']}"
    if connection.vendor == "sqlite":
        shutil.copyfile(migrated(), name)
    else:
        _copy_on_server(name)


@cache
def _of_tables() -> str:
    """What Django adds after migrating (permissions, content types) it adds to a copy too."""
    return _fingerprint(path for pattern in _TABLES for path in ROOT.glob(pattern))


def _fingerprint(paths: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _below(names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = ROOT / name
        if path.is_file():
            yield path
        for folder, _, files in os.walk(path):
            if not folder.endswith("__pycache__"):
                yield from (Path(folder) / file for file in files if not file.endswith(".mo"))


def _kept(kind: str, fingerprint: str, make: Callable[[Path], None]) -> Path:
    """The folder of that kind made from this. One process makes it while the others wait; older ones go."""
    home = _FOLDER / kind
    home.mkdir(parents=True, exist_ok=True)
    wanted = home / fingerprint
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.exists():
            for old in home.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            unfinished = Path(tempfile.mkdtemp(dir=home))
            make(unfinished)
            unfinished.rename(wanted)
    return wanted


def _migrate(folder: Path) -> None:
    _run(["manage.py", "migrate", "--verbosity", "0"], folder)


def _prepare(folder: Path) -> None:
    shutil.copyfile(migrated(), folder / "db.sqlite3")
    _run(["-m", "campaign.run.prepare"], folder)


def _collect(folder: Path) -> None:
    _run(["manage.py", "collectstatic", "--no-input", "--verbosity", "0"], folder, **commands.production())


def _run(arguments: list[str], folder: Path, **environment: str) -> None:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=passed_on | {"VAR_DIR": str(folder)} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def _alone_on_server() -> Iterator[Callable[..., list[str]]]:
    """Ask PostgreSQL, from outside of any test's database, while no other test process does."""
    with connection._nodb_cursor() as cursor:

        def ask(statement: str, *parameters: str | int) -> list[str]:
            cursor.execute(statement, parameters or None)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []

        ask("SELECT pg_advisory_lock(%s)", _LOCK)
        try:
            yield ask
        finally:
            ask("SELECT pg_advisory_unlock(%s)", _LOCK)


def _copy_on_server(name: str) -> None:
    quoted = connection.ops.quote_name
    family = f"test_{connection.settings_dict['NAME']}".split("_gw")[0] + "_migrated_"
    template = family + _of_tables()
    with _alone_on_server() as ask:
        if not ask("SELECT 1 FROM pg_database WHERE datname = %s", template):
            for old in ask("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", family):
                ask(f"DROP DATABASE IF EXISTS {quoted(old)}")
            unfinished = f"{family}unfinished"
            ask(f"CREATE DATABASE {quoted(unfinished)}")
            _migrate_on_server(unfinished)
            ask(f"ALTER DATABASE {quoted(unfinished)} RENAME TO {quoted(template)}")
        ask(f"DROP DATABASE IF EXISTS {quoted(name)}")
        ask(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(template)}")


def _migrate_on_server(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = database_url(name)
        _run(["manage.py", "migrate", "--verbosity", "0"], Path(folder), DATABASE_URL=url)
