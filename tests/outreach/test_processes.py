"""Real workers, real kills: what is owed survives them, and is done once."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from outreach import letters
from outreach.models import Broadcast, Letter, State, Subscription
from programs.models import Program, ProgressUpdate
from tests.outreach.smtp_server import MailServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def environment(**changed: str) -> dict[str, str]:
    """What a process needs to work on this test's own database."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        user = f"{database['USER']}:{database['PASSWORD']}"
        url = f"postgres://{user}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "campaign.settings", **changed}


@contextmanager
def running(*command: str, log: Path, **changed: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=environment(**changed),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def eventually(condition: Callable[[], Any], seconds: float = 30) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.05)
    return False


def more_letters_than(count: int) -> bool:
    return Letter.objects.count() > count


def test_a_worker_killed_while_sending_delays_the_letter_and_it_comes_once(
    mail_server: MailServer, thank: Callable[..., Letter], tmp_path: Path
) -> None:
    worker = ["-m", "celery", "-A", "campaign", "worker", "--pool=solo", "--loglevel=WARNING"]
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}"}
    log = tmp_path / "worker.log"
    mail_server.silent_after_data = True
    letter = thank(1, reference="")
    with running(*worker, log=log, **mail) as process:
        assert mail_server.data_begun.wait(30), log.read_text()
        kill(process)
    letter.refresh_from_db()
    assert letter.state == State.SENDING
    mail_server.silent_after_data = False

    with running(*worker, log=log, **mail):
        other = thank(2, to="other@example.org", reference="")
        assert eventually(lambda: mail_server.accepted), log.read_text()
        assert mail_server.recipients == [other.to]  # the first is still on its lease
        lease_over = timezone.now() - dt.timedelta(seconds=settings.OUTREACH_LEASE_SECONDS + 1)
        Letter.objects.filter(pk=letter.pk).update(claimed_at=lease_over)
        for _ in range(3):
            letters.wake()
        assert eventually(lambda: not Letter.objects.exclude(state=State.SENT).exists()), log.read_text()

    assert mail_server.recipients == [other.to, letter.to]


def test_a_broadcast_killed_half_way_goes_on_and_tells_nobody_twice(
    publish: Callable[..., ProgressUpdate], program: Program, tmp_path: Path
) -> None:
    now, count = timezone.now(), 6000
    Subscription.objects.bulk_create(
        Subscription(
            email=f"reader{number}@example.org",
            program=program,
            language="en",
            consent_text="yes",
            source="test",
            consented_at=now,
            confirmed_at=now,
        )
        for number in range(count)
    )
    publish()
    owe = "from outreach import broadcasts; broadcasts.CHUNK = 40; broadcasts.owe_published()"
    log = tmp_path / "owe.log"
    for _ in range(2):
        before = Letter.objects.count()
        with running("manage.py", "shell", "-c", owe, log=log) as process:
            assert eventually(partial(more_letters_than, before + 400)), log.read_text()
            kill(process)
    assert Broadcast.objects.get().finished_at is None

    with running("manage.py", "shell", "-c", owe, log=log) as process:
        assert process.wait(60) == 0, log.read_text()

    assert Broadcast.objects.get().finished_at is not None
    assert Letter.objects.values("subscription").distinct().count() == Letter.objects.count() == count


def test_a_dead_broker_neither_fails_nor_holds_the_caller(tmp_path: Path) -> None:
    owe = (
        "import time; from outreach import letters; begun = time.monotonic();"
        "letters.owe(key='k', kind='gift_thanks', to='a@example.org', language='en', facts={});"
        "assert time.monotonic() - begun < 2, time.monotonic() - begun"
    )
    log = tmp_path / "owe.log"

    with running("manage.py", "shell", "-c", owe, log=log, REDIS_URL="redis://127.0.0.1:1/0") as process:
        assert process.wait(60) == 0, log.read_text()

    assert "the letters wait for the beat" in log.read_text()
    assert Letter.objects.get().state == State.QUEUED
