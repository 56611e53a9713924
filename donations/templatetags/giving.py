"""What a programme's page shows of the money, without the programme knowing."""

from collections.abc import Sequence
from typing import Any, cast

from django import template
from django.template import RequestContext
from django.utils import timezone

from donations import dots, ledger, promised
from donations.blood import SHAPES
from donations.cells import VIEW_BOX
from donations.composition import Composition
from donations.pace import VIEW_BOX as CHART_VIEW_BOX
from donations.pace import Chart
from donations.progress import Progress
from programs.models import Program

register = template.Library()


@register.inclusion_tag("donations/_progress.html", takes_context=True)
def donation_progress(context: RequestContext, program: Program) -> dict[str, object]:
    """The meter."""
    progress = Progress.of(program, account_of(context, program).total)
    landmarks = progress.landmarks(program.milestones.all())
    return {
        "program": program,
        "progress": progress,
        "landmarks": landmarks,
        "drawing": progress.draw(landmarks),
        "shapes": SHAPES,
        "view_box": VIEW_BOX,
    }


@register.inclusion_tag("donations/_total.html", takes_context=True)
def total_explained(context: RequestContext, program: Program) -> dict[str, object]:
    """How the meter's total is made, and how it grew."""
    account = account_of(context, program)
    return {
        "program": program,
        "progress": Progress.of(program, account.total, pledged_cents=promised.pledged_cents(program)),
        "composition": Composition.of(account),
        "chart": Chart.of(program, account, timezone.localdate()),
        "view_box": CHART_VIEW_BOX,
    }


@register.simple_tag
def progress_of(programs: Sequence[Program]) -> list[tuple[Program, Progress]]:
    """Each programme beside its progress, in one query: for a list, where each must not ask for itself."""
    return Progress.of_each(programs)


@register.inclusion_tag("donations/_strip.html")
def gift_strip(progress: Progress) -> dict[str, object]:
    """The progress in little room: a hundred small cells in four rows, and the same in words."""
    filled = progress.bar_percent
    return {"progress": progress, "filled": dots.path(0, filled, 25), "empty": dots.path(filled, 100, 25)}


def account_of(context: RequestContext, program: Program) -> ledger.Account:
    """Read once for a page: all that it shows of the money is of the same moment."""
    page: dict[str, dict[int, ledger.Account]] = cast(Any, context.render_context)
    kept = page.setdefault("accounts", {})
    if program.pk not in kept:
        kept[program.pk] = ledger.read_account(program)
    return kept[program.pk]
