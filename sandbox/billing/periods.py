"""When a subscription's periods begin and end. Pure: Unix times in, Unix times out, in UTC."""

import calendar
from datetime import UTC, datetime, timedelta

_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}


def following(anchor: int, moment: int, interval: str, interval_count: int) -> int:
    """The end of the period that holds `moment`, counted from `anchor`.

    As Stripe: a plan begun on the 31st renews on the last day of a shorter month, and on the 31st
    again afterwards.
    """
    steps = 1
    while (end := _shifted(anchor, interval, interval_count * steps)) <= moment:
        steps += 1
    return end


def _shifted(anchor: int, interval: str, count: int) -> int:
    start = datetime.fromtimestamp(anchor, tz=UTC)
    if interval in _DAYS:
        return int((start + timedelta(days=_DAYS[interval] * count)).timestamp())
    months = start.month - 1 + _MONTHS[interval] * count
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())
