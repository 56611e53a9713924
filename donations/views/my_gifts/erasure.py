from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from donations.donors import erasure
from donations.views.my_gifts import room


@room.donor_only
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, email: str) -> HttpResponse:
    """What erasing means, and the request itself. A person answers it."""
    if request.method == "POST" and not erasure.recurring(email):
        erasure.ask(email, room.language())
        return room.back("erasure")
    return room.page(
        request,
        "erasure",
        waiting=erasure.waiting(email),
        recurring=erasure.recurring(email),
        effect=erasure.effect(email),
        years=erasure.KEPT_YEARS,
    )
