"""What running plans will bring before a programme ends. It is shown apart from what has arrived.

Counted are the payments planned from the next one on, of plans that are active: one that is paused asks
nothing, and one whose payment failed has yet to be mended, so neither promises anything for now. One
that is set to end on a day promises what comes before it.
"""

import calendar
import datetime as dt
from collections.abc import Collection

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from donations.models import Frequency, PlanStatus, RecurringDonation
from programs.models import Program


def pledged_cents(program: Program) -> int:
    """One query; its rows are days of the year ahead, however many plans there are."""
    return pledged_by_program([program])[program.pk]


def pledged_by_program(programs: Collection[Program]) -> dict[int, int]:
    """The same for several programmes, by their primary keys. One query, however many they are."""
    zone = timezone.get_default_timezone()
    ends = {program.pk: program.ends_on for program in programs}
    days = (
        RecurringDonation.objects.filter(
            program__in=ends, status=PlanStatus.ACTIVE, stop_requested_at=None, next_charge_at__isnull=False
        )
        .order_by()
        .values_list(
            "program",
            "frequency",
            TruncDate("next_charge_at", tzinfo=zone),
            TruncDate("ends_at", tzinfo=zone),
        )
        .annotate(Sum("amount_cents"))
    )
    pledged = dict.fromkeys(ends, 0)
    for program, frequency, day, over_on, cents in days:
        last = min(ends[program], over_on - dt.timedelta(days=1)) if over_on else ends[program]
        pledged[program] += cents * payments(frequency, day, last)
    return pledged


def payments(frequency: str, first: dt.date, last: dt.date) -> int:
    """How many payments fall between two days, both included, each on the first one's day of the month.

    A month without that day has it on its last one: https://docs.stripe.com/billing/subscriptions/billing-cycle
    """
    day = min(first.day, calendar.monthrange(last.year, last.month)[1])
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < day)
    return max(months // (12 if frequency == Frequency.YEARLY else 1) + 1, 0)
