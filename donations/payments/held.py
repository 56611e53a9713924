"""A gift held for review that comes to nothing: let go on the card, or paid and gone back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from donations import ledger
from donations.gateway import GivenBack, Payment, Reversals
from donations.models import DisputeStatus, Donation, Method, Refund, RefundStatus, Status
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
    """Record what goes back of a gift that was never counted: call it with its row locked. True for
    anything new.

    Refunds and disputes are kept at once, and staff hear of a dispute: its deadline does not wait for
    their decision. The gift stays held until all that it had paid is gone. One that was given back in
    another currency, and whose refund comes back, stays given back: no total of ours can count it, and
    donor and staff are told. Any other gift is left alone.
    """
    if gift.status not in {Status.HELD, Status.REFUNDED, Status.LOST}:
        return False
    disputes = [disputing.keep(gift, each) for each in reversals.disputes]
    came_back = [refund for made in reversals.refunds if (refund := _come_back(gift, made))]
    for told in disputes:
        if told.changed:
            notices.disputed(gift, told.dispute, before=told.before, left=0, restated=Restated())
    changed = bool(came_back) or any(told.changed for told in disputes)
    if gift.status != Status.HELD:
        for refund in came_back:
            if refund.refunded_at:
                notices.refund_returned(gift, refund, restated=Restated())
            else:
                notices.refund_not_made(gift, refund)
        return changed
    payment = reversals.payment
    if payment is None or _gone(reversals) < payment.amount_cents:
        return changed
    is_lost = any(told.dispute.status == DisputeStatus.LOST for told in disputes)
    _end(gift, reversals, payment, Status.LOST if is_lost else Status.REFUNDED)
    if reversals.refunds:
        notices.not_taken(gift, given_back=True)
    return True


def _come_back(gift: Donation, made: GivenBack) -> Refund | None:
    """Keep the refund's row. The row, if the money has come back to us since we last looked."""
    known = Refund.objects.filter(stripe_refund_id=made.refund_id, status=RefundStatus.FAILED).exists()
    refund = refunding.keep(gift, made)
    return refund if refund.status == RefundStatus.FAILED and not known else None


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
