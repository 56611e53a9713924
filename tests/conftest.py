"""What every test may ask for, and what is put back after each one.

Everything that a test writes outside the database lies under this process's own VAR_DIR and is
emptied afterwards, so that a worker process started by a test shares it without being told.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import connections
from django.utils import translation

from campaign import catalogues
from programs.models import Program
from tests import content, database, environment, kept, rendering, suites
from tests.processes import Worker

# Not queue/control: this process's Celery connection has declared its queue there, once.
_WRITTEN = ("mail", "media", "private", "queue/messages")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # once, before xdist's workers start
        catalogues.compile_all()


@pytest.hookimpl(tryfirst=True)  # before anything is chosen by its marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    suites.mark_embedded(items)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The live server has a thread for each connection: none of them keeps one to the test database."""
    for each in connections.settings.values():
        each["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None, django_db_blocker: Any) -> bool:
    """The test database is there already, a copy of one that was migrated once: Django has it as it is."""
    with django_db_blocker.unblock():
        kept.fill_test_database()
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        database.empty_quickly()
    yield
    with django_db_blocker.unblock():
        database.drop()


@pytest.fixture(scope="session", autouse=True)
def _contexts_kept_once(django_test_environment: None) -> None:
    rendering.keep_once()


@pytest.fixture(scope="session", autouse=True)
def _answers_at_once() -> None:
    """The live server writes an answer piece by piece. Each would wait until whoever asked has acknowledged
    the one before, who takes 40 ms for it: the sandbox is asked thousands of times.
    """
    WSGIRequestHandler.disable_nagle_algorithm = True


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """Nothing cached, queued, written or activated by one test meets the next."""
    yield
    translation.deactivate()
    environment.empty_caches()
    environment.empty_redis()
    for name in _WRITTEN:
        for path in (Path(django_settings.VAR_DIR) / name).iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


@pytest.fixture
def mail_dir(settings: Any) -> Path:
    """Letters go to files here, as in development, instead of `mail.outbox`."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(settings.MAIL_DIR)
    return Path(settings.MAIL_DIR)


@pytest.fixture
def program(db: None) -> Program:
    """The first programme with its real words, and the tax rules, as `make run` loads them."""
    content.LOADED.restore()
    return Program.objects.get(slug_en="hematology")


@pytest.fixture
def stripe_sandbox(live_server: Any, settings: Any) -> str:
    """The site on a real port, giving through its own sandbox. Returns the site's address."""
    site: str = live_server.url
    settings.SITE_URL = site
    settings.STRIPE_API_BASE = f"{site}/sandbox"
    settings.SANDBOX_WEBHOOK_URL = f"{site}/stripe/webhook/"
    return site


@pytest.fixture
def worker(stripe_sandbox: str) -> Iterator[Worker]:
    """A real Celery worker process on the test's database, queue and files; started and ready.

    Its mail goes to files in `settings.MAIL_DIR`. `kill()` is kill -9, `start()` starts it anew.
    """
    process = Worker(stripe_sandbox)
    process.start()
    yield process
    process.kill()
