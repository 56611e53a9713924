from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from programs import cached_page
from programs.models import Page
from programs.views import finding

TEMPLATE = "programs/page.html"


@require_safe
@cached_page.kept()
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of the site itself. Staff may read it here before visitors do."""
    found = finding.one(Page.objects.called(slug), slug)
    if not found.is_published and not finding.may_preview(request, "programs.view_page"):
        raise Http404
    if found.slug != slug:
        return redirect(found, permanent=found.is_published)
    return render(request, TEMPLATE, {"page": found, "preview": not found.is_published})
