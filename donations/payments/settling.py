"""A gift's money arrives, is on its way, or comes to nothing."""

import logging

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donations import ledger, receipts, thanks
from donations.gateway import Payment
from donations.models import Donation, Status
from donations.payments.moves import move
from outreach import subscriptions

logger = logging.getLogger(__name__)

# Whoever was first has settled it; what is held waits for a person to decide.
_NOT_SETTLED = Q(settled_at=None) & ~Q(status=Status.HELD)


def settle(donation: Donation, payment: Payment) -> bool:
    """Record that a gift's money has arrived. True when this call did it, False when it was done.

    One transaction holds the status, the ledger entry, the total, the receipt's number and facts,
    the subscription and the letter owed. A payment that differs from what was asked is not counted:
    the gift is held for review. Raises `Impossible`.
    """
    if mismatch := _mismatch(donation, payment):
        donation.refresh_from_db(fields=["status", "settled_at"])
        done = donation.settled_at or donation.status == Status.HELD
        return False if done else hold(donation, reason=mismatch)
    with transaction.atomic():
        moved = move(
            donation,
            Status.PAID,
            where=_NOT_SETTLED,
            method=payment.method,
            livemode=payment.livemode,
            stripe_payment_intent_id=payment.payment_intent_id,
            stripe_charge_id=payment.charge_id,
            paid_at=payment.paid_at,
            settled_at=timezone.now(),
        )
        if not moved:
            return False
        ledger.post_gift(
            donation,
            charge_id=payment.charge_id,
            fee_cents=payment.fee_cents,
            occurred_at=payment.paid_at,
        )
        receipt = receipts.issue(donation, paid_at=payment.paid_at)
        if donation.updates_consent:
            subscriptions.keep_consent(
                email=donation.donor.email,
                program=donation.program,
                language=donation.language,
                consent_text=donation.updates_consent,
                source="donation",
                consented_at=donation.created_at,
            )
        thanks.owe(donation, receipt)
    return True


def process(donation: Donation) -> bool:
    """Record that the donor has done their part and the bank has not yet answered."""
    return move(donation, Status.PROCESSING)


def expire(donation: Donation) -> bool:
    """Record that Checkout closed without a payment: nothing was charged."""
    return move(donation, Status.EXPIRED)


def fail(donation: Donation) -> bool:
    """Record that the payment came to nothing."""
    return move(donation, Status.FAILED)


def hold(donation: Donation, *, reason: str) -> bool:
    """Set a gift aside for a person to look at. It counts nowhere until then."""
    held = move(donation, Status.HELD, review_reason=reason)
    if held:
        logger.error("donation %s is held for review: %s", donation.public_id, reason)
    return held


def _mismatch(donation: Donation, payment: Payment) -> str:
    """Why a payment is not the one that was asked for; empty when it is."""
    if payment.currency != donation.currency:
        return f"paid in {payment.currency}, asked in {donation.currency}"
    if payment.amount_cents != donation.amount_cents:
        return f"paid {payment.amount_cents} cents, asked {donation.amount_cents}"
    if payment.livemode != donation.livemode:
        return "paid in the other mode (live or test) than asked"
    return ""
