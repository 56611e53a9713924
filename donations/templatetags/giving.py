"""What a programme's page shows of the money, without the programme knowing."""

from collections.abc import Sequence

from django import template

from donations import dots
from donations.blood import SHAPES
from donations.cells import VIEW_BOX
from donations.progress import Progress
from programs.models import Program

register = template.Library()


@register.inclusion_tag("donations/_progress.html")
def donation_progress(program: Program) -> dict[str, object]:
    """The meter."""
    progress = Progress.of(program)
    landmarks = progress.landmarks(program.milestones.all())
    return {
        "program": program,
        "progress": progress,
        "landmarks": landmarks,
        "drawing": progress.draw(landmarks),
        "shapes": SHAPES,
        "view_box": VIEW_BOX,
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
