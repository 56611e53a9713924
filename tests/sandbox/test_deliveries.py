"""Webhooks: signed, tried again, and sent otherwise on purpose."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import stripe
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from sandbox import deliveries, events, store
from sandbox.models import Delivery, StripeObject
from tests.processes import ROOT, database_url

from .conftest import Site, pay

pytestmark = pytest.mark.django_db(transaction=True)


def owe(count: int = 1) -> list[Delivery]:
    """Events owed to the site."""
    for number in range(count):
        data = {"id": f"cus_{number}", "object": "customer", "created": store.now()}
        events.emit("customer.created", data, None)
    return list(Delivery.objects.select_related("event").order_by("pk"))


def make_due() -> None:
    Delivery.objects.filter(state=Delivery.State.WAITING).update(due_at=timezone.now() - timedelta(seconds=1))


def test_webhook_arrives_signed_and_whole(site: Site) -> None:
    (delivery,) = owe()

    sent = deliveries.deliver_due()

    assert sent == 1
    (event,) = site.events()
    assert (event.id, event.type, event.api_version) == (
        delivery.event.object_id,
        "customer.created",
        stripe.api_version,
    )
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.status) == (Delivery.State.DELIVERED, 1, 200)
    assert (delivery.url, delivery.answer) == (site.url, "answered")
    assert deliveries.deliver_due() == 0


def test_refused_webhook_is_tried_again_until_taken(site: Site) -> None:
    (delivery,) = owe()
    site.status = 500

    deliveries.deliver_due()
    at_once = deliveries.deliver_due()
    delivery.refresh_from_db()
    refused = (delivery.state, delivery.status)
    site.status = 204
    make_due()
    deliveries.deliver_due()

    assert at_once == 0
    assert refused == (Delivery.State.WAITING, 500)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (Delivery.State.DELIVERED, 2)
    assert len({body for body, _ in site.received}) == 1  # the same event, as it was


def test_pauses_grow_and_end(site: Site) -> None:
    (delivery,) = owe()
    site.status = 503
    pauses = []

    while delivery.state == Delivery.State.WAITING:
        make_due()
        assert deliveries.deliver_due() == 1
        delivery.refresh_from_db()
        pauses.append(round((delivery.due_at - timezone.now()).total_seconds()))

    assert pauses[:-1] == [5, 30, 120, 600, 3600, 21_600, 86_400]
    assert (delivery.state, delivery.attempts) == (Delivery.State.FAILED, 8)


def test_redirect_is_not_followed(site: Site) -> None:
    (delivery,) = owe()
    site.status = 302

    deliveries.deliver_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.status) == (Delivery.State.WAITING, 302)


def test_site_that_is_down_gets_it_later(settings: Settings) -> None:
    (delivery,) = owe()
    settings.SANDBOX_WEBHOOK_URL = "http://127.0.0.1:9/stripe/webhook/"

    deliveries.deliver_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.status) == (Delivery.State.WAITING, None)
    assert "refused" in delivery.answer


def test_two_senders_never_send_the_same_attempt(site: Site) -> None:
    owe(20)

    def send(_: int) -> int:
        try:
            return deliveries.deliver_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        tried = sum(threads.map(send, range(4)))

    assert tried == 20
    assert len({event.id for event in site.events()}) == len(site.received) == 20


def test_attempt_of_a_sender_that_died_is_made_again(site: Site) -> None:
    owe()
    Delivery.objects.update(
        state=Delivery.State.SENDING, attempts=1, lease_until=timezone.now() + timedelta(seconds=20)
    )

    while_it_may_live = deliveries.deliver_due()
    Delivery.objects.update(lease_until=timezone.now())
    afterwards = deliveries.deliver_due()

    assert (while_it_may_live, afterwards) == (0, 1)
    assert Delivery.objects.get().attempts == 2


def test_event_counts_what_is_still_owed(
    client_of_stripe: stripe.StripeClient, session: stripe.checkout.Session, site: Site
) -> None:
    pay(session)
    before = {event.pending_webhooks for event in client_of_stripe.v1.events.list().data}

    deliveries.deliver_due()

    assert before == {1}
    assert {event.pending_webhooks for event in client_of_stripe.v1.events.list().data} == {0}


def test_event_is_sent_twice_more(site: Site) -> None:
    (delivery,) = owe()
    deliveries.deliver_due()

    deliveries.resend(delivery.event, times=2)
    deliveries.deliver_due()

    assert [event.id for event in site.events()] == [delivery.event.object_id] * 3


def test_event_is_sent_late(site: Site) -> None:
    (delivery,) = owe()
    deliveries.deliver_due()

    deliveries.resend(delivery.event, delay=timedelta(minutes=1))
    at_once = deliveries.deliver_due()
    make_due()

    assert at_once == 0
    assert deliveries.deliver_due() == 1


def test_waiting_webhook_is_held_back_and_an_arrived_one_is_not(site: Site) -> None:
    (delivery,) = owe()

    held = deliveries.hold(delivery, timedelta(minutes=1))
    sent_while_held = deliveries.deliver_due()
    make_due()
    deliveries.deliver_due()

    assert (held, sent_while_held) == (True, 0)
    assert deliveries.hold(delivery, timedelta(minutes=1)) is False


def test_events_are_sent_in_reverse(site: Site) -> None:
    owe(3)
    deliveries.deliver_due()

    deliveries.resend_in_reverse(StripeObject.objects.of_kind("event"))
    deliveries.deliver_due()

    ids = [event.id for event in site.events()]
    assert ids[3:] == ids[:3][::-1]


@pytest.fixture
def loop(site: Site, tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Starts `manage.py sandbox_deliver` on a database, sending to `site`."""
    started = []

    def start(database: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "DATABASE_URL": database,
            "SITE_URL": site.url.removesuffix("/stripe/webhook/"),
        }
        process = subprocess.Popen(
            [sys.executable, "manage.py", "sandbox_deliver"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert process.poll() is None, process.communicate()[0].decode()
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
def test_the_loop_sends_what_falls_due_and_ends_when_told(
    site: Site, loop: Callable[[str], subprocess.Popen[bytes]]
) -> None:
    process = loop(database_url())
    owe(3)

    wait_for(lambda: not Delivery.objects.undelivered().exists(), process)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=5)

    assert process.returncode == 0
    assert b"Traceback" not in output
    assert len(site.events()) == 3


@pytest.mark.slow
def test_the_loop_ends_at_once_although_the_site_hangs(
    site: Site, loop: Callable[[str], subprocess.Popen[bytes]]
) -> None:
    site.hangs.set()
    process = loop(database_url())
    owe()

    wait_for(lambda: len(site.received) == 1, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=5)

    assert process.returncode == 0
    assert Delivery.objects.get().state == Delivery.State.WAITING


@pytest.mark.slow
def test_the_loop_waits_for_a_database_that_is_not_ready(
    tmp_path: Path, loop: Callable[[str], subprocess.Popen[bytes]]
) -> None:
    process = loop(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert process.stdout

    told = b""
    while b"The database did not answer" not in told:
        line = process.stdout.readline()
        assert line, told.decode()
        told += line
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)

    assert process.returncode == 0
