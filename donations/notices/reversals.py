"""What people must be told when a gift's money goes back, or comes back after all.

Each letter is owed in the transaction that decides it; repeating a call owes nothing more.
"""

from donations.models import Dispute, DisputeReason, DisputeStatus, Donation, Refund
from donations.notices import staff, writing
from donations.receipts import Restated, issuer

# Of the reasons a bank gives, those that say that the donor did not want the payment. An account that was
# short, or closed, says nothing of its holder.
_NOT_AGREED = {
    DisputeReason.CUSTOMER_INITIATED,
    DisputeReason.DEBIT_NOT_AUTHORIZED,
    DisputeReason.FRAUDULENT,
    DisputeReason.UNRECOGNIZED,
}
_TO_ANSWER = {DisputeStatus.INQUIRY, DisputeStatus.OPEN}


def refunded(gift: Donation, refund: Refund, *, left: int, restated: Restated) -> bool:
    """The donor's money is on its way back, and what that means for the document they hold."""
    return _owe(
        "gift_refunded",
        str(refund),
        gift,
        restated,
        refunded_cents=refund.amount_cents,
        left_cents=max(left, 0),
    )


def refund_returned(gift: Donation, refund: Refund, *, restated: Restated) -> bool:
    """The donor was told that money was coming, and it is not: they say where it may go instead."""
    staff.tell("refund_failed", str(refund), gift, cents=refund.amount_cents, currency=refund.currency)
    return _owe(
        "refund_returned",
        str(refund),
        gift,
        restated,
        refunded_cents=refund.amount_cents,
        refunded_currency=refund.currency,
    )


def refund_not_made(gift: Donation, refund: Refund) -> None:
    """Stripe gave up before any money had left: only staff believe that it is on its way."""
    staff.tell(
        "refund_refused", str(refund.public_id), gift, cents=refund.amount_cents, currency=refund.currency
    )


def disputed(gift: Donation, dispute: Dispute, *, before: str, left: int, restated: Restated) -> None:
    """A dispute has come to another state than `before` (empty when it is new): staff hear of each.

    The donor hears when their bank has the money taken back, when it has come back and counts again, and
    when it stays away from a gift of which something is `left` (cents): they are sent a document that says
    so. What was done and undone before we heard of it is no news to them.
    """
    staff.tell(
        f"dispute_{dispute.status}",
        # An appeal opens and closes a dispute anew: staff hear of that too.
        f"{dispute}:{before}:{dispute.closed_at or dispute.due_by or ''}",
        gift,
        cents=dispute.amount_cents,
        currency=dispute.currency,
        due_by=dispute.due_by if dispute.status in _TO_ANSWER else None,
        why=dispute.get_reason_display,
    )
    said = {
        "disputed_cents": dispute.amount_cents,
        "disputed_currency": dispute.currency,
        "left_cents": max(left, 0),
        "not_agreed": dispute.reason in _NOT_AGREED,
        "plan_stopped": gift.plan_id is not None,
        # The bank has the last word already: the rest is a gift.
        "settled": dispute.status == DisputeStatus.LOST and restated.issued is not None,
    }
    # A dispute may be won and lost more than once: each time with another document.
    document = restated.issued or restated.voided
    key = f"{dispute}:{document.reference}" if document else str(dispute)
    taken = {DisputeStatus.OPEN, DisputeStatus.LOST}
    # An appeal takes away again the document that stated the rest.
    told_anew = said["settled"] or restated.voided is not None
    if dispute.status in taken and before in taken and restated.issued is None:
        key += ":void"  # the letter that brought this document has its plain name
    if dispute.status in taken and (before not in taken or told_anew):
        _owe("gift_disputed", key, gift, restated, **said)
    elif dispute.status == DisputeStatus.WON and before in taken and gift.settled_at and left > 0:
        # Of what has come back, some may have been given back before: it counts as little as it did.
        said["disputed_cents"] = min(dispute.amount_cents, left)
        _owe("gift_restored", key, gift, restated, **said)


def not_taken(gift: Donation, *, given_back: bool = False) -> bool:
    """A gift held for review was not taken: what was set aside on the card is free again, or what was
    paid is on its way back.
    """
    return _owe("gift_not_taken", str(gift.public_id), gift, Restated(), given_back=given_back)


def undone(gift: Donation, *, restated: Restated) -> bool:
    """A gift was written down by mistake: whoever was sent a document for it must not use it.

    Nobody is told where no document was issued: there was no letter of thanks either.
    """
    if not restated.voided or not gift.donor.email:
        return False
    return _owe("gift_undone", str(gift.public_id), gift, restated)


def _owe(kind: str, key: str, gift: Donation, restated: Restated, **facts: object) -> bool:
    voided, issued = restated
    return writing.owe(
        kind,
        key,
        gift,
        attachments=[("receipt", str(issued.pk))] if issued else (),
        voided_reference=voided.reference if voided else "",
        issued_reference=issued.reference if issued else "",
        contact_email=issuer.current().contact_email,
        **facts,
    )
