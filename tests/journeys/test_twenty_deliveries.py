"""The same webhook twenty times at once, and a worker with four processes: one gift."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from donations.models import StripeEvent
from programs.models import Program
from sandbox import mail
from tests.giving import give, pay
from tests.journeys.waiting import all_sent, assert_settled_once, completed, eventually, post
from tests.processes import Worker, messages_waiting

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_TIMES = 20


@pytest.fixture
def four_processes(stripe_sandbox: str) -> Iterator[Worker]:
    worker = Worker(stripe_sandbox)
    worker.start(concurrency=4)
    yield worker
    worker.kill()


def test_twenty_deliveries_at_once_settle_thank_and_number_one_gift(
    four_processes: Worker, stripe_sandbox: str, program: Program, mail_dir: Path
) -> None:
    donation = give()
    pay(donation)
    event = completed()

    def deliver(_number: int) -> int:
        try:
            return post(event, stripe_sandbox)
        finally:
            connection.close()

    with ThreadPoolExecutor(_TIMES) as pool:
        answers = list(pool.map(deliver, range(_TIMES)))
    sent = eventually(all_sent)
    taken = eventually(lambda: messages_waiting() == 0)
    four_processes.kill()

    assert answers == [200] * _TIMES
    assert sent, four_processes.log.read_text()
    assert taken, four_processes.log.read_text()
    assert StripeEvent.objects.get().outcome == "settled"
    assert_settled_once(donation, program)
    assert [letter.recipient for letter in mail.newest()] == [donation.donor.email]
    log = four_processes.log.read_text()
    assert "Traceback" not in log
    assert donation.donor.email not in log
    assert donation.donor.last_name not in log
