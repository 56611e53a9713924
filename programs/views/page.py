from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from programs.models import Page
from programs.views import finding


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    found = finding.one(Page.objects.called(slug), slug)
    if found.slug != slug:
        return redirect(found, permanent=True)
    return render(request, "programs/page.html", {"page": found})
