"""The moves a gift's status may make, and the only function that makes one."""

import logging
from collections.abc import Mapping

from django.db.models import Q

from donations.models import Donation, Status

logger = logging.getLogger(__name__)

# From a status to those it may become. What is not here is refused.
MOVES: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.PROCESSING, Status.PAID, Status.FAILED, Status.EXPIRED, Status.HELD}),
    Status.PROCESSING: frozenset({Status.PAID, Status.FAILED, Status.HELD}),
    Status.HELD: frozenset({Status.PAID, Status.REFUNDED, Status.LOST, Status.FAILED}),
    Status.PAID: frozenset({Status.DISPUTED, Status.REFUNDED, Status.LOST, Status.UNDONE}),
    Status.DISPUTED: frozenset({Status.PAID, Status.LOST, Status.REFUNDED}),
    # What we were told first was not the last word: a bank that answered late, a renewal paid at last.
    Status.FAILED: frozenset({Status.PAID, Status.PROCESSING, Status.HELD}),
    Status.EXPIRED: frozenset({Status.PAID, Status.HELD}),
    # A refund that came back; a gift disputed although it had been given back.
    Status.REFUNDED: frozenset({Status.PAID, Status.DISPUTED, Status.LOST}),
    # A lost dispute may be appealed.
    Status.LOST: frozenset({Status.DISPUTED, Status.PAID, Status.REFUNDED}),
    # Written down by mistake: it was no gift.
    Status.UNDONE: frozenset(),
}


class Impossible(Exception):
    """A move that the table does not allow: the books and Stripe disagree, and a person must look."""


def move(donation: Donation, to: Status, *, where: Q | None = None, **changes: object) -> bool:
    """Compare-and-set the status. False when it is there already; `Impossible` when it cannot be.

    With `where`, only a gift of which that is so moves, and another is left alone: False.
    """
    before = [status for status, after in MOVES.items() if to in after]
    changes["status"] = to
    so = where or Q()
    if Donation.objects.filter(so, pk=donation.pk, status__in=before).update(**changes):
        for name, value in changes.items():
            setattr(donation, name, value)
        return True
    donation.refresh_from_db(fields=["status", "settled_at"])
    if donation.status == to or not Donation.objects.filter(so, pk=donation.pk).exists():
        return False
    logger.error("donation %s is %s and cannot become %s", donation.public_id, donation.status, to)
    raise Impossible(f"{donation.public_id}: {donation.status} cannot become {to}")
