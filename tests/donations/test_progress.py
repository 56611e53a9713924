import datetime as dt
import math
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from donations import cells, ledger
from donations.models import ProgramTotal
from donations.progress import Progress
from programs.models import Program

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


@pytest.mark.parametrize(("raised", "filled"), [(0, 0), (3, 3), (57, 57), (100, 100), (140, 100)])
def test_each_cell_is_one_percent(raised: int, filled: int) -> None:
    drawn = replace(START, raised_cents=raised * 1_000_000).cells

    assert len(drawn) == 100
    assert sum(cell.filled for cell in drawn) == filled
    assert sum(cell.next for cell in drawn) == (1 if filled < 100 else 0)
    assert [cell.pace for cell in drawn].index(True) == 7


def test_the_drawing_never_moves_and_no_two_cells_touch() -> None:
    places = [(cell.x, cell.y) for cell in cells.CELLS]

    assert places == [(cell.x, cell.y) for cell in cells.draw(57)]
    assert min(math.dist(a, b) for a in places for b in places if a != b) > 62
    assert all(math.hypot(*place) < 466 for place in places)


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
