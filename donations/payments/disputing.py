"""One dispute, as Stripe has it: our row about it, and what it moves in the ledger."""

from dataclasses import dataclass, replace

from django.utils import timezone

from donations.gateway import Contested
from donations.models import Dispute, DisputeStatus, Donation, EntryKind
from donations.payments.entries import post_once

# An answer may be older than what we know: a dispute goes back in this order only where it is appealed.
_RANKS = {
    DisputeStatus.INQUIRY: 0,
    DisputeStatus.OPEN: 1,
    DisputeStatus.CLOSED: 1,
    DisputeStatus.WON: 2,
    DisputeStatus.LOST: 2,
}


@dataclass(frozen=True)
class Disputed:
    """A dispute's row, what it was before (empty when it is new), and whether this call posted of it."""

    dispute: Dispute
    before: str
    moved: bool

    @property
    def changed(self) -> bool:
        return self.dispute.status != self.before


def record(donation: Donation, told: Contested) -> Disputed:
    """Keep the dispute's row as Stripe has it and post what is missing of it.

    Call it in a transaction that has locked the gift's row. What the bank takes and gives back are
    entries; what Stripe charges for it is an entry of its own, of no amount.
    """
    return replace(keep(donation, told), moved=_post(donation, told))


def keep(donation: Donation, told: Contested) -> Disputed:
    """Keep the dispute's row alone: the ledger does not have the gift (yet). Call it as above."""
    dispute = Dispute.objects.filter(stripe_dispute_id=told.dispute_id).first() or Dispute(
        donation=donation, stripe_dispute_id=told.dispute_id
    )
    before, status = dispute.status, DisputeStatus(told.status)
    if not before or told.appealed or _RANKS[status] >= _RANKS[DisputeStatus(before)]:
        dispute.status = status
    dispute.amount_cents, dispute.currency = told.amount_cents, told.currency
    dispute.reason, dispute.due_by, dispute.opened_at = told.reason[:60], told.due_by, told.opened_at
    is_closed = dispute.status not in {DisputeStatus.INQUIRY, DisputeStatus.OPEN}
    dispute.closed_at = (dispute.closed_at or timezone.now()) if is_closed else None
    dispute.fee_cents = max(dispute.fee_cents, sum(max(each.fee_cents, 0) for each in told.movements))
    dispute.save()
    return Disputed(dispute, before, moved=False)


def _post(donation: Donation, told: Contested) -> bool:
    """Every movement once: the n-th of its kind is known by the dispute's id and, after the first, by n."""
    counts: dict[EntryKind, int] = {}
    posted = False

    def post(kind: EntryKind, amount_cents: int, fee_cents: int) -> bool:
        counts[kind] = counts.get(kind, 0) + 1
        number = f"-{counts[kind]}" if counts[kind] > 1 else ""
        return post_once(
            donation,
            kind,
            f"{told.dispute_id}{number}",
            amount_cents=amount_cents,
            fee_cents=fee_cents,
            occurred_at=movement.moved_at,
        )

    for movement in told.movements:
        if movement.amount_cents > 0:
            # A fee that comes back with it is negative.
            posted |= post(EntryKind.DISPUTE_REVERSED, movement.amount_cents, min(movement.fee_cents, 0))
        elif movement.amount_cents < 0:
            posted |= post(EntryKind.DISPUTE, movement.amount_cents, 0)
        if movement.fee_cents > 0:
            posted |= post(EntryKind.DISPUTE_FEE, 0, movement.fee_cents)
    return posted
