from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sandbox import sweep


class Command(BaseCommand):
    help = "Does what is due in the sandbox: debits are collected or refused, and so on. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--ahead", type=float, default=0, metavar="MINUTES", help="as if it were that much later"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now() + timedelta(minutes=options["ahead"])
        self.stdout.write(f"Settled: {sweep.settle_due(at)}")
