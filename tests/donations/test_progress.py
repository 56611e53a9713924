import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from donations import ledger
from donations.models import ProgramTotal
from donations.progress import Progress
from programs.models import Milestone, Program

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
START = Progress(
    raised_cents=0,
    target_cents=100_000_000,
    expected_cents=8_000_000,
    currency="EUR",
    gifts=0,
    donors=0,
    starts_on=dt.date(2026, 1, 1),
    ends_on=dt.date(2030, 12, 31),
    as_of=NOW,
)


@pytest.mark.parametrize(
    ("raised", "percent", "bar"),
    [
        (0, 0, 0),
        (999_999, 0, 0),
        (1_000_000, 1, 1),
        (99_999_999, 99, 99),
        (100_000_000, 100, 100),
        (140_500_000, 140, 100),
        (-500, -1, 0),
    ],
)
def test_percent_is_floored_and_the_bar_stops_at_a_hundred(raised: int, percent: int, bar: int) -> None:
    progress = replace(START, raised_cents=raised)

    assert (progress.percent, progress.bar_percent) == (percent, bar)


@pytest.mark.parametrize(
    ("raised", "part"),
    [(0, 0), (400_000, 40), (999_999, 99), (57_600_000, 60), (100_000_000, 0), (140_500_000, 0), (-500, 0)],
)
def test_the_next_cell_holds_the_part_of_a_percent(raised: int, part: int) -> None:
    assert replace(START, raised_cents=raised).part_of_next == part


def test_milestones_stand_in_the_order_in_which_they_are_reached() -> None:
    half = Milestone(headline="Half", amount_cents=50_000_001)
    quarter = Milestone(headline="Quarter", percent=25)
    double = Milestone(headline="Double", percent=200)

    landmarks = replace(START, raised_cents=25_000_000).landmarks([double, half, quarter])

    assert [(each.milestone, each.percent, each.reached) for each in landmarks] == [
        (quarter, 25, True),
        (half, 51, False),
        (double, 200, False),
    ]
    assert len(START.draw(landmarks).milestones) == 2


def test_the_words_of_the_drawing_say_what_it_shows(program: Program, client: Client) -> None:
    ProgramTotal.objects.create(program=program, raised_cents=57_600_000, gifts=3, donors=2, entries=3)
    Milestone.objects.create(program=program, percent=25, headline_en="A quarter")

    with time_machine.travel("2026-06-01T10:00:00Z", tick=False):
        page = " ".join(client.get("/en/hematology/").content.decode().split())

    assert "57 of them are filled: 57% of the target is raised." in page
    assert "The next cell is 60% full." in page
    assert "A ring marks cell 8, where a steady pace would be today." in page
    assert "Dashed rings mark the milestones: cell 25, A quarter." in page
    assert page.count('<use href="#c-') == 100 + 2  # the growing cell is drawn again: its edge, its part


def test_progress_costs_one_query(program: Program, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        Progress.of(program)


def test_progress_json_says_what_the_meter_says(program: Program, client: Client) -> None:
    ProgramTotal.objects.create(program=program, raised_cents=1_234_500, gifts=3, donors=2, entries=3)

    answer = client.get("/programs/hematology/progress.json")

    body = answer.json()
    as_of = dt.datetime.fromisoformat(body.pop("as_of"))
    assert body == {
        "program": "hematology",
        "currency": "EUR",
        "target_cents": 100_000_000,
        "raised_cents": 1_234_500,
        "pledged_cents": 0,
        "gifts": 3,
        "donors": 2,
        "percent": 1,
        "expected_cents": program.expected_cents(),
        "starts_on": "2026-01-01",
        "ends_on": "2030-12-31",
    }
    assert abs(timezone.now() - as_of) < dt.timedelta(minutes=1)
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_programme_that_is_not_published_shows_no_progress(program: Program, client: Client) -> None:
    program.status = "draft"
    program.save()

    assert client.get("/programs/hematology/progress.json").status_code == 404


def test_a_total_before_the_first_gift_is_zero(program: Program) -> None:
    assert ledger.read_total(program) == ledger.sum_entries(program) == ledger.Total()
