"""One refund, as Stripe has it: our row about it, and what it moves in the ledger."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from donations.gateway import GivenBack
from donations.models import Donation, EntryKind, Refund, RefundReason, RefundStatus
from donations.payments.entries import post_once

# Stripe's word is taken as it comes and never goes backwards: an answer may be older than what we know.
_RANKS = (
    RefundStatus.REFUSED,
    RefundStatus.REQUESTED,
    RefundStatus.PENDING,
    RefundStatus.SUCCEEDED,
    RefundStatus.FAILED,
)


@dataclass(frozen=True)
class Refunded:
    """A refund's row, and what this call posted of it."""

    refund: Refund
    taken: bool
    returned: bool


def record(donation: Donation, made: GivenBack) -> Refunded:
    """Keep the refund's row as Stripe has it and post what is missing of it.

    Call it in a transaction that has locked the gift's row. A refund made in Stripe's dashboard gets
    its row here.
    """
    refund = keep(donation, made)
    taken = made.taken_at is not None and post_once(
        donation,
        EntryKind.REFUND,
        made.refund_id,
        amount_cents=-made.amount_cents,
        fee_cents=made.fee_cents,
        occurred_at=made.taken_at,
    )
    returned = made.returned_at is not None and post_once(
        donation,
        EntryKind.REFUND_REVERSED,
        made.refund_id,
        amount_cents=made.amount_cents,
        occurred_at=made.returned_at,
    )
    return Refunded(refund, taken, returned)


def keep(donation: Donation, made: GivenBack) -> Refund:
    """Keep the refund's row alone: the ledger does not have the gift. Call it as above."""
    refund = _row(donation, made)
    if _RANKS.index(RefundStatus(made.status)) > _RANKS.index(RefundStatus(refund.status)):
        refund.status, refund.error = RefundStatus(made.status), ""
    refund.stripe_refund_id = made.refund_id
    refund.refunded_at = refund.refunded_at or made.taken_at
    if refund.status == RefundStatus.FAILED:
        refund.failed_at = refund.failed_at or made.returned_at or made.created_at
    refund.save()
    return refund


def _row(donation: Donation, made: GivenBack) -> Refund:
    known = Refund.objects.filter(donation=donation)
    found = known.filter(stripe_refund_id=made.refund_id).first()
    if found is None and (asked := _asked(made.reference)):
        found = known.filter(stripe_refund_id=None, public_id=asked).first()
    return found or Refund(
        donation=donation,
        amount_cents=made.amount_cents,
        currency=made.currency,
        reason=RefundReason.STRIPE,
    )


def _asked(reference: str) -> UUID | None:
    """Which of our refunds Stripe's names. In the dashboard anybody may write anything there."""
    with suppress(ValueError):
        return UUID(reference)
    return None
