from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sandbox import faults
from sandbox.models import Fault


class Command(BaseCommand):
    help = "Gives the sandbox a bad day: its calls or its webhooks go wrong, for a number or for a while."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", nargs="?", choices=Fault.Kind.values)
        parser.add_argument("--count", type=int, help="how many calls or events (1, unless it has minutes)")
        parser.add_argument("--minutes", type=float, help="for how long")
        parser.add_argument("--match", default="", help="only calls or events that begin with it")
        parser.add_argument("--seconds", type=float, default=5, help="to hang, or to be late (5)")
        parser.add_argument("--done", action="store_true", help="carry the call out, and lose its answer")
        parser.add_argument("--clear", action="store_true", help="end all faults")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["clear"]:
            self.stdout.write(f"Ended: {faults.clear()}")
            return
        if not options["kind"]:
            raise CommandError("Say what is to go wrong, or --clear.")
        minutes = options["minutes"]
        faults.inject(
            options["kind"],
            count=options["count"],
            lasting=None if minutes is None else timedelta(minutes=minutes),
            match=options["match"],
            seconds=options["seconds"],
            done=options["done"],
        )
        self.stdout.write("From now on it goes wrong.")
