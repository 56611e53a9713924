"""A gift's money goes back, or comes back after all: the ledger, the status, the receipt and the letters.

Stripe tells of it in several steps, in any order, more than once. So nothing here follows the steps:
what Stripe has now is compared with the ledger, and what is missing is posted.
"""

from collections.abc import Sequence

from django.db import transaction

from donations import receipts
from donations.gateway import Reversals
from donations.models import DisputeStatus, Donation, RefundStatus, Status
from donations.notices import reversals as notices
from donations.payments import disputing, held, refunding
from donations.payments.entries import left_of, moved_by
from donations.payments.moves import move

_REASONS = {
    Status.REFUNDED: "the gift was given back",
    Status.DISPUTED: "the donor’s bank contests the gift",
    Status.LOST: "the donor’s bank took the gift back",
    Status.PAID: "another amount is left of the gift",
}


def catch_up(donation: Donation, reversals: Reversals) -> bool:
    """Bring a settled gift to where Stripe has its charge. True when this call changed anything.

    One transaction holds the rows, the ledger entries, the totals, the status, the receipts and the
    letters owed. Repeating it is safe, also with an answer older than what is known. Of a gift that is not
    settled see `held`. Raises `Impossible`.
    """
    with transaction.atomic():
        gift = (
            Donation.objects.select_for_update(of=("self",))
            .select_related("donor", "program", "designation")
            .get(pk=donation.pk)
        )
        if gift.settled_at is None:
            return held.catch_up(gift, reversals)
        refunds = [refunding.record(gift, each) for each in reversals.refunds]
        disputes = [disputing.record(gift, each) for each in reversals.disputes]
        left = left_of(gift)
        before, gift_status = gift.status, _standing(gift, left)
        if gift_status != before:
            move(gift, gift_status)
        sure = left - _still_to_go(gift)
        restated = receipts.restate(
            gift,
            amount_cents=0 if gift_status == Status.DISPUTED else max(sure, 0),
            reason=_REASONS[gift_status],
        )
        _tell(gift, refunds, disputes, left=left, sure=sure, restated=restated)
    donation.status = gift.status
    return (
        gift.status != before
        or any(each.taken or each.returned for each in refunds)
        or any(each.moved or each.changed for each in disputes)
    )


def _tell(
    gift: Donation,
    refunds: Sequence[refunding.Refunded],
    disputes: Sequence[disputing.Disputed],
    *,
    left: int,
    sure: int,
    restated: receipts.Restated,
) -> None:
    """Of the gift so much is `left`, and so much is `sure`: contested by nobody. In cents.

    A refund that was made and came back before we heard of it is no news to the donor, nor is one of
    which no money ever left.
    """
    for each in refunds:
        if each.taken and not each.returned:
            notices.refunded(gift, each.refund, left=left, restated=restated)
        elif each.returned and not each.taken:
            notices.refund_returned(gift, each.refund, restated=restated)
        elif each.refund.status == RefundStatus.FAILED and each.refund.refunded_at is None:
            notices.refund_not_made(gift, each.refund)
    for told in disputes:
        if told.changed:
            notices.disputed(gift, told.dispute, before=told.before, left=sure, restated=restated)


def _still_to_go(gift: Donation) -> int:
    """What banks contest, or have for good, and have not taken yet by our ledger, in cents: Stripe may tell
    of a dispute, and of its end, before it books what it moves.
    """
    rows = gift.disputes.filter(status__in=[DisputeStatus.OPEN, DisputeStatus.LOST])
    return sum(max(row.amount_cents + moved_by(gift, row.stripe_dispute_id), 0) for row in rows)


def _standing(gift: Donation, left: int) -> Status:
    """What the gift is, from its disputes and what the ledger has left of it."""
    disputes = set(gift.disputes.values_list("status", flat=True))
    if DisputeStatus.OPEN in disputes:
        return Status.DISPUTED
    if DisputeStatus.LOST in disputes:
        return Status.LOST
    return Status.PAID if left > 0 else Status.REFUNDED
