from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sandbox import actions
from sandbox.models import StripeObject


class Command(BaseCommand):
    help = "Makes something happen to one of the sandbox's objects at once, as its page's buttons do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=[action.name for action in actions.ALL])
        parser.add_argument("object_id")

    def handle(self, *args: Any, **options: Any) -> None:
        row = StripeObject.objects.filter(object_id=options["object_id"]).first()
        if row is None:
            raise CommandError(f"There is no {options['object_id']}.")
        try:
            actions.perform(row.object_id, options["action"])
        except actions.Impossible:
            raise CommandError(f"{row.object_id} is in no state for that.") from None
