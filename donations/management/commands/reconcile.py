import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from donations import comparison, gateway
from donations.models import Discrepancy
from donations.money import format_money


class Command(BaseCommand):
    help = (
        "Compare the ledger with Stripe's balance transactions, repair what is missing here, and print what"
        " is left. Exits 1 where something is left, 2 where Stripe did not answer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            type=_day,
            metavar="YYYY-MM-DD",
            help=f"the first day, in Paris (by default {comparison.DAYS} days ago)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = comparison.compare(since=options["since"])
        except (gateway.Unavailable, gateway.Refused) as error:
            raise CommandError(f"Stripe did not answer: {error}", returncode=2) from error
        for line in outcome.repaired:
            self.stdout.write(f"repaired: {line}")
        for row in outcome.left:
            self.stdout.write(_line(row))
        run = outcome.comparison
        self.stdout.write(
            f"{run.movements} movements at Stripe since {timezone.localdate(run.since):%Y-%m-%d}:"
            f" {run.repaired} repaired, {run.differences} left."
        )
        if outcome.left:
            raise CommandError(f"{run.differences} difference(s) are left.")


def _day(text: str) -> dt.datetime:
    """Midnight in Paris of that day, which has begun. Raises ValueError."""
    day = parse_date(text)
    if day is None or day > timezone.localdate():
        raise ValueError(text)
    return timezone.make_aware(dt.datetime.combine(day, dt.time()), timezone.get_default_timezone())


def _line(row: Discrepancy) -> str:
    amounts = " / ".join(
        "–" if cents is None else format_money(cents, currency)
        for cents, currency in ((row.stripe_cents, row.currency), (row.ledger_cents, "EUR"))
    )
    return f"{row.difference}: {row.kind} {row.source_ref} (Stripe / ledger: {amounts}) {row.detail}".strip()
