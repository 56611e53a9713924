"""Entries that undo a gift, each posted once: its kind and Stripe's id say which one it is."""

import datetime as dt

from django.db.models import Sum

from donations import ledger
from donations.models import Donation, EntryKind, LedgerEntry


def post_once(
    donation: Donation,
    kind: EntryKind,
    source_ref: str,
    *,
    amount_cents: int,
    occurred_at: dt.datetime,
    fee_cents: int = 0,
) -> bool:
    """Post the entry unless it is there. Call it in a transaction that has locked the gift's row."""
    if LedgerEntry.objects.filter(kind=kind, source_ref=source_ref).exists():
        return False
    ledger.post(
        LedgerEntry(
            program_id=donation.program_id,
            donation=donation,
            kind=kind,
            amount_cents=amount_cents,
            fee_cents=fee_cents,
            currency=donation.currency,
            occurred_at=occurred_at,
            source="stripe",
            source_ref=source_ref,
        )
    )
    return True


def left_of(donation: Donation) -> int:
    """What the ledger still has of a gift, in cents; below zero where more went back than came."""
    return int(donation.entries.aggregate(left=Sum("amount_cents", default=0))["left"])


def moved_by(donation: Donation, dispute_id: str) -> int:
    """What the ledger has of a dispute, in cents: below zero while the bank has the money."""
    entries = donation.entries.filter(source_ref__startswith=dispute_id)
    return int(entries.aggregate(moved=Sum("amount_cents", default=0))["moved"])
