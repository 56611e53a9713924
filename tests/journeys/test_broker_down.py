"""The broker is down: donors give, Stripe is heard, and what is owed is done once it is back."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings

from donations import tasks
from donations.models import Donation, LedgerEntry, StripeEvent
from outreach.models import Letter
from outreach.tasks import deliver_letters
from programs.models import Program
from sandbox import deliveries, mail
from sandbox.models import Delivery
from tests.giving import form_data, give, pay
from tests.journeys.waiting import all_sent, assert_settled_once, eventually, paid
from tests.processes import Worker, database_url
from tests.running import free_port, gunicorn

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture
def cut_off(stripe_sandbox: str, program: Program, settings: Any, tmp_path: Path) -> Iterator[str]:
    """The site in a process of its own, as in production, whose Redis cannot be reached."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    settings.SANDBOX_WEBHOOK_URL = f"{site}/stripe/webhook/"
    environment = {
        "DATABASE_URL": database_url(),
        "REDIS_URL": _NOBODY_LISTENS,
        "SITE_URL": site,
        "STRIPE_API_BASE": f"{stripe_sandbox}/sandbox",
    }
    with gunicorn("campaign.wsgi", port, os.environ | environment, tmp_path / "gunicorn.log", threads=2):
        yield site


def give_over_http(site: str) -> Donation:
    """What a browser does: read the form, send it, be sent on."""
    donor = requests.Session()
    url = f"{site}/en/hematology/give/"
    form = donor.get(url, timeout=20)
    assert form.status_code == 200
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
    assert token
    answer = donor.post(url, form_data(csrfmiddlewaretoken=token[1]), allow_redirects=False, timeout=20)
    assert answer.status_code == 303, answer.text
    return Donation.objects.get(checkout_url=answer.headers["Location"])


def test_a_site_without_its_redis_takes_gifts_and_keeps_what_stripe_says(
    cut_off: str, stripe_sandbox: str, program: Program, mail_dir: Path
) -> None:
    page = requests.get(f"{cut_off}/en/hematology/", timeout=20)
    donation = give_over_http(cut_off)
    pay(donation)
    deliveries.deliver_due()

    assert page.status_code == 200
    assert requests.get(f"{cut_off}/readyz", timeout=20).json()["queue"] != "ok"
    assert set(Delivery.objects.values_list("status", flat=True)) == {200}
    assert StripeEvent.objects.filter(type="checkout.session.completed", attempts=0).count() == 1
    assert not LedgerEntry.objects.exists()

    assert_done_by_beat(stripe_sandbox, donation, program)


@pytest.mark.skipif(bool(django_settings.REDIS_URL), reason="the queue is in Redis here")
def test_a_queue_folder_that_is_gone_loses_nothing(
    stripe_sandbox: str, program: Program, mail_dir: Path, settings: Any
) -> None:
    folder = settings.VAR_DIR / "queue" / "messages"
    away = folder.rename(folder.with_name("away"))
    try:
        donation = give()
        pay(donation)
        deliveries.deliver_due()
        assert set(Delivery.objects.values_list("status", flat=True)) == {200}
        tasks.process_events()  # another machine's worker; its wake-up for the letter is lost
    finally:
        away.rename(folder)

    assert paid(donation)
    assert Letter.objects.count() == 1
    assert_done_by_beat(stripe_sandbox, donation, program)


def assert_done_by_beat(stripe_sandbox: str, donation: Donation, program: Program) -> None:
    """The broker is back: what beat asks for is enough."""
    worker = Worker(stripe_sandbox)
    worker.start()
    try:
        tasks.process_events.delay()
        deliver_letters.delay()
        assert eventually(all_sent), worker.log.read_text()
    finally:
        worker.kill()
    assert_settled_once(donation, program)
    assert [letter.recipient for letter in mail.newest()] == [donation.donor.email]
