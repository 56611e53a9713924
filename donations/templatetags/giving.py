"""What a programme's page shows of the money, without the programme knowing."""

from django import template

from donations.progress import Progress
from programs.models import Program

register = template.Library()


@register.inclusion_tag("donations/_progress.html")
def donation_progress(program: Program) -> dict[str, object]:
    """The meter."""
    return {"program": program, "progress": Progress.of(program)}
