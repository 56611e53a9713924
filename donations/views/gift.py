import datetime as dt
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations import payments, reconcile, tax
from donations.models import Donation, Status

_ASK_STRIPE_EVERY = dt.timedelta(seconds=3)
# Seconds until the page looks again, by how often it has: some two minutes, then it stops.
_LOOKS = (2, 2, 3, 3, 5, 5, 10, 10, 20, 30, 30)


@never_cache
@require_safe
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The thank-you page: how the gift stands. Nothing personal: whoever holds the address may look."""
    donation = get_object_or_404(Donation.objects.select_related("program", "plan"), public_id=public_id)
    reconcile.refresh_if_due(donation, every=_ASK_STRIPE_EVERY, patient=False)
    looks = _looks(request)
    seconds = _LOOKS[looks] if donation.status == Status.PENDING and looks < len(_LOOKS) else None
    response = render(
        request,
        "donations/gift.html",
        {
            "donation": donation,
            "program": donation.program,
            "state": donation.status,
            "refresh_seconds": seconds,
            "next_year": _next_year(donation),
            "left_cents": payments.left_of(donation) if donation.status == Status.PAID else None,
        },
    )
    if seconds is not None:
        again = reverse("donations:gift", kwargs={"public_id": public_id})
        response["Refresh"] = f"{seconds}; url={again}?looks={looks + 1}"
    response["X-Robots-Tag"] = "noindex"
    return response


def _next_year(donation: Donation) -> int | None:
    """The year in which a debit that is under way may arrive, where that is not the year it began in."""
    day = timezone.localdate(donation.created_at)
    late = donation.status == Status.PROCESSING and tax.debit_may_arrive_next_year(day)
    return day.year + 1 if late else None


def _looks(request: HttpRequest) -> int:
    text = request.GET.get("looks", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
