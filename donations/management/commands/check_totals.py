from typing import Any

from django.core.management.base import BaseCommand, CommandError

from donations import ledger
from programs.models import Program


class Command(BaseCommand):
    help = (
        "Prove that every programme's public total equals the sum of its ledger. Exits 1 where it does not."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for program in Program.objects.all():
            kept, summed = ledger.read_total(program), ledger.sum_entries(program)
            if kept == summed:
                self.stdout.write(f"{program}: {kept.raised_cents} cents in {kept.entries} entries, as kept.")
            else:
                wrong += 1
                self.stderr.write(f"{program}: kept {kept}, but the ledger adds up to {summed}.")
        if wrong:
            raise CommandError(f"{wrong} total(s) differ from the ledger.")
