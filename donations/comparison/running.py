"""One comparison, from beginning to end."""

import datetime as dt
import logging
from dataclasses import dataclass, field

from django.utils import timezone

from donations import gateway
from donations.comparison import finding as findings
from donations.comparison import repairing, standing
from donations.models import Comparison, Discrepancy, DiscrepancyState, LedgerEntry

logger = logging.getLogger(__name__)

# A debit is contested up to eight weeks after it, but each movement is booked when it happens: what was
# compared and agreed once does not change. A month and a half leaves time for whoever is on holiday.
DAYS = 45
# What moved a moment ago may be in one of the books only.
_FRESH = dt.timedelta(hours=1)
# The hour, in UTC, from which a comparison counts as that night's.
_NIGHT = 4
_TRIES = 24  # one each quarter of an hour: from the night until the morning
DEAD_AFTER = dt.timedelta(hours=1)
# So many movements may be ones that Stripe does not explain; of more, it is Stripe that is away.
_UNANSWERED = 5


@dataclass
class Outcome:
    """What a comparison came to: the run, what it repaired and what is left for a person."""

    comparison: Comparison
    repaired: list[str] = field(default_factory=list)
    left: list[Discrepancy] = field(default_factory=list)
    unanswered: int = 0


def compare(*, since: dt.datetime | None = None, until: dt.datetime | None = None) -> Outcome:
    """Compare our ledger with Stripe's books, repair what can be, and keep what is left.

    Repeating it is safe, and so is running it twice at once. Raises `gateway.Unavailable` or
    `gateway.Refused`; the run then says so, and nothing that was open is closed.
    """
    until = until or timezone.now() - _FRESH
    since = since or until - dt.timedelta(days=DAYS)
    run = Comparison.objects.create(since=since, until=until)
    outcome, reading = Outcome(run), findings.Reading()
    try:
        for each in findings.find(since, until, reading):
            _deal_with(each, outcome)
    except (gateway.Unavailable, gateway.Refused) as error:
        _finish(outcome, reading, error=str(error)[:500] or type(error).__name__)
        raise
    standing.close_gone(since, run.started_at)
    _finish(outcome, reading)
    if outcome.left:
        logger.error("%d differences between our ledger and Stripe's books", len(outcome.left))
    return outcome


def is_due() -> bool:
    """Whether the comparison of last night is still to be made, or to be tried again: until the morning.

    One that was begun and has no end yet may be under way: after an hour it is taken for dead. A shorter
    one, which a person asked for, is no try.
    """
    now = timezone.now()
    night = now.astimezone(dt.UTC).replace(hour=_NIGHT, minute=0, second=0, microsecond=0)
    runs = Comparison.objects.filter(started_at__gte=night)
    whole = runs.filter(since__lte=now - dt.timedelta(days=DAYS))
    done = whole.filter(finished_at__isnull=False, error="")
    under_way = runs.filter(finished_at__isnull=True, started_at__gte=now - DEAD_AFTER)
    return now >= night and whole.count() < _TRIES and not done.exists() and not under_way.exists()


def _deal_with(each: findings.Finding, outcome: Outcome) -> None:
    try:
        told = repairing.repair(each)
    except gateway.Unavailable as error:
        outcome.unanswered += 1
        if outcome.unanswered > _UNANSWERED:
            raise
        told = f"Stripe did not answer: {error}"
    mended = LedgerEntry.objects.filter(kind=each.kind, source_ref=each.source_ref).exists()
    if each.difference == each.difference.MISSING_HERE and mended:
        outcome.repaired.append(f"{each.kind} {each.source_ref}: {told}")
        return
    row = standing.keep(each, each.detail or told)
    if row.state == DiscrepancyState.OPEN:  # one that a person has explained is no news
        outcome.left.append(row)


def _finish(outcome: Outcome, reading: findings.Reading, *, error: str = "") -> None:
    run = outcome.comparison
    run.finished_at, run.error = timezone.now(), error
    run.movements, run.repaired, run.differences = (
        reading.movements,
        len(outcome.repaired),
        len(outcome.left),
    )
    run.save()
