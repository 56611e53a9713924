"""The admin's home: where the campaign is, and what waits for the person who is signed in.

Each part is there for those who may look at what it shows. The number of queries is the same however
many programmes, gifts and letters there are.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from donations import ledger, promised
from donations.admin import months, waiting
from donations.models import Donation, Status
from programs.models import Program

LAST_GIFTS = 6


@dataclass(frozen=True)
class Standing:
    """A published programme beside its target, a steady pace and what is pledged. In cents."""

    program: Program
    total: ledger.Total
    expected_cents: int
    pledged_cents: int

    @property
    def percent(self) -> int:
        return self.total.raised_cents * 100 // self.program.target_cents

    @property
    def bar_percent(self) -> int:
        return min(max(self.percent, 0), 100)

    @property
    def expected_percent(self) -> int:
        return min(self.expected_cents * 100 // self.program.target_cents, 100)

    @property
    def ahead_cents(self) -> int:
        """How far it is ahead of a steady pace, in whole euros; negative where it is behind."""
        return (self.total.raised_cents - self.expected_cents) // 100 * 100

    @property
    def behind_cents(self) -> int:
        return -self.ahead_cents

    @property
    def address(self) -> str:
        return reverse("admin:programs_program_change", args=[self.program.pk])


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the home shows, added to the theme's context: unfold's DASHBOARD_CALLBACK."""
    may = request.user.has_perm
    return {
        **context,
        "standings": _standings() if may("programs.view_program") else None,
        "chart": months.draw() if may("donations.view_programtotal") else None,
        "gifts": _gifts() if may("donations.view_donation") and may("donations.view_donor") else None,
        "tasks": waiting.tasks(request.user),
    }


def _standings() -> list[Standing]:
    programs = list(Program.objects.published())
    totals = ledger.read_totals(programs)
    pledged = promised.pledged_by_program(programs)
    return [
        Standing(program, totals[program.pk], program.expected_cents(), pledged[program.pk])
        for program in programs
    ]


def _gifts() -> QuerySet[Donation]:
    return (
        Donation.objects.filter(status=Status.PAID)
        .select_related("donor")
        .order_by("-paid_at", "-pk")[:LAST_GIFTS]
    )
