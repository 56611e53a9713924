"""What the last hour says of where a form comes from: how many attempts, whose, and how many declined."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from donations.guard.visitor import Visitor
from donations.models import Attempt

_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Record:
    """A network in the last hour, and within it one address."""

    attempts: int
    paid: int
    declined: int
    emails: int
    declines_here: int
    paid_here: int

    @property
    def velocity(self) -> float:
        """Attempts × share of them declined × different e-mails: a family that mistypes stays near 3."""
        return self.declined * self.emails

    @property
    def is_suspicious(self) -> bool:
        """Worth a proof of work, and a person's look while cards are being tested."""
        share = self.declined * 100 >= self.attempts * settings.GUARD["DECLINE_PERCENT"]
        return self.velocity >= settings.GUARD["VELOCITY"] and share

    @property
    def is_repeat_decliner(self) -> bool:
        """Card after card declined from one address, and none that paid."""
        return self.declines_here >= settings.GUARD["DECLINES_PER_HOUR"] and not self.paid_here


UNKNOWN = Record(attempts=0, paid=0, declined=0, emails=0, declines_here=0, paid_here=0)


def of(visitor: Visitor) -> Record:
    """In one query. A visitor whose address is not known has no record."""
    if not visitor.network:
        return UNKNOWN
    here = Q(address=visitor.address)
    declined = Q(declines__isnull=False)
    return Record(
        **Attempt.objects.filter(network=visitor.network, began_at__gt=timezone.now() - _HOUR).aggregate(
            attempts=Count("pk", distinct=True),
            paid=Count("pk", filter=Q(paid_at__isnull=False), distinct=True),
            declined=Count("pk", filter=declined, distinct=True),
            emails=Count("email", filter=declined, distinct=True),
            declines_here=Count("declines", filter=here, distinct=True),
            paid_here=Count("pk", filter=here & Q(paid_at__isnull=False), distinct=True),
        )
    )
