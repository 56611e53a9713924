"""Let the books agree again, where asking Stripe about the gift is enough."""

import logging

from donations import gateway, payments, reconcile, reversals
from donations.comparison.finding import Finding
from donations.models import Difference, EntryKind

logger = logging.getLogger(__name__)

_NOT_BY_ITSELF = "for a person to look at"


def repair(finding: Finding) -> str:
    """Ask Stripe about the gift behind a difference and record what it says. In a few words, what was done.

    Repeating it is safe. What is in our ledger and not at Stripe, or there with another amount, is never
    changed by itself: a person must look. Raises `gateway.Unavailable`.
    """
    if finding.difference != Difference.MISSING_HERE or not finding.charge_id:
        return _NOT_BY_ITSELF
    try:
        if finding.kind == EntryKind.GIFT:
            return reconcile.catch_up(finding.charge_id)
        return reversals.compare(finding.charge_id)
    except gateway.Unavailable:
        raise
    except (gateway.Refused, payments.Impossible, reversals.UnknownDonation) as error:
        return f"{_NOT_BY_ITSELF}: {error}"[:500]
    except Exception as error:  # whatever is wrong with one movement must not hide the others
        logger.exception("the difference about %s could not be repaired", finding.source_ref)
        return f"{_NOT_BY_ITSELF}: {type(error).__name__}: {error}"[:500]
