"""How far a programme has come: the ledger's total beside the target and the calendar."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from donations import cells, ledger
from programs.models import Milestone, Program


@dataclass(frozen=True)
class Landmark:
    """A milestone on the way: the percentage that reaches it, and whether it is reached."""

    milestone: Milestone
    percent: int
    reached: bool


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
    # What running plans promise before the end, where it was asked for.
    pledged_cents: int = 0

    @classmethod
    def of(cls, program: Program, total: ledger.Total | None = None, *, pledged_cents: int = 0) -> "Progress":
        """One query, none where the total has been read: it is kept, not added up."""
        return cls._with(program, total or ledger.read_total(program), pledged_cents)

    @classmethod
    def of_each(cls, programs: Sequence[Program]) -> "list[tuple[Program, Progress]]":
        """Each programme with how far it has come: one query for all of them."""
        totals = ledger.read_totals(programs)
        return [(program, cls._with(program, totals[program.pk])) for program in programs]

    @classmethod
    def _with(cls, program: Program, total: ledger.Total, pledged_cents: int = 0) -> "Progress":
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
            pledged_cents=pledged_cents,
        )

    @property
    def percent(self) -> int:
        return self.raised_cents * 100 // self.target_cents

    @property
    def bar_percent(self) -> int:
        """The percentage as far as a bar can show it."""
        return min(max(self.percent, 0), 100)

    @property
    def expected_whole_cents(self) -> int:
        """In whole euros, as a pace has no cents; rounded down, as in the table of the years."""
        return self.expected_cents // 100 * 100

    @property
    def expected_percent(self) -> int:
        return self.expected_cents * 100 // self.target_cents

    @property
    def part_of_next(self) -> int:
        """How much of the next percent is there, in percent of it; 0 where there is no next cell."""
        if not 0 <= self.percent < 100:
            return 0
        return self.raised_cents * 10_000 // self.target_cents % 100

    def landmarks(self, milestones: Iterable[Milestone]) -> list[Landmark]:
        """The milestones in the order in which they are reached."""
        found = [
            Landmark(milestone, self._percent_of(milestone), self.raised_cents >= self._cents_of(milestone))
            for milestone in milestones
        ]
        return sorted(found, key=lambda landmark: self._cents_of(landmark.milestone))

    def draw(self, landmarks: Sequence[Landmark] = ()) -> cells.Drawing:
        """The meter's drawing: a hundred cells, each one percent of the target."""
        return cells.draw(
            self.bar_percent,
            part=self.part_of_next,
            pace=self.expected_percent,
            milestones=[landmark.percent for landmark in landmarks],
            beyond=self.percent - 100,
        )

    def _cents_of(self, milestone: Milestone) -> int:
        if milestone.amount_cents is not None:
            return milestone.amount_cents
        return -(-self.target_cents * (milestone.percent or 0) // 100)

    def _percent_of(self, milestone: Milestone) -> int:
        """The cell that is filled when a milestone is reached: an amount within a cell needs all of it."""
        if milestone.amount_cents is None:
            return milestone.percent or 0
        return -(-milestone.amount_cents * 100 // self.target_cents)

    @property
    def on_pace(self) -> bool:
        return self.raised_cents >= self.expected_cents
