"""What is said before a payment: that a yearly one is near, and that a card will not last until then."""

import datetime as dt

from django.db.models import F, QuerySet
from django.utils import timezone

from donations.models import Frequency, PlanStatus, RecurringDonation
from donations.notices import plans as notices

# How long before a yearly payment its donor hears of it, and before a card's end.
_NOTICE = dt.timedelta(days=14)
_CARD_NOTICE = dt.timedelta(days=30)


def announce(plan: RecurringDonation) -> bool:
    """Tell the donor of a yearly plan of its next payment, once for each, when it is near."""
    if plan.status != PlanStatus.ACTIVE or plan.frequency != Frequency.YEARLY or not plan.next_charge_at:
        return False
    if plan.stop_requested_at is not None:  # nothing is to come: Stripe only has to be told
        return False
    if plan.next_charge_at > timezone.now() + _NOTICE:
        return False
    return notices.upcoming(plan)


def sweep() -> int:
    """Owe what is due of both; how many letters. Safe at any time."""
    near = _active().filter(
        frequency=Frequency.YEARLY, next_charge_at__range=(timezone.now(), timezone.now() + _NOTICE)
    )
    return sum(map(announce, near.iterator())) + sum(map(notices.card_expiring, _expiring().iterator()))


def _expiring() -> QuerySet[RecurringDonation]:
    """Plans whose card ends soon, and before the next payment: a year's may be far after it."""
    soon = timezone.localdate() + _CARD_NOTICE
    return _active().filter(card_expires_on__lte=soon, card_expires_on__lt=F("next_charge_at__date"))


def _active() -> QuerySet[RecurringDonation]:
    active = RecurringDonation.objects.filter(status=PlanStatus.ACTIVE, stop_requested_at=None)
    return active.select_related("donor", "program")
