"""A gift's money arrives, is on its way, or comes to nothing."""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from donations import ledger, receipts, thanks
from donations.gateway import Payment
from donations.models import Donation, Method, Status
from donations.notices import gifts, reversals, staff
from donations.payments.moves import move
from outreach import subscriptions

logger = logging.getLogger(__name__)

# Whoever was first has settled it; what is held waits for a person to release it.
_NOT_SETTLED = "settled_at IS NULL AND (status <> 'held' OR reviewed_at IS NOT NULL)"


def settle(donation: Donation, payment: Payment) -> bool:
    """Record that a gift's money has arrived. True when this call did it, False when it was done.

    One transaction holds the status, the ledger entry, the total, the receipt's number and facts,
    the subscription and the letter owed. A payment that differs from what was asked is not counted:
    the gift is held for review. Once a person has released it, what was paid is the gift's amount.
    Raises `Impossible`.
    """
    mismatch = _mismatch(donation, payment)
    if mismatch:
        donation.refresh_from_db(fields=["status", "settled_at", "reviewed_at"])
        if donation.settled_at or donation.status in {Status.REFUNDED, Status.LOST}:
            return False
        if donation.reviewed_at is None:
            waits = donation.status == Status.HELD
            return False if waits else hold(donation, reason=mismatch, payment=payment)
    with transaction.atomic():
        moved = move(
            donation,
            Status.PAID,
            where=_NOT_SETTLED,
            amount_cents=payment.amount_cents,
            method=Method.called(payment.method),
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
        told = bool(donation.updates_consent)
        if told:
            told = subscriptions.keep_consent(
                email=donation.donor.email,
                program=donation.program,
                language=donation.language,
                consent_text=donation.updates_consent,
                source="donation",
                consented_at=donation.created_at,
            )
        thanks.owe(donation, receipt, updates=told)
    return True


def process(donation: Donation, *, renewal: bool = False) -> bool:
    """Record that the donor has done their part and the bank has not yet answered, and tell the donor so.

    Of a later payment of a plan nobody need be told before it has arrived.
    """
    with transaction.atomic():
        method = Method.SEPA_DEBIT if donation.mandate_reference else donation.method
        moved = move(donation, Status.PROCESSING, method=method)
        if moved and not renewal:
            gifts.processing(donation)
    return moved


def expire(donation: Donation) -> bool:
    """Record that Checkout closed without a payment: nothing was charged."""
    return move(donation, Status.EXPIRED)


def fail(donation: Donation) -> bool:
    """Record that the payment came to nothing, and tell the donor where to give again.

    Of money that was set aside on a card for review, the donor hears that it is free again. For a payment
    of a plan there is more to say: `plans` says it.
    """
    with transaction.atomic():
        moved = move(donation, Status.FAILED)
        if moved and donation.review_first:
            reversals.not_taken(donation)
        elif moved and donation.plan_id is None:
            gifts.failed(donation)
    return moved


def hold(donation: Donation, *, reason: str, payment: Payment | None = None) -> bool:
    """Set a gift aside for a person to look at, and tell staff. It counts nowhere until then.

    One that has failed is set aside for its payment only: that money was once to be had on a card is an
    older answer than that it is not.
    """
    paid: dict[str, Any] = (
        {"stripe_payment_intent_id": payment.payment_intent_id, "stripe_charge_id": payment.charge_id}
        if payment
        else {}
    )
    with transaction.atomic():
        so = "" if payment else "status <> 'failed'"
        held = move(donation, Status.HELD, where=so, review_reason=reason[:300], **paid)
        if held:
            staff.tell("held", str(donation.public_id), donation, cents=donation.amount_cents)
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
