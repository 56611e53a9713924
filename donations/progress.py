"""How far a programme has come: the ledger's total beside the target and the calendar."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from donations import cells, ledger
from programs.models import Program


@dataclass(frozen=True)
class Progress:
    """One moment's answer. Amounts in cents; percentages are floored and may pass 100."""

    raised_cents: int
    target_cents: int
    expected_cents: int
    currency: str
    gifts: int
    donors: int
    starts_on: dt.date
    ends_on: dt.date
    as_of: dt.datetime

    @classmethod
    def of(cls, program: Program) -> "Progress":
        """One query: the total is kept, not added up."""
        total = ledger.read_total(program)
        return cls(
            raised_cents=total.raised_cents,
            target_cents=program.target_cents,
            expected_cents=program.expected_cents(),
            currency=program.currency,
            gifts=total.gifts,
            donors=total.donors,
            starts_on=program.starts_on,
            ends_on=program.ends_on,
            as_of=timezone.now(),
        )

    @property
    def percent(self) -> int:
        return self.raised_cents * 100 // self.target_cents

    @property
    def bar_percent(self) -> int:
        """The percentage as far as a bar can show it."""
        return min(max(self.percent, 0), 100)

    @property
    def expected_percent(self) -> int:
        return self.expected_cents * 100 // self.target_cents

    @property
    def cells(self) -> list[cells.Drawn]:
        """The meter's drawing: a hundred cells, each one percent of the target."""
        return cells.draw(self.bar_percent, self.expected_percent)

    @property
    def on_pace(self) -> bool:
        return self.raised_cents >= self.expected_cents
