"""What the last twelve months brought, drawn as bars without any script."""

import datetime as dt
from dataclasses import dataclass

from babel.dates import format_date
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import get_language

from donations.models import MonthlyTotal

MONTHS = 12
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Bar:
    """A month: its first day, what it brought in cents, and its place in a drawing 100 units high."""

    month: dt.date
    cents: int
    top: float
    height: float

    @property
    def name(self) -> str:
        return format_date(self.month, "LLLL y", locale=get_language() or "en")

    @property
    def short_name(self) -> str:
        return format_date(self.month, "LLL", locale=get_language() or "en").removesuffix(".")

    @property
    def initial(self) -> str:
        return format_date(self.month, "LLLLL", locale=get_language() or "en")


@dataclass(frozen=True)
class Line:
    """A line across the drawing, and the amount in cents that it stands for."""

    cents: int
    top: float


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    lines: list[Line]
    cents: int  # all months together
    empty: bool  # no entry at all: what came and went back again has come

    @property
    def this_month(self) -> Bar:
        return self.bars[-1]

    @property
    def best(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.cents)


def draw() -> Chart:
    """The months up to this one, the oldest first. One query; money taken back counts against its month."""
    months = _last_months(timezone.localdate())
    found = _read(months[0])
    sums = [found.get(month, 0) for month in months]
    step = _step(max(*sums, 1) - min(*sums, 0))
    high = -(-max(*sums, 1) // step) * step
    low = min(*sums, 0) // step * step

    def top(cents: int) -> float:
        return round((high - cents) * 100 / (high - low), 2)

    return Chart(
        bars=[
            Bar(month, cents, top(max(cents, 0)), round(abs(top(cents) - top(0)), 2))
            for month, cents in zip(months, sums, strict=True)
        ],
        lines=[Line(cents, top(cents)) for cents in range(low, high + 1, step)],
        cents=sum(sums),
        empty=not any(month in found for month in months),
    )


def _read(since: dt.date) -> dict[dt.date, int]:
    """Cents received from that day on, all programmes together, by the month in Paris."""
    rows = MonthlyTotal.objects.filter(month__gte=since).order_by().values_list("month")
    return dict(rows.annotate(cents=Sum("amount_cents")))


def _last_months(today: dt.date) -> list[dt.date]:
    count = today.year * 12 + today.month - 1
    return [dt.date(number // 12, number % 12 + 1, 1) for number in range(count - MONTHS + 1, count + 1)]


def _step(cents: int) -> int:
    """A round number of whole euros, between a fifth and a third of the height."""
    wish = cents / 4
    magnitude = 100
    while magnitude * 10 <= wish:
        magnitude *= 10
    return next(int(magnitude * factor) for factor in _STEPS if magnitude * factor >= wish or factor == 10)
