"""What a form for a gift received otherwise begins with: a bank's line, a gift undone, what was announced."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from donations import references
from donations.admin.record_form import as_recorded, as_typed, reference_of
from donations.models import BankLine, Donor, LineState, OfflineGift, Pledge
from programs.models import Program


def line(request: HttpRequest, key: object) -> BankLine | None:
    """The bank's line that a gift is recorded from, for whoever may decide on it."""
    if not key:
        return None
    if not request.user.has_perm("donations.change_bankline"):
        raise PermissionDenied
    if not str(key).isdecimal() or len(str(key)) > 18:
        raise Http404
    return get_object_or_404(BankLine, pk=int(str(key)), currency="EUR")


def undone(request: HttpRequest) -> OfflineGift | None:
    """The gift to be recorded anew: one that was undone."""
    key = request.GET.get("again", "")
    if not key.isdecimal() or len(key) > 18:
        return None
    gifts = OfflineGift.objects.exclude(undone_at=None).select_related("donation__donor")
    return gifts.filter(pk=int(key)).first()


def line_of(request: HttpRequest, gift: OfflineGift) -> BankLine | None:
    """The bank's line that undoing the gift has opened again."""
    if not request.user.has_perm("donations.change_bankline"):
        return None
    cents, day = gift.donation.amount_cents, gift.received_on
    lines = BankLine.objects.filter(state=LineState.OPEN, amount_cents=cents, booked_on=day, currency="EUR")
    return next((line for line in lines if reference_of(line) == gift.bank_reference), None)


def first(request: HttpRequest, line: BankLine | None, undone: OfflineGift | None) -> dict[str, Any]:
    """An empty form; with `?reference=` what was announced under it, with `?donor=` who gives; or what was
    written down of a gift that is undone.

    A donor is shown for a bank's line only: whoever decides on those knows every donor.
    """
    if undone:
        return as_recorded(undone)
    key = request.GET.get("donor", "")
    known = Donor.objects.filter(pk=int(key)).first() if line and key.isdecimal() and len(key) < 19 else None
    reference = request.GET.get("reference", "")[:40]
    announced = Pledge.objects.filter(reference=references.read(reference)).first() if reference else None
    program = announced.program if announced else Program.objects.published().order_by("pk").first()
    return {
        "program": program.pk if program else None,
        "received_on": timezone.localdate().isoformat(),
        "reference": reference,
        "country": "FR",
        "language": "fr",
        **(as_typed(known) if known else {}),
    }
