"""Counters that end: shared by all processes, exact under haste, and never a reason to fail."""

import datetime as dt
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from donations.guard import counting
from donations.models import RateCount

pytestmark = pytest.mark.django_db(transaction=True)
_WITH_REDIS = pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="no Redis in this run")


@pytest.fixture(autouse=True)
def _listening_again() -> Any:
    counting._Redis.silent_until = 0.0
    yield
    counting._Redis.silent_until = 0.0


@pytest.fixture
def rows(settings: Any) -> None:
    settings.REDIS_URL = ""


@pytest.mark.usefixtures("rows")
def test_a_counter_ends_with_its_hour_and_counts_down() -> None:
    two = counting.per_hour(2)
    assert [counting.hit(two, "address", "x") for _time in range(3)] == [True, True, False]
    assert counting.hit(two, "address", "y")
    assert counting.hit(two, "address", "x", cost=-2)
    assert counting.hit(two, "address", "x")

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        assert counting.hit(two, "address", "x")
        assert counting.tidy() == 1


@pytest.mark.parametrize("in_redis", [False, pytest.param(True, marks=_WITH_REDIS)])
def test_a_counter_is_never_below_nothing(settings: Any, in_redis: bool) -> None:
    settings.REDIS_URL = settings.REDIS_URL if in_redis else ""
    two = counting.per_hour(2)

    counting.hit(two, "address", "x", cost=-1)  # of an hour that has ended
    assert [counting.hit(two, "address", "x") for _time in range(3)] == [True, True, False]
    counting.hit(two, "address", "x", cost=-9)
    assert [counting.hit(two, "address", "x") for _time in range(3)] == [True, True, False]


@pytest.mark.usefixtures("rows")
def test_what_is_taken_back_after_its_hour_begins_no_other() -> None:
    two = counting.per_hour(2)
    counting.hit(two, "address", "x")

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        counting.hit(two, "address", "x", cost=-1)

        assert not RateCount.objects.filter(ends_at__gt=timezone.now()).exists()


@pytest.mark.usefixtures("rows")
def test_of_many_at_once_exactly_as_many_pass_as_may() -> None:
    def once(_number: int) -> bool:
        try:
            return counting.hit(counting.per_hour(5), "address", "x")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        passed = list(threads.map(once, range(24)))

    assert passed.count(True) == 5
    assert RateCount.objects.get().count == 24


def test_a_redis_that_does_not_answer_is_left_alone_and_the_rows_count(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_SECONDS_TO_ANSWER", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.settimeout(0)
        settings.REDIS_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        counted = [counting.hit(counting.per_hour(1), "address", "x") for _time in range(40)]
        asked = connections_to(deaf)
        counting._Redis.silent_until = 0.0  # half a minute later
        assert not counting.hit(counting.per_hour(1), "address", "x")
        asked_later = connections_to(deaf)

    assert counted == [True] + [False] * 39
    assert (asked, asked_later) == (1, 1)


def connections_to(server: socket.socket) -> int:
    """How many have been made to it since it was last asked. It answers nobody."""
    made = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return made
        made += 1


@_WITH_REDIS
def test_redis_counts_where_there_is_one() -> None:
    two = counting.per_hour(2)

    assert [counting.hit(two, "address", "x") for _time in range(3)] == [True, True, False]
    assert counting.hit(two, "address", "x", cost=-2)
    assert not RateCount.objects.exists()
