"""How attempts end: what Stripe tells of declined cards and of gifts that were paid."""

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from donations.guard import attacks, counting, deciding
from donations.guard.visitor import Visitor, keyed
from donations.models import Attempt, Decline, Donation, Frequency

_KEPT = dt.timedelta(hours=48)


def declined(donation: Donation, *, source_ref: str) -> bool:
    """A card was declined for this gift. True when its payment page has seen too many and should be closed.

    Told twice of the same charge, it counts once. Gifts that did not begin at our form, such as the later
    payments of a plan, are none of the guard's business.
    """
    attempt = Attempt.objects.filter(donation=donation).first()
    if attempt is None:
        return False
    try:
        with transaction.atomic():
            Decline.objects.create(attempt=attempt, source_ref=source_ref)
    except IntegrityError:
        pass  # told before; whether the page is to be closed is answered anew
    else:
        attacks.look_at_declines(donation.program)
    return attempt.declines.count() >= settings.GUARD["DECLINES_PER_HOUR"]


def plan_begun_with(email: str) -> Donation | None:
    """The recurring gift, not paid yet, that somebody with this e-mail address began last."""
    begun = Attempt.objects.filter(email=keyed("email", email.lower()), paid_at__isnull=True)
    recurring = begun.exclude(donation__frequency=Frequency.ONCE).order_by("-pk")
    attempt = recurring.select_related("donation__program").first()
    return attempt.donation if attempt else None


def succeeded(donation: Donation) -> None:
    """The gift was paid: its address, network and e-mail address have one attempt less. Safe to repeat."""
    attempt = Attempt.objects.filter(donation=donation, paid_at__isnull=True).first()
    if attempt is None:
        return
    now = timezone.now()
    if not Attempt.objects.filter(pk=attempt.pk, paid_at__isnull=True).update(paid_at=now):
        return
    if now - attempt.began_at < dt.timedelta(hours=1):
        deciding.take_back(Visitor(attempt.address, attempt.network, attempt.email))


def tidy() -> None:
    """Forget what is older than two days, and counters and attacks that have ended. Safe at any time."""
    Attempt.objects.filter(began_at__lt=timezone.now() - _KEPT).delete()
    counting.tidy()
    attacks.tidy()
