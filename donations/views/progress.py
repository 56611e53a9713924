from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.views.decorators.http import require_safe

from donations import promised
from donations.progress import Progress
from programs.models import Program


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """How a programme stands, for other sites to show. The address uses the English word."""
    with translation.override("en"):
        program = get_object_or_404(Program.objects.published(), slug=slug)
    progress = Progress.of(program, pledged_cents=promised.pledged_cents(program))
    response = JsonResponse(
        {
            "program": slug,
            "currency": progress.currency,
            "target_cents": progress.target_cents,
            "raised_cents": progress.raised_cents,
            "pledged_cents": progress.pledged_cents,
            "gifts": progress.gifts,
            "donors": progress.donors,
            "percent": progress.percent,
            "expected_cents": progress.expected_cents,
            "starts_on": progress.starts_on.isoformat(),
            "ends_on": progress.ends_on.isoformat(),
            "as_of": progress.as_of.isoformat(),
        }
    )
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=10"
    return response
