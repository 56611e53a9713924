from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sandbox import remembering


class Command(BaseCommand):
    help = "Lets the sandbox know a card payment of the past that was never made there. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("charge_id", metavar="ch_…")
        parser.add_argument("payment_intent_id", metavar="pi_…")
        parser.add_argument("cents", type=int)
        parser.add_argument("paid_at", type=datetime.fromisoformat, help="as in 2026-01-31T12:00+01:00")
        parser.add_argument("--metadata", type=_pair, action="append", default=[], metavar="KEY=VALUE")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["cents"] < 1 or options["paid_at"].tzinfo is None:
            raise CommandError("A payment has an amount, and a moment with its time zone.")
        new = remembering.charge(
            options["charge_id"],
            intent_id=options["payment_intent_id"],
            amount=options["cents"],
            paid_at=options["paid_at"],
            metadata=dict(options["metadata"]),
        )
        if options["verbosity"]:
            self.stdout.write("From now on it is known." if new else "It was known.")


def _pair(text: str) -> tuple[str, str]:
    """Raises ValueError."""
    key, value = text.split("=", 1)
    return key, value
