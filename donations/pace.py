"""How a total grew beside a steady pace: the chart of a programme's years, and the same in figures.

Coordinates are whole units of a drawing of 400 by 250; amounts are cents.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from django.utils.translation import get_language

from donations.ledger import Account
from donations.money import format_compact
from programs.models import Program

VIEW_BOX: Final = "0 0 400 250"
_LEFT, _RIGHT, _TOP, _BOTTOM = 3, 397, 20, 222
_LABELS_AT_MOST: Final = 6
_STEPS_AT_MOST: Final = 4


class Tick(NamedTuple):
    """A label on an axis, and where it stands along it."""

    at: int
    label: str


class Point(NamedTuple):
    x: int
    y: int


class Year(NamedTuple):
    """A calendar year, in cents that are whole euros, rounded down.

    What is raised is missing for a year to come; the pace, for one outside the period.
    """

    first: int
    raised_cents: int | None
    total_cents: int | None
    pace_cents: int | None
    running: bool = False
    before: bool = False
    after: bool = False


@dataclass(frozen=True)
class Chart:
    """What is raised as a line up to today, a steady pace as another, and the years one by one."""

    raised: str
    area: str
    pace: tuple[Point, Point]
    end: Point | None
    today: int | None
    amounts: Sequence[Tick]
    years: Sequence[Tick]
    borders: Sequence[int]
    table: Sequence[Year]

    @classmethod
    def of(cls, program: Program, account: Account, today: dt.date) -> "Chart":
        scale = _Scale(program, max(program.target_cents, *_heights(program, account)))
        line = _line(program, account, today, scale)
        path = "".join(f"{'L' if number else 'M'}{x} {y}" for number, (x, y) in enumerate(line))
        running = program.starts_on <= today <= program.ends_on
        return cls(
            raised=path if len(line) > 1 else "",
            area=f"{path}L{line[-1].x} {_BOTTOM}L{_LEFT} {_BOTTOM}z" if len(line) > 1 else "",
            pace=(Point(_LEFT, _BOTTOM), Point(_RIGHT, scale.y(program.target_cents))),
            end=line[-1] if line else None,
            today=scale.x(today + _DAY) if running else None,
            amounts=scale.amounts(program.currency),
            years=scale.years(),
            borders=scale.borders(),
            table=_table(program, account, today),
        )


_DAY: Final = dt.timedelta(days=1)


class _Scale:
    """Days and cents to units. A day is named by its beginning: the period ends as the next day begins."""

    def __init__(self, program: Program, most_cents: int) -> None:
        self.first = program.starts_on
        self.end = program.ends_on + _DAY
        self.step = _nice_step(most_cents)
        self.most = -(-most_cents // self.step) * self.step

    def x(self, day: dt.date) -> int:
        inside = min(max(day, self.first), self.end)
        return _LEFT + round((_RIGHT - _LEFT) * (inside - self.first).days / (self.end - self.first).days)

    def y(self, cents: int) -> int:
        return _BOTTOM - (_BOTTOM - _TOP) * max(cents, 0) // self.most

    def amounts(self, currency: str) -> list[Tick]:
        language = get_language() or "en"
        return [
            Tick(self.y(cents), format_compact(cents, currency, language))
            for cents in range(self.step, self.most + 1, self.step)
        ]

    def borders(self) -> list[int]:
        """Where one year ends and the next begins."""
        return [
            self.x(dt.date(year, 1, 1)) for year in range(self.first.year + 1, (self.end - _DAY).year + 1)
        ]

    def years(self) -> list[Tick]:
        """A label in the middle of each year that has room for one."""
        last = (self.end - _DAY).year
        every = -(-(last - self.first.year + 1) // _LABELS_AT_MOST)
        middles = [
            (year, self.x(dt.date(year, 1, 1)), self.x(dt.date(year + 1, 1, 1)))
            for year in range(self.first.year, last + 1, every)
        ]
        room = (_RIGHT - _LEFT) // (2 * _LABELS_AT_MOST)
        return [
            Tick((begin + end) // 2, str(year))
            for year, begin, end in middles
            if every > 1 or end - begin >= room
        ]


def _nice_step(most_cents: int) -> int:
    """1, 2, 2.5 or 5 times a power of ten euros, with at most four of them up to `most_cents`."""
    power = 100
    while True:
        for step in (power, 2 * power, 5 * power // 2, 5 * power):
            if step % 100 == 0 and -(-most_cents // step) <= _STEPS_AT_MOST:
                return step
        power *= 10


def _by_month(account: Account) -> list[tuple[dt.date, int]]:
    months: dict[dt.date, int] = {}
    for slot, sums in account.months.items():
        months[slot.month] = months.get(slot.month, 0) + sums.cents
    return sorted(months.items())


def _heights(program: Program, account: Account) -> list[int]:
    """Where the line passes, in cents: what was undone since may have been higher than all there is now."""
    months = _by_month(account)
    totals = list(accumulate((cents for _month, cents in months), initial=0))
    drawn = [number for number, (month, _cents) in enumerate(months) if _next(month) > program.starts_on]
    return totals[min(drawn, default=len(months)) :]


def _next(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def _line(program: Program, account: Account, today: dt.date, scale: _Scale) -> list[Point]:
    """Level between the months in which money moved, rising through each of them, and up to today."""
    now = min(today, program.ends_on) + _DAY
    total, points = 0, list[Point]()
    for month, cents in _by_month(account):
        begin, end = month, _next(month)
        if end > program.starts_on and not points:
            points.append(Point(_LEFT, scale.y(total)))
        if points:
            points.append(Point(scale.x(min(begin, now)), scale.y(total)))
        total += cents
        if points:
            points.append(Point(scale.x(min(end, now)), scale.y(total)))
    if not points and (total or today >= program.starts_on):
        points.append(Point(_LEFT, scale.y(total)))
    if points and today >= program.starts_on:
        points.append(Point(scale.x(now), scale.y(total)))
    return [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]


def _table(program: Program, account: Account, today: dt.date) -> list[Year]:
    first, last = program.starts_on.year, program.ends_on.year
    by_year: dict[int, int] = {}
    for month, cents in _by_month(account):
        year = min(max(month.year, first - 1), last + 1)
        by_year[year] = by_year.get(year, 0) + cents
    rows, total = list[Year](), by_year.get(first - 1, 0)
    if first - 1 in by_year:
        rows.append(Year(first, _whole(total), _whole(total), None, before=True))
    for year in range(first, last + 1):
        total += by_year.get(year, 0)
        known = year <= today.year or year in by_year
        rows.append(
            Year(
                year,
                _whole(by_year.get(year, 0)) if known else None,
                _whole(total) if known else None,
                _whole(program.expected_cents(dt.date(year, 12, 31))),
                running=year == today.year,
            )
        )
    if last + 1 in by_year:
        later = by_year[last + 1]
        rows.append(Year(last, _whole(later), _whole(total + later), None, after=True))
    return rows


def _whole(cents: int) -> int:
    return cents // 100 * 100
