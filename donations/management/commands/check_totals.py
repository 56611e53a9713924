from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from donations import ledger
from programs.models import Program


class Command(BaseCommand):
    help = (
        "Prove that every programme's public total, and every month of it, equals the sum of its ledger."
        " Exits 1 where one does not."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for program in Program.objects.all():
            kept, summed, months = self._look(program)
            if kept != summed or months:
                kept, summed, months = self._look_again(program)
            if kept == summed and not months:
                self.stdout.write(f"{program}: {kept.raised_cents} cents in {kept.entries} entries, as kept.")
                continue
            if kept != summed:
                wrong += 1
                self.stderr.write(f"{program}: kept {kept}, but the ledger adds up to {summed}.")
            for line in months:
                wrong += 1
                self.stderr.write(f"{program}: {line}")
        if wrong:
            raise CommandError(f"{wrong} total(s) differ from the ledger.")

    def _look(self, program: Program) -> tuple[ledger.Total, ledger.Total, list[str]]:
        return ledger.read_total(program), ledger.sum_entries(program), self._wrong_months(program)

    def _look_again(self, program: Program) -> tuple[ledger.Total, ledger.Total, list[str]]:
        """While nobody posts: a gift may have arrived between one sum and the other."""
        with transaction.atomic():
            list(Program.objects.select_for_update(no_key=True).filter(pk=program.pk).values_list("pk"))
            return self._look(program)

    def _wrong_months(self, program: Program) -> list[str]:
        kept, summed = ledger.read_account(program).months, ledger.sum_months(program)
        nothing = ledger.Sums(0, 0)
        return [
            f"{slot.month:%Y-%m} {slot.kind} kept {kept.get(slot, nothing)},"
            f" but the ledger adds up to {summed.get(slot, nothing)}."
            for slot in sorted(kept.keys() | summed.keys())
            if kept.get(slot) != summed.get(slot)
        ]
