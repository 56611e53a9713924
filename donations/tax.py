"""What a gift costs after tax. Pure: whole cents, whole percents, no float.

A reduction, not a credit: it lowers the tax of those who pay some, and nothing is refunded.
Sources: CGI art. 200 (income), 978 (real estate wealth), 238 bis (companies).
"""

import datetime as dt


def debit_may_arrive_next_year(day: dt.date) -> bool:
    """Whether a direct debit begun on this day may be collected in January.

    A gift counts for the year in which the money arrives, and a debit takes up to some ten days.
    """
    return day.month == 12 and day.day >= 21


def reduction_cents(cents: int, rate_percent: int, *, cap_cents: int | None = None) -> int:
    """The tax reduction for a gift, rounded down to the cent, never above the yearly cap."""
    if cents < 0 or not 0 <= rate_percent <= 100:
        raise ValueError("a gift is not negative, and a rate is between 0 and 100 percent")
    reduction = cents * rate_percent // 100
    return reduction if cap_cents is None else min(reduction, cap_cents)


def net_cost_cents(cents: int, rate_percent: int, *, cap_cents: int | None = None) -> int:
    """What the gift costs in the end, in cents, for a donor whose tax is at least the reduction."""
    return cents - reduction_cents(cents, rate_percent, cap_cents=cap_cents)


def company_limit_cents(turnover_cents: int) -> int:
    """The gifts of a year that count for a company: €20,000, or 5 ‰ of turnover if that is more."""
    return max(2_000_000, turnover_cents * 5 // 1000)
