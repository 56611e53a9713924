"""A gift's money arrives by another way than Stripe, as staff saw it; or it never did."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from donations import ledger, receipts, thanks
from donations.models import Donation, Status
from donations.notices import reversals as notices
from donations.payments.moves import move
from outreach import subscriptions


def receive(donation: Donation, *, received_at: dt.datetime, consented_at: dt.datetime | None = None) -> bool:
    """Record that a gift arrived otherwise. True when this call did it, False when it was done.

    The document and the letter of thanks are for donors with an e-mail address. `consented_at` is when the
    donor asked for news, where that was before the gift was written down: whoever has stopped them since is
    not told again. Raises `Impossible`.
    """
    with transaction.atomic():
        if not move(donation, Status.PAID, paid_at=received_at, settled_at=timezone.now()):
            return False
        ledger.post_offline(donation, occurred_at=received_at)
        if not donation.donor.email:
            return True
        told = bool(donation.updates_consent) and _subscribe(donation, consented_at or donation.created_at)
        thanks.owe(donation, receipts.issue(donation, paid_at=received_at), updates=told)
    return True


def undo(donation: Donation, *, reason: str) -> bool:
    """Record that a gift was written down by mistake: a correcting entry, void documents, and a letter
    to whoever holds one.

    True when this call did it, False when it was done. Raises `Impossible`.
    """
    with transaction.atomic():
        if not move(donation, Status.UNDONE):
            return False
        ledger.post_undone(donation, occurred_at=timezone.now())
        notices.undone(donation, restated=receipts.restate(donation, amount_cents=0, reason=reason))
    return True


def _subscribe(donation: Donation, consented_at: dt.datetime) -> bool:
    """Send the donor news from now on, unless they have stopped them since. Whether news is sent."""
    subscription = subscriptions.confirm(
        email=donation.donor.email,
        program=donation.program,
        language=donation.language,
        consent_text=donation.updates_consent,
        source="donation",
        consented_at=consented_at,
    )
    return subscription.unsubscribed_at is None and not subscriptions.stopped(donation.donor.email)
