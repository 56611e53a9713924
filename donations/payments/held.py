"""A gift held for review that comes to nothing: let go on the card, or paid and given back."""

from django.db import transaction
from django.utils import timezone

from donations import ledger
from donations.gateway import Reversals
from donations.models import Donation, Status
from donations.notices import reversals as notices
from donations.notices import staff
from donations.payments import refunding
from donations.payments.moves import move
from donations.receipts import Restated


def let_go(donation: Donation) -> bool:
    """Record that a held gift's money was freed: a person refused it, or nobody decided in time."""
    with transaction.atomic():
        moved = move(donation, Status.FAILED)
        if moved:
            notices.not_taken(donation)
            staff.tell("held_ended", str(donation.public_id), donation, cents=donation.amount_cents)
    return moved


def give_back(gift: Donation, reversals: Reversals) -> bool:
    """Record that all of what a held gift had paid went back. Call it with the gift's row locked.

    Both movements are in the ledger, for Stripe's books have them; it has no receipt and no thanks.
    """
    payment = reversals.payment
    gone = sum(each.amount_cents for each in reversals.refunds if each.taken_at and not each.returned_at)
    if payment is None or gone < payment.amount_cents or payment.currency != gift.currency:
        return False
    move(
        gift,
        Status.REFUNDED,
        amount_cents=payment.amount_cents,
        method=payment.method,
        stripe_payment_intent_id=payment.payment_intent_id,
        stripe_charge_id=payment.charge_id,
        paid_at=payment.paid_at,
        settled_at=timezone.now(),
    )
    ledger.post_gift(
        gift, charge_id=payment.charge_id, fee_cents=payment.fee_cents, occurred_at=payment.paid_at
    )
    for each in reversals.refunds:
        recorded = refunding.record(gift, each)
        if recorded.taken and not recorded.returned:
            notices.refunded(gift, recorded.refund, left=0, restated=Restated())
    return True
