"""The tests' own ground: a real worker shares the test's database and files, and nothing leaks."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction

from campaign.celery import app
from outreach import letters
from outreach.models import Letter
from outreach.models.letter import State
from outreach.tasks import deliver_letters
from tests.processes import Worker

_FACTS = {
    "donor_name": "Camille Martin",
    "amount_cents": 5000,
    "currency": "EUR",
    "program_title": "Hematology",
    "program_url": "http://127.0.0.1:8000/en/hematology/",
    "gift_url": "http://127.0.0.1:8000/en/gifts/6f0f/",
    "receipt_reference": "C-2026-000001",
    "paid_on": "2026-11-23",
    "specimen": False,
    "designation": "",
    "updates": False,
}


def _owe() -> Letter:
    with transaction.atomic():
        letters.owe(key="k", kind="gift_thanks", to="camille@example.org", language="en", facts=_FACTS)
    return Letter.objects.get(key="k")


def _wait_until_sent(letter: Letter, worker: Worker) -> None:
    deadline = time.monotonic() + 20
    while letter.state != State.SENT:
        assert time.monotonic() < deadline, f"{letter.state} {letter.error}\n{worker.log.read_text()}"
        time.sleep(0.05)
        letter.refresh_from_db()


@pytest.mark.slow
def test_worker_sends_what_the_test_owes(worker: Worker, mail_dir: Path) -> None:
    letter = _owe()

    _wait_until_sent(letter, worker)

    assert [b"camille@example.org" in path.read_bytes() for path in mail_dir.iterdir()] == [True]


@pytest.mark.slow
def test_killed_worker_starts_again(worker: Worker, mail_dir: Path) -> None:
    worker.kill()
    letter = _owe()
    worker.start()

    _wait_until_sent(letter, worker)

    assert len(list(mail_dir.iterdir())) == 1


def test_a_task_asked_for_without_a_worker_is_only_a_message(settings: Any) -> None:
    deliver_letters.delay()

    assert mail.outbox == []
    if not settings.REDIS_URL:
        assert len(list((settings.VAR_DIR / "queue/messages").iterdir())) == 1


@pytest.mark.parametrize("turn", ["first", "second"])
def test_no_test_meets_what_another_left(turn: str, settings: Any, mail_dir: Path) -> None:
    assert cache.get("left") is None
    assert list(mail_dir.iterdir()) == []

    cache.set("left", turn)
    (mail_dir / "letter").write_text(turn)


def test_tests_never_touch_development_data(settings: Any) -> None:
    assert Path(settings.VAR_DIR) != settings.BASE_DIR / "var"
    assert str(settings.VAR_DIR) == os.environ["VAR_DIR"]
    assert app.conf.broker_url == (os.environ.get("REDIS_URL") or "files://localhost//")
