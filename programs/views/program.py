"""The programme's page: everything we ask support for, on one page."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from programs import cached_page
from programs.models import Program, ProgressUpdate
from programs.views import finding

TEMPLATE = "programs/program.html"
LATEST = 3


@require_safe
@cached_page.kept()
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """A published page, the same for everyone; or a draft, for staff only, rendered for them alone."""
    shown = finding.visible_program(request, slug)
    if shown.slug != slug:
        return redirect(shown, permanent=shown.is_published)
    context = page_context(shown)
    return render(request, TEMPLATE, context if shown.is_published else {**context, "preview": True})


def page_context(shown: Program) -> dict[str, Any]:
    """All that the page shows from this application, in a fixed number of queries."""
    prefetch_related_objects(
        [shown],
        "sections",
        "testimonials",
        "resources",
        "fundingneeds",
        "keyfigures",
        "questions",
        "pictures",
        "milestones",
    )
    updates = list(ProgressUpdate.objects.published().filter(program=shown)[:LATEST])
    for update in updates:
        update.program = shown
    return {
        "program": shown,
        "sections": shown.sections.all(),
        "testimonials": shown.testimonials.all(),
        "resources": shown.resources.all(),
        "needs": shown.fundingneeds.all(),
        "figures": shown.keyfigures.all(),
        "questions": shown.questions.all(),
        "pictures": shown.pictures.all(),
        "milestones": shown.milestones.all(),
        "updates": updates,
    }
