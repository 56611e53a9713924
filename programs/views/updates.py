"""News of a programme: the list, and each at its own address."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from programs import cached_page
from programs.models import ProgressUpdate
from programs.views import finding

TEMPLATE = "programs/update.html"
PAGE_SIZE = 10


@require_safe
@cached_page.kept("page")
def updates(request: HttpRequest, slug: str) -> HttpResponse:
    """The published updates, newest first; `?page=` past the end shows the last page."""
    program = finding.visible_program(request, slug)
    if program.slug != slug:
        return redirect("programs:updates", program.slug, permanent=True)
    shown = Paginator(ProgressUpdate.objects.published().filter(program=program), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    for update in shown:
        update.program = program  # read already: its address needs no query
    return render(request, "programs/updates.html", {"program": program, "updates": shown})


@require_safe
@cached_page.kept()
def update(request: HttpRequest, slug: str, update_slug: str) -> HttpResponse:
    """One update. Staff may read it here before visitors do."""
    program = finding.visible_program(request, slug)
    found = finding.one(ProgressUpdate.objects.called(update_slug).filter(program=program), update_slug)
    found.program = program
    preview = not (program.is_published and found.is_published)
    if not found.is_published and not finding.may_preview(request, "programs.view_progressupdate"):
        raise Http404
    if (program.slug, found.slug) != (slug, update_slug):
        return redirect(found, permanent=not preview)
    return render(request, TEMPLATE, {**update_context(found), "preview": preview})


def update_context(update: ProgressUpdate) -> dict[str, Any]:
    """All that the page of an update shows."""
    previous, following = _neighbours(update)
    return {"program": update.program, "update": update, "previous": previous, "next": following}


def _neighbours(update: ProgressUpdate) -> tuple[ProgressUpdate | None, ProgressUpdate | None]:
    """The published updates just before and just after this one; none while it has no time of its own."""
    if update.published_at is None:
        return None, None
    others = ProgressUpdate.objects.published().filter(program=update.program)
    previous = others.filter(published_at__lt=update.published_at).first()
    following = others.filter(published_at__gt=update.published_at).order_by("published_at").first()
    for neighbour in (previous, following):
        if neighbour is not None:
            neighbour.program = update.program
    return previous, following
