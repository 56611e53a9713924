"""The programme's page: everything we ask support for, on one page."""

from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from programs import cached_page
from programs.models import Program, ProgressUpdate
from programs.views import finding

TEMPLATE = "programs/program.html"
LATEST = 3


@require_safe
def program(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A published page comes from the cache, the same for everyone, and costs one small query.

    The version is read before the content: what is kept under a version is never older than it.
    While the database does not answer, the page is shown as it was last read.
    """
    try:
        version = cached_page.current(slug)
    except (InterfaceError, OperationalError):
        kept = cached_page.last_known(request, slug)
        if kept is None:
            raise
        return kept
    if version is None:
        return _preview(request, slug)
    if version.slug != slug:
        return redirect("programs:program", version.slug, permanent=True)
    return cached_page.respond(request, version, TEMPLATE, lambda: page_context(version.pk))


def page_context(pk: int) -> dict[str, Any]:
    """All that the page shows from this application, in a fixed number of queries."""
    shown = Program.objects.get(pk=pk)
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


def _preview(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft, for staff only, rendered for them alone and kept nowhere."""
    draft = finding.visible_program(request, slug)
    if draft.slug != slug:
        return redirect(draft)
    response = render(request, TEMPLATE, {**page_context(draft.pk), "preview": True})
    patch_cache_control(response, private=True, no_store=True)
    return response
