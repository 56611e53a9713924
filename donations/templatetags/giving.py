"""What a programme's page shows of the money, without the programme knowing."""

from django import template

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
