"""Refunds as tests ask for them, and what became of them."""

from typing import Any

from django.core.management import call_command

from donations import ledger, refunds
from donations.models import (
    Donation,
    Refund,
    RefundReason,
)
from outreach.models import Letter
from programs.models import Program


def ask(donation: Donation, cents: int, **changes: Any) -> Refund:
    values = {"reason": RefundReason.DONOR, "note": "asked by telephone", "by": None, **changes}
    return refunds.ask(donation, cents=cents, **values)


def raised(program: Program) -> int:
    """What the meter shows; it is proved to be the ledger's sum."""
    call_command("check_totals", verbosity=0)
    return ledger.read_total(program).raised_cents


def letters(kind: str) -> int:
    return Letter.objects.filter(kind=kind).count()
