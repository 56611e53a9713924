from typing import Any

from django.core.management.base import BaseCommand, CommandError

from donations import gateway, hearing, stripe_setup


class Command(BaseCommand):
    help = (
        "Ask Stripe whether this site's webhook endpoint is sent every event that is handled here, and"
        " whether anything is pointed at the wrong mode. Exits 1 where something is wrong, 2 where Stripe"
        " did not answer."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = stripe_setup.problems()
        except gateway.Refused as error:
            raise CommandError(f"Stripe refuses the question: {error}", returncode=2) from error
        except gateway.Unavailable as error:
            raise CommandError(f"Stripe did not answer: {error}", returncode=2) from error
        for problem in found:
            self.stdout.write(f"{problem.text}\n    {problem.hint}")
        if found:
            raise CommandError(f"{len(found)} problem(s) found.")
        self.stdout.write(
            f"{stripe_setup.address()} is sent the {len(hearing.HANDLERS)} kinds of event that are handled"
            f" here, in {'live' if gateway.is_live() else 'test'} mode."
        )
