"""How the total is made and how it grew: lines that add up, and a chart that keeps to its frame."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from donations import ledger
from donations.composition import Composition
from donations.ledger import Account, Slot, Sums, Total
from donations.models import EntryKind, LedgerEntry, MonthlyTotal
from donations.money import format_money
from donations.pace import Chart
from programs.models import Program

PAGE = "/en/hematology/"
FIVE_YEARS: Mapping[str, Any] = {"target_cents": 100_000_000, "starts_on": dt.date(2026, 1, 1), "years": 5}
NOVEMBER = dt.date(2026, 11, 24)


def account(*months: tuple[str, int], kind: str = EntryKind.GIFT) -> Account:
    slots = {Slot(dt.date.fromisoformat(f"{month}-01"), kind): Sums(cents, 1) for month, cents in months}
    return Account(Total(raised_cents=sum(cents for _month, cents in months)), slots)


def chart(*months: tuple[str, int], today: dt.date = NOVEMBER, **program: Any) -> Chart:
    return Chart.of(Program(**{**FIVE_YEARS, **program}), account(*months), today)


def points(path: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in re.findall(r"[ML](-?\d+) (-?\d+)", path)]


_SLOTS = st.dictionaries(
    st.builds(
        Slot, st.dates(dt.date(2024, 1, 1), dt.date(2033, 1, 1)).map(lambda day: day.replace(day=1)),
        st.sampled_from(EntryKind.values),
    ),
    st.builds(Sums, st.integers(-(10**9), 10**10), st.integers(1, 9)),
    max_size=20,
)  # fmt: skip


@given(months=_SLOTS)
def test_the_lines_add_up_to_what_is_raised(months: dict[Slot, Sums]) -> None:
    total = Total(
        raised_cents=sum(each.cents for each in months.values()),
        entries=sum(each.entries for each in months.values()),
    )

    composition = Composition.of(Account(total, months))

    assert sum(line.cents for line in composition.lines) == composition.raised_cents == total.raised_cents
    assert sum(line.entries for line in composition.lines) == composition.entries == total.entries


def test_what_never_happened_has_no_line() -> None:
    online = account(("2026-03", 5000))
    contested = account(("2026-03", -5000), kind=EntryKind.DISPUTE)

    assert [str(line.label) for line in Composition.of(online).lines] == [
        "Received online", "Received otherwise", "Refunded",
    ]  # fmt: skip
    assert str(Composition.of(contested).lines[-1].label) == "Contested by the donor’s bank"


@given(
    months=_SLOTS,
    today=st.dates(dt.date(2024, 1, 1), dt.date(2040, 1, 1)),
    starts_on=st.dates(dt.date(2025, 1, 1), dt.date(2028, 12, 31)),
    years=st.integers(1, 50),
    target_cents=st.integers(100, 10**12),
)
def test_whatever_happened_the_chart_keeps_to_its_frame(
    months: dict[Slot, Sums], today: dt.date, starts_on: dt.date, years: int, target_cents: int
) -> None:
    raised = sum(each.cents for each in months.values())
    program = Program(target_cents=target_cents, starts_on=starts_on, years=years)

    drawn = Chart.of(program, Account(Total(raised_cents=raised), months), today)

    line = points(drawn.raised)
    assert [x for x, _y in line] == sorted(x for x, _y in line)
    assert all(0 <= x <= 400 for x, _y in [*line, *drawn.pace])
    assert all(20 <= y <= 222 for _x, y in line)
    assert 1 <= len(drawn.amounts) <= 4
    assert len({tick.label for tick in drawn.amounts}) == len(drawn.amounts)
    assert len(drawn.years) <= 7
    known = [row.total_cents for row in drawn.table if row.total_cents is not None]
    if known:
        assert known[-1] == raised // 100 * 100


def test_before_the_first_gift_the_line_lies_on_the_ground() -> None:
    drawn = chart()

    assert {y for _x, y in points(drawn.raised)} == {222}
    assert drawn.end
    assert drawn.end.x == drawn.today
    assert [tick.label for tick in drawn.amounts] == ["€250K", "€500K", "€750K", "€1M"]
    assert [tick.label for tick in drawn.years] == ["2026", "2027", "2028", "2029", "2030"]


def test_one_gift_raises_the_line_in_its_month_and_no_other() -> None:
    line = points(chart(("2026-07", 50_000_000)).raised)

    assert [y for _x, y in line] == [222, 222, 121, 121]
    assert [x for x, _y in line] == sorted({x for x, _y in line})


def test_more_than_the_target_makes_the_axis_longer() -> None:
    drawn = chart(("2026-03", 140_500_000))

    assert [tick.label for tick in drawn.amounts] == ["€500K", "€1M", "€1.5M"]
    assert drawn.end
    assert drawn.end.y < drawn.pace[1].y


def test_what_was_undone_a_month_later_keeps_to_the_frame_too() -> None:
    drawn = chart(("2026-03", 20_000_000), ("2026-06", 150_000_000), ("2026-07", -150_000_000))

    assert [tick.label for tick in drawn.amounts] == ["€500K", "€1M", "€1.5M", "€2M"]
    assert min(y for _x, y in points(drawn.raised)) >= 20


def test_less_than_nothing_lies_on_the_ground() -> None:
    drawn = chart(("2026-03", -5000))

    assert {y for _x, y in points(drawn.raised)} == {222}
    assert drawn.table[0].total_cents == -5000


@pytest.mark.parametrize(
    ("today", "marked", "drawn_to"),
    [
        ("2025-12-31", False, None),
        ("2026-01-01", True, 3),
        ("2030-12-31", True, 397),
        ("2031-01-01", False, 397),
    ],
)
def test_today_is_marked_within_the_period_only(today: str, marked: bool, drawn_to: int | None) -> None:
    drawn = chart(today=dt.date.fromisoformat(today))

    assert (drawn.today is not None) is marked
    assert (drawn.end.x if drawn.end else None) == drawn_to


def test_the_meter_and_the_table_name_the_same_pace_on_the_last_day_of_a_year(
    client: Client, program: Program
) -> None:
    with time_machine.travel(dt.datetime(2027, 12, 31, 12, tzinfo=dt.UTC), tick=False):
        pace = program.expected_cents() // 100 * 100
        page = client.get(PAGE).content.decode()

    assert page.count(format_money(pace)) == 2
    assert format_money(pace + 100) not in page


def test_money_from_before_and_after_the_period_is_counted_at_its_edges() -> None:
    drawn = chart(("2025-11", 1000), ("2028-02", 2000), ("2031-02", 4000), today=dt.date(2031, 3, 1))

    assert points(drawn.raised)[0][0] == 3
    assert points(drawn.raised)[-1][0] == 397
    assert [(row.first, row.total_cents) for row in drawn.table] == [
        (2026, 1000), (2026, 1000), (2027, 1000), (2028, 3000), (2029, 3000), (2030, 3000), (2030, 7000),
    ]  # fmt: skip
    assert (drawn.table[0].before, drawn.table[-1].after) == (True, True)


@pytest.mark.parametrize(
    ("starts_on", "years", "labels"),
    [
        ("2026-01-01", 1, ["2026"]),
        ("2026-09-01", 1, ["2026", "2027"]),
        ("2026-01-01", 10, ["2026", "2028", "2030", "2032", "2034"]),
        ("2026-01-01", 50, ["2026", "2035", "2044", "2053", "2062", "2071"]),
    ],
)
def test_years_are_named_as_far_as_there_is_room(starts_on: str, years: int, labels: list[str]) -> None:
    drawn = chart(starts_on=dt.date.fromisoformat(starts_on), years=years)

    assert [tick.label for tick in drawn.years] == labels
    assert (
        min(b.at - a.at for a, b in zip(drawn.years, drawn.years[1:], strict=False)) > 50
        if labels[1:]
        else True
    )


def test_the_axis_speaks_the_language_of_the_page() -> None:
    with translation.override("fr"):
        assert [tick.label for tick in chart().amounts] == [
            "250\xa0k\xa0€",
            "500\xa0k\xa0€",
            "750\xa0k\xa0€",
            "1\xa0M\xa0€",
        ]


def test_the_table_says_year_by_year_what_the_chart_shows() -> None:
    table = chart(("2026-03", 1_000_050), ("2027-01", 150), today=dt.date(2027, 2, 1)).table

    assert [row[1:4] for row in table[:3]] == [
        (1_000_000, 1_000_000, 19_989_000),
        (100, 1_000_200, 39_978_000),
        (None, None, 60_021_900),
    ]
    assert [row.running for row in table] == [False, True, False, False, False]


@time_machine.travel("2026-11-24T10:00:00Z", tick=False)
def test_the_page_says_how_its_total_is_made(program: Program, client: Client) -> None:
    post(program, EntryKind.OFFLINE, 1_000_050)
    post(program, EntryKind.REFUND, -50)

    page = words(client, PAGE)

    assert "As of 24 November 2026 at 11:00, Paris time" in page
    assert (
        "Received online 0 €0.00 Received otherwise 1 €10,000.50 Refunded 1 -€0.50 Raised 2 €10,000.00"
        " Pledged, not counted €0.00"
    ) in page
    assert "From 1 January 2026 to 31 December 2030: €10,000 raised up to now" in page
    assert "2026, so far €10,000 €10,000 €199,890 2027 – – €399,780" in page
    assert "Au 24 novembre 2026 à 11 h 00, heure de Paris" in words(client, "/fr/hematologie/").replace(
        "\xa0", " "
    )


def test_the_meter_and_its_explanation_are_of_one_moment(program: Program, client: Client) -> None:
    post(program, EntryKind.OFFLINE, 5000)

    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)

    assert sum("donations_monthlytotal" in query["sql"] for query in queries) == 1
    assert not any("donations_ledgerentry" in query["sql"] for query in queries)


def test_the_page_asks_as_little_with_many_entries_as_with_few(program: Program, client: Client) -> None:
    def cost() -> int:
        Program.objects.touch()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    client.get(PAGE)
    post(program, EntryKind.OFFLINE, 5000)
    few = cost()
    for number in range(60):
        post(program, EntryKind.OFFLINE, 5000, days=30 * number)
    many = cost()

    assert MonthlyTotal.objects.count() > 50
    assert many == few <= 15


def post(program: Program, kind: str, cents: int, days: int = 0) -> None:
    ledger.post(
        LedgerEntry(
            program=program,
            kind=kind,
            amount_cents=cents,
            occurred_at=dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days),
            source="test",
            source_ref=str(LedgerEntry.objects.count()),
        )
    )


def words(client: Client, path: str) -> str:
    """What a reader reads: no tags, single spaces."""
    return " ".join(re.sub("<[^>]+>", " ", client.get(path).content.decode()).split())
