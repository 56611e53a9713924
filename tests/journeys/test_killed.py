"""kill -9 between any two steps: the gift is settled once, and its letter comes once."""

import datetime as dt
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from campaign.celery import app
from donations import tasks
from donations.models import Donation, LedgerEntry, Receipt, StripeEvent
from outreach.models import Letter, State
from outreach.tasks import deliver_letters
from programs.models import Program
from sandbox import deliveries
from tests.broken_stripe import broken_stripe
from tests.donations import pdf_text
from tests.giving import give, pay
from tests.journeys.waiting import all_sent, assert_settled_once, eventually, paid
from tests.outreach import smtp_server
from tests.processes import Worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def start(stripe_sandbox: str) -> Iterator[Callable[..., Worker]]:
    """Start a worker whose surroundings differ from the test's as told; killed at the end."""
    started: list[Worker] = []

    def begin(**environment: str) -> Worker:
        started.append(Worker(stripe_sandbox, **environment))
        started[-1].start()
        return started[-1]

    yield begin
    for worker in started:
        worker.kill()


def paid_gift() -> Donation:
    """Paid, and Stripe has told us."""
    donation = give()
    pay(donation)
    deliveries.deliver_due()
    assert not paid(donation)
    return donation


def mail_at(server: Any) -> dict[str, str]:
    return {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}


def test_killed_before_it_takes_the_event_with_its_message_lost_settles_at_the_next_look(
    worker: Worker, program: Program
) -> None:
    worker.kill()
    donation = paid_gift()
    app.control.purge()  # the broker forgets too: the inbox does not
    assert set(StripeEvent.objects.values_list("attempts", flat=True)) == {0}
    worker.start()

    for _ in range(3):  # as beat does
        tasks.process_events.delay()

    assert eventually(all_sent), worker.log.read_text()
    assert_settled_once(donation, program)


def test_killed_while_it_asks_stripe_settles_after_the_wait(
    start: Callable[..., Worker], program: Program
) -> None:
    with broken_stripe(None) as silent:
        worker = start(STRIPE_API_BASE=silent)
        donation = paid_gift()
        taken = StripeEvent.objects.filter(type="checkout.session.completed", attempts=1, processed_at=None)
        assert eventually(taken.exists), worker.log.read_text()
        worker.kill()
    assert not LedgerEntry.objects.exists()
    worker = start()
    StripeEvent.objects.filter(processed_at=None).update(not_before=timezone.now())

    for _ in range(3):
        tasks.process_events.delay()

    assert eventually(all_sent), worker.log.read_text()
    assert_settled_once(donation, program)


def test_killed_after_the_commit_with_mail_that_never_greets_sends_the_letter_once(
    start: Callable[..., Worker], program: Program
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:  # it lets callers in and says nothing
        worker = start(EMAIL_URL=f"smtp://127.0.0.1:{mute.getsockname()[1]}")
        donation = paid_gift()
        assert eventually(lambda: paid(donation)), worker.log.read_text()
        mute.settimeout(20)
        mute.accept()
        worker.kill()
    assert Letter.objects.get().state == State.QUEUED

    with smtp_server.running() as mail:
        worker = start(**mail_at(mail))
        for _ in range(3):
            deliver_letters.delay()
        assert eventually(all_sent), worker.log.read_text()

        assert_arrived_once(mail, donation)
    assert_settled_once(donation, program)


def test_killed_in_the_middle_of_sending_sends_the_letter_once_when_its_lease_is_over(
    start: Callable[..., Worker], program: Program
) -> None:
    with smtp_server.running() as mail:
        mail.silent_after_data = True
        worker = start(**mail_at(mail))
        donation = paid_gift()
        assert mail.data_begun.wait(20), worker.log.read_text()
        worker.kill()
        assert paid(donation)
        assert Letter.objects.get().state == State.SENDING
        mail.silent_after_data = False

        worker = start(**mail_at(mail))
        Letter.objects.update(claimed_at=lease_over())
        for _ in range(3):
            deliver_letters.delay()
        assert eventually(all_sent), worker.log.read_text()

        assert_arrived_once(mail, donation)
    assert_settled_once(donation, program)


@pytest.mark.services
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL locks a row alone")
def test_killed_between_the_documents_file_and_its_row_makes_it_again_and_sends_it_once(
    start: Callable[..., Worker], program: Program
) -> None:
    donation = paid_gift()
    tasks.process_events()
    app.control.purge()
    folder = Path(settings.VAR_DIR) / "private" / "receipts"
    with smtp_server.running() as mail:
        with transaction.atomic():
            Receipt.objects.select_for_update().get()  # whoever made the document cannot say so
            worker = start(**mail_at(mail))
            deliver_letters.delay()
            assert eventually(lambda: list(folder.rglob("*.pdf"))), worker.log.read_text()
            worker.kill()
            drop_those_who_wait()
        assert Receipt.objects.get().rendered_at is None
        assert Letter.objects.get().state == State.SENDING

        worker = start(**mail_at(mail))
        Letter.objects.update(claimed_at=lease_over())
        deliver_letters.delay()
        assert eventually(all_sent), worker.log.read_text()

        assert_arrived_once(mail, donation)
    assert_settled_once(donation, program)


def drop_those_who_wait() -> None:
    """A machine that dies takes its connections with it: what they were waiting to write is not written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
        )


def lease_over() -> dt.datetime:
    return timezone.now() - dt.timedelta(seconds=settings.OUTREACH_LEASE_SECONDS + 1)


def assert_arrived_once(mail: smtp_server.MailServer, donation: Donation) -> None:
    assert mail.recipients == [donation.donor.email]
    (document,) = mail.letters[0].iter_attachments()
    content = document.get_content()
    with pdf_text.opened(content) as pdf:
        assert len(pdf.pages) == 1
    assert donation.donor.name in pdf_text.text(content)
