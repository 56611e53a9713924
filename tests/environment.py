"""Loaded before Django's settings: every test process gets files, a database and keys of its own.

A developer's real keys in the environment never reach a test, and the development data under `var/`
is never touched. `DATABASE_URL` and `REDIS_URL` are kept: they choose the set to test on. Each xdist
worker takes a Redis database of its own, counted from the one that REDIS_URL names.
"""

import gc
import os
import shutil
import tempfile
from urllib.parse import urlsplit

import redis

_FOREIGN = (
    "ALLOWED_HOSTS",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_URL",
    "MAKELEVEL",
    "PORT",
    "RELOAD",
    "SANDBOX",
    "SECRET_KEY",
    "SENTRY_DSN",
    "SITE_URL",
    "STRIPE_API_BASE",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
)
_OURS = "campaign-tests"  # a key that says: whatever lies in this Redis database is a test's


def _own_redis(url: str, worker: str) -> str:
    """The Redis database of this test process, emptied. Stops when it holds somebody's data."""
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or 0)
    if worker.startswith("gw"):
        number += 1 + int(worker.removeprefix("gw"))
    own = parts._replace(path=f"/{number}").geturl()
    with redis.Redis.from_url(own) as client:
        if client.dbsize() and not client.exists(_OURS):
            raise SystemExit(
                f"Redis database {number} holds keys that are not the tests'. Choose another REDIS_URL."
            )
        client.flushdb()
        client.set(_OURS, "1")
    return own


def empty_caches() -> None:
    """Between tests: nothing that was kept for a while is left for the next."""
    from django.core.cache import caches  # this module is loaded before the settings are

    for each in caches:
        caches[each].clear()


def empty_redis() -> None:
    """Between tests, on Redis: no message and no cached page is left for the next."""
    if _redis:  # as given at the start: a test may have put something else into the environment
        with redis.Redis.from_url(_redis) as client:
            client.flushdb()
            client.set(_OURS, "1")


# A suite keeps much in memory: looking through all of it as often as a small program does costs a fifth.
gc.set_threshold(50_000, 20, 100)

for _name in _FOREIGN:
    os.environ.pop(_name, None)
os.environ["DEBUG"] = "1"
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
_redis = ""
if _given := os.environ.get("TESTS_REDIS_URL") or os.environ.get("REDIS_URL"):
    # Workers inherit the environment of the process that starts them: keep what was given apart.
    os.environ["TESTS_REDIS_URL"] = _given
    os.environ["REDIS_URL"] = _redis = _own_redis(_given, _worker)

_folder = tempfile.mkdtemp(prefix="campaign-tests-")
os.environ["VAR_DIR"] = _folder
_owner = os.getpid()


def pytest_unconfigure() -> None:
    """At the end of the process, xdist's workers too."""
    if os.getpid() == _owner:
        shutil.rmtree(_folder, ignore_errors=True)
