"""Gifts in our books and in Stripe's, and what makes them differ."""

import datetime as dt
from typing import Any

from django.utils import timezone

from donations import comparison, ledger, reconcile
from donations.models import Donation, EntryKind, LedgerEntry
from programs.models import Program
from sandbox.models import StripeObject
from tests.giving import give, pay


def compare(days: int = 45) -> comparison.Outcome:
    """With everything that has happened until now."""
    now = timezone.now() + dt.timedelta(seconds=2)
    return comparison.compare(since=now - dt.timedelta(days=days), until=now)


def paid_gift(**changes: Any) -> Donation:
    donation = give(**changes)
    pay(donation)
    return donation


def settled_gift(**changes: Any) -> Donation:
    donation = paid_gift(**changes)
    reconcile.refresh(donation)
    donation.refresh_from_db()
    return donation


def in_stripes_books(charge_id: str) -> StripeObject:
    return StripeObject.objects.get(kind="balance_transaction", data__source=charge_id)


def post_by_hand(program: Program, ref: str, cents: int = 700, *, days_ago: int = 0) -> LedgerEntry:
    entry = LedgerEntry(
        program=program,
        kind=EntryKind.REFUND_REVERSED,
        amount_cents=cents,
        occurred_at=timezone.now() - dt.timedelta(days=days_ago),
        source="stripe",
        source_ref=ref,
    )
    return ledger.post(entry)
