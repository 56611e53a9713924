"""A gift held for review that comes to nothing: let go on the card, or paid and gone back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from donations import ledger
from donations.gateway import Payment, Reversals
from donations.models import DisputeStatus, Donation, Method, Status
from donations.notices import reversals as notices
from donations.notices import staff
from donations.payments import disputing, refunding
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


def catch_up(gift: Donation, reversals: Reversals) -> bool:
    """Record what goes back of a held gift: call it with the gift's row locked. True for anything new.

    Refunds and disputes are kept at once, and staff hear of a dispute: its deadline does not wait for
    their decision. The gift stays held until all that it had paid is gone.
    """
    disputes = [disputing.keep(gift, each) for each in reversals.disputes]
    for made in reversals.refunds:
        refunding.keep(gift, made)
    for told in disputes:
        if told.changed:
            notices.disputed(gift, told.dispute, before=told.before, restated=Restated())
    payment = reversals.payment
    if payment is None or _gone(reversals) < payment.amount_cents:
        return any(told.changed for told in disputes)
    is_lost = any(told.dispute.status == DisputeStatus.LOST for told in disputes)
    _end(gift, reversals, payment, Status.LOST if is_lost else Status.REFUNDED)
    if reversals.refunds:
        notices.not_taken(gift, given_back=True)
    return True


def _gone(reversals: Reversals) -> int:
    """What was given back and what the bank has taken for good, in cents of the payment."""
    refunded = sum(each.amount_cents for each in reversals.refunds if each.taken_at and not each.returned_at)
    return refunded + sum(each.amount_cents for each in reversals.disputes if each.status == "lost")


def _end(gift: Donation, reversals: Reversals, payment: Payment, to: Status) -> None:
    """Both movements are in the ledger, for Stripe's books have them; it has no receipt and no thanks.

    Where it was paid in another currency neither is: our totals know one. The nightly comparison shows
    them to a person.
    """
    ids: dict[str, Any] = {
        "stripe_payment_intent_id": payment.payment_intent_id,
        "stripe_charge_id": payment.charge_id,
    }
    if payment.currency != gift.currency:
        move(gift, to, **ids)
        return
    move(
        gift,
        to,
        amount_cents=payment.amount_cents,
        method=Method.called(payment.method),
        paid_at=payment.paid_at,
        settled_at=timezone.now(),
        **ids,
    )
    ledger.post_gift(
        gift, charge_id=payment.charge_id, fee_cents=payment.fee_cents, occurred_at=payment.paid_at
    )
    for refund in reversals.refunds:
        refunding.record(gift, refund)
    for dispute in reversals.disputes:
        disputing.record(gift, dispute)
