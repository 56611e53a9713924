from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from programs import loading


class Command(BaseCommand):
    help = (
        "Fills the database with the words the site starts with: the Hematology programme and the site’s own "
        "pages, in English and French, from the files in programs/content/. Only what was never there is "
        "created: a programme or a page that exists is left as staff made it, and one that they removed "
        "stays away, so that running this again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reset",
            action="store_true",
            help="Put the files’ words back over what staff have written. Their words stay in the history.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for line in loading.load(reset=options["reset"]):
            if options["verbosity"]:
                self.stdout.write(line)
