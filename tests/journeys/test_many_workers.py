"""Eight worker processes, each event delivered three times in random order, kill -9 at random: nothing twice.

EVENTS=2000 takes the full figure, as `.ci/run` does; by itself the suite runs fewer, which takes seconds.
"""

import json
import os
import random
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
from django.conf import settings
from django.db import connection

from donations import ledger, tasks
from donations.models import Donation, Donor, LedgerEntry, Receipt, Status, StripeEvent
from outreach.models import Letter
from programs.models import Program
from sandbox.models import StripeObject
from tests.giving import give, pay
from tests.journeys.waiting import completed
from tests.processes import Worker

pytestmark = [pytest.mark.slow, pytest.mark.services, pytest.mark.django_db(transaction=True)]

_EVENTS = int(os.environ.get("EVENTS") or 60)
_TIMES, _PROCESSES = 3, 8
_SECONDS = 120 + _EVENTS / 2  # a bound, not a wait


@pytest.fixture
def eight_processes(stripe_sandbox: str) -> Iterator[Worker]:
    worker = Worker(stripe_sandbox)
    worker.start(concurrency=_PROCESSES)
    yield worker
    worker.kill()


def paid_at_stripe(count: int) -> list[dict[str, Any]]:
    """So many gifts that are paid at Stripe and of which we do not know it; an event about each.

    One is given and paid; the others are its likes, with ids of their own, here and there.
    """
    first = give()
    pay(first)
    objects = list(StripeObject.objects.exclude(kind="event"))
    event = completed()
    donors = _donors(count)
    gifts, copies, events = list[Donation](), list[StripeObject](), [event.data]
    for number in range(1, count):
        public_id = uuid.uuid4()
        names = {each.object_id: f"{each.object_id}n{number}" for each in [*objects, event]}
        names[str(first.public_id)] = str(public_id)

        def renamed(data: Any, names: dict[str, str] = names) -> Any:
            text = json.dumps(data)
            for name, new in names.items():
                text = text.replace(name, new)
            return json.loads(text)

        copies += [
            StripeObject(
                object_id=names[each.object_id],
                kind=each.kind,
                created=each.created,
                data=renamed(each.data),
                private=renamed(each.private),
            )
            for each in objects
        ]
        events.append(renamed(event.data))
        gifts.append(
            Donation(
                public_id=public_id,
                program=first.program,
                donor=donors[number // 2],
                amount_cents=first.amount_cents,
                language=first.language,
                updates_consent="Oui.",
                stripe_session_id=names[first.stripe_session_id or ""],
            )
        )
    Donation.objects.bulk_create(gifts)
    StripeObject.objects.bulk_create(copies)
    return events


def _donors(count: int) -> list[Donor]:
    """Each gives twice."""
    return Donor.objects.bulk_create(
        Donor(email=f"donor{number}@example.org", first_name="Camille", last_name="Exemple", language="fr")
        for number in range(count // 2 + 1)
    )


def deliver(site: str, event: dict[str, Any]) -> int:
    body = json.dumps(event)
    signature = stripe.WebhookSignature.generate_signature_header(body, settings.STRIPE_WEBHOOK_SECRET)
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    try:
        return requests.post(
            f"{site}/stripe/webhook/", data=body.encode(), headers=headers, timeout=60
        ).status_code
    finally:
        connection.close()


class Killer(threading.Thread):
    """Until told to stop: kills a process of the worker, and now and then all of it, which starts again."""

    def __init__(self, worker: Worker, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.worker, self.chance, self.killed = worker, chance, 0
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.wait(self.chance.uniform(0.2, 0.8)):
            if self.killed % 40 == 9:  # then nothing is done until it is there again, for seconds
                self.worker.kill()
                self.worker.start(concurrency=_PROCESSES)
            else:
                with suppress(ProcessLookupError, IndexError):
                    os.kill(self.chance.choice(_pool(self.worker)), signal.SIGKILL)
            self.killed += 1


def _pool(worker: Worker) -> list[int]:
    listing = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(worker.pid)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in listing.stdout.split()]


def test_whatever_is_delivered_thrice_and_killed_is_settled_once(
    eight_processes: Worker, stripe_sandbox: str, program: Program, mail_dir: Path
) -> None:
    chance = random.Random(time.time_ns())  # noqa: S311  # an order, not a secret
    events = paid_at_stripe(_EVENTS)
    deliveries = events * _TIMES
    chance.shuffle(deliveries)
    killer = Killer(eight_processes, chance)
    killer.start()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda event: deliver(stripe_sandbox, event), deliveries))
    deadline = time.monotonic() + _SECONDS
    while (waiting := StripeEvent.objects.filter(processed_at=None)).exists():
        assert time.monotonic() < deadline, list(waiting.values("attempts", "error")[:5])
        if time.monotonic() > deadline - _SECONDS * 0.75:
            killer.stop.set()
        # What died in somebody's hands is due again after a minute: the minute has passed, and beat looks.
        waiting.filter(attempts__gt=0).update(not_before=None)
        tasks.process_events.delay()
        time.sleep(0.5)
    killer.stop.set()
    killer.join()

    assert set(answers) == {200}
    assert killer.killed
    assert StripeEvent.objects.count() == _EVENTS
    assert set(Donation.objects.values_list("status", flat=True)) == {Status.PAID}
    assert Donation.objects.count() == LedgerEntry.objects.count() == _EVENTS
    assert LedgerEntry.objects.values("donation").distinct().count() == _EVENTS
    assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, _EVENTS + 1))
    assert Receipt.objects.values("donation").distinct().count() == _EVENTS
    assert Letter.objects.filter(kind="gift_thanks").count() == _EVENTS
    assert ledger.read_total(program) == ledger.sum_entries(program)
    assert ledger.read_total(program).gifts == _EVENTS
