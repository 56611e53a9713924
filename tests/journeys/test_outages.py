"""Redis, PostgreSQL, Stripe away in the middle: the site says the truth, and every gift settles by itself.

The site is the whole of `make run`, with a PostgreSQL and a Redis of its own, and asks the test's sandbox
as it would ask Stripe. Moments of an outage stand for the minutes of a real one: where the site would
wait a minute before it tries again, the minute is said to have passed. `OUTAGE_SECONDS=60 make services-test
ARGS=tests/journeys/test_outages.py`, which `.ci/run` calls, has each of them last a real minute, and nothing
said.
"""

import datetime as dt
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import requests
from django.utils import timezone

from sandbox import deliveries, faults
from sandbox.models import Delivery, Fault
from tests.giving import GOOD_CARD, form_data
from tests.journeys.waiting import eventually
from tests.private_servers import Missing, PostgreSQL, Redis
from tests.processes import database_url
from tests.running import Run

pytestmark = [pytest.mark.slow, pytest.mark.services, pytest.mark.django_db(transaction=True)]

# A donor for each outage.
_REDIS, _POSTGRESQL, _STRIPE = (f"{name}@example.org" for name in ("redis", "postgresql", "stripe"))
_OUTAGE = float(os.environ.get("OUTAGE_SECONDS") or 0)
_PATIENCE = 90 + 5 * _OUTAGE  # seconds: a bound, not a wait; beat looks every ten


@dataclass
class Site:
    """The site from outside: pages, a form, and its books as its treasurer would count them."""

    address: str
    postgresql: PostgreSQL
    redis: Redis

    def read(self, path: str) -> requests.Response:
        return requests.get(f"{self.address}{path}", timeout=30)

    def missing(self) -> set[str]:
        """The parts that `/readyz` says are missing."""
        return {name for name, state in self.read("/readyz").json().items() if state != "ok"}

    def gifts(self) -> int:
        """As the public meter counts them."""
        return int(self.read("/programs/hematology/progress.json").json()["gifts"])

    def send_form(self, email: str) -> requests.Response:
        donor = requests.Session()
        url = f"{self.address}/en/hematology/give/"
        form = donor.get(url, timeout=30).text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        data = form_data(email=email) | hidden
        return donor.post(url, data, allow_redirects=False, timeout=60)

    def give(self, email: str) -> None:
        """Give and pay: Stripe knows of it, and the site is owed an event."""
        answer = self.send_form(email)
        assert answer.status_code == 303, answer.text
        page = answer.headers["Location"]
        requests.post(page, {"card": GOOD_CARD, "action": "pay"}, allow_redirects=False, timeout=30)

    def count(self, what: str) -> int:
        with psycopg.connect(self.postgresql.url()) as connection:
            row = connection.execute(f"SELECT count(*) FROM {what}").fetchone()  # noqa: S608
        assert row
        return int(row[0])

    def the_minutes_pass(self) -> None:
        if _OUTAGE:
            return  # they did
        with psycopg.connect(self.postgresql.url()) as connection:
            connection.execute(
                "UPDATE donations_stripeevent SET not_before = NULL WHERE processed_at IS NULL"
            )

    def settled(self, *emails: str) -> bool:
        """Exactly these donors' gifts are in the books, each with its receipt and a letter that was sent."""
        about = (
            "JOIN donations_donation d ON d.id = x.donation_id JOIN donations_donor o ON o.id = d.donor_id"
        )
        ours = f"WHERE o.email IN ({', '.join(repr(each) for each in emails)})"
        counts = [
            self.count(f"donations_ledgerentry x {about} {ours}"),
            self.count(f"donations_receipt x {about} {ours} AND d.status = 'paid'"),
            self.count(
                "outreach_letter o WHERE kind = 'gift_thanks' AND state = 'sent'"
                f" AND {ours.removeprefix('WHERE ')}".replace("o.email", 'o."to"')
            ),
        ]
        return counts == [len(emails)] * 3


@pytest.fixture(scope="module")
def parts() -> Iterator[tuple[PostgreSQL, Redis]]:
    try:
        postgresql, broker = PostgreSQL(), Redis()
    except Missing as missing:
        pytest.skip(str(missing))
    try:
        postgresql.start()
        broker.start()
        yield postgresql, broker
    finally:
        broker.kill()
        postgresql.destroy()


@pytest.fixture
def site(
    stripe_sandbox: str, parts: tuple[PostgreSQL, Redis], tmp_path: Any, settings: Any
) -> Iterator[Site]:
    postgresql, broker = parts
    postgresql.fill_from(database_url())
    run = Run(
        tmp_path,
        DATABASE_URL=postgresql.url(),
        REDIS_URL=broker.url,
        STRIPE_API_BASE=f"{stripe_sandbox}/sandbox",
        GUARD_FORM_SECONDS="0",
        GUARD_ADDRESS_PER_HOUR="100",
    )
    settings.SANDBOX_WEBHOOK_URL = f"{run.address}/stripe/webhook/"
    try:
        run.wait_until_up()
        yield Site(run.address, postgresql, broker)
        assert run.process.poll() is None, f"the run ended by itself:\n{run.output[-5000:]}"
    finally:
        run.destroy()


def last_answers() -> set[int | None]:
    return set(Delivery.objects.filter(attempts__gt=0).values_list("status", flat=True))


def deliver_again() -> None:
    """Stripe tries again, sooner than it would."""
    Delivery.objects.filter(state=Delivery.State.WAITING).update(due_at=timezone.now())
    deliveries.deliver_due()


def test_whatever_is_away_for_a_while_every_gift_settles_by_itself(site: Site) -> None:
    """One site, three outages one after the other: starting it is most of what this takes."""
    before = site.gifts()
    assert site.missing() == set()

    redis_is_frozen_then_killed(site)
    postgresql_crashes(site)
    stripe_is_broken(site)

    assert site.missing() == set()
    assert site.gifts() == before + 3


def redis_is_frozen_then_killed(site: Site) -> None:
    site.redis.freeze()
    assert site.read("/en/hematology/").status_code == 200
    site.redis.kill()
    assert site.missing() == {"cache", "queue"}
    assert site.read("/fr/hematologie/").status_code == 200
    site.give(_REDIS)
    deliveries.deliver_due()
    assert last_answers() == {200}
    assert site.count("donations_stripeevent") > 0
    time.sleep(_OUTAGE)

    site.redis.start()

    assert eventually(lambda: site.settled(_REDIS), seconds=_PATIENCE)


def postgresql_crashes(site: Site) -> None:
    site.give(_POSTGRESQL)
    page = site.read("/en/hematology/").text
    site.postgresql.crash()
    deliveries.deliver_due()
    assert 200 not in set(Delivery.objects.exclude(state="delivered").values_list("status", flat=True))
    assert site.missing() == {"database"}
    assert site.read("/en/hematology/").text == page  # as it was last
    sent = site.send_form("nobody@example.org")
    assert sent.status_code in {500, 503}  # in development Django shows its own page
    time.sleep(_OUTAGE)

    site.postgresql.start()

    deliver_again()
    assert eventually(lambda: site.settled(_REDIS, _POSTGRESQL), seconds=_PATIENCE)


def stripe_is_broken(site: Site) -> None:
    site.give(_STRIPE)
    faults.inject(Fault.Kind.ERROR, lasting=dt.timedelta(hours=1))
    deliveries.deliver_due()
    failing = "donations_stripeevent WHERE processed_at IS NULL AND error <> ''"
    assert eventually(lambda: site.count(failing), seconds=_PATIENCE)
    told = site.send_form("patient@example.org")
    assert told.status_code == 503
    assert "patient@example.org" in told.text
    assert site.read("/en/hematology/").status_code == 200
    time.sleep(_OUTAGE)

    faults.clear()
    site.the_minutes_pass()

    assert eventually(lambda: site.settled(_REDIS, _POSTGRESQL, _STRIPE), seconds=_PATIENCE)
