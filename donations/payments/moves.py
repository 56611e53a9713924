"""The moves a gift's status may make, and the only function that makes one."""

import logging
from collections.abc import Mapping
from functools import cache

from donations.models import Donation, Status
from programs import rows

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


@cache
def _may_become(to: Status) -> str:
    """SQL: the gift has a status from which the table leads to this one."""
    before = ", ".join(f"'{status.value}'" for status, after in MOVES.items() if to in after)
    return f"status IN ({before})"


class Impossible(Exception):
    """A move that the table does not allow: the books and Stripe disagree, and a person must look."""


def move(donation: Donation, to: Status, *, where: str = "", **changes: object) -> bool:
    """Compare-and-set the status. False when it is there already; `Impossible` when it cannot be.

    With `where`, a condition in SQL on the gift's columns, only a gift of which that is so moves, and
    another is left alone: False.
    """
    so = where or "true"
    if rows.update(donation, {**changes, "status": to}, only_if=f"{_may_become(to)} AND ({so})"):
        return True
    donation.refresh_from_db(fields=["status", "settled_at"])
    if donation.status == to or not rows.holds(donation, so):
        return False
    logger.error("donation %s is %s and cannot become %s", donation.public_id, donation.status, to)
    raise Impossible(f"{donation.public_id}: {donation.status} cannot become {to}")
