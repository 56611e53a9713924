"""A document that is no longer true becomes void, and another one takes its place: none is ever changed."""

from typing import NamedTuple

from django.utils import timezone

from donations.models import Donation, Receipt, ReceiptState, Series
from donations.receipts.issuing import issue


class Restated(NamedTuple):
    """The document that became void and the one issued in this call; None where there was none."""

    voided: Receipt | None = None
    issued: Receipt | None = None


def restate(donation: Donation, *, amount_cents: int, reason: str) -> Restated:
    """Let the gift's document state what is left of it: `amount_cents`, nothing when that is 0.

    Call it in the transaction that decides it, with the gift's row locked. One that states the amount
    already stays; another becomes void, and what is left gets a new number: each of the two names the other.
    """
    receipts = Receipt.objects.filter(donation=donation, series=Series.CONFIRMATION)
    current = receipts.filter(state=ReceiptState.ISSUED).first()
    if current and current.facts.get("amount_cents") == amount_cents:
        return Restated()
    if current:
        _void(current, reason)
    last = receipts.order_by("-pk").first()
    if not amount_cents or donation.paid_at is None:
        return Restated(voided=current)
    issued = issue(donation, paid_at=donation.paid_at, amount_cents=amount_cents, replaces=last)
    if last is not None:  # none was issued for a gift that was refused, and of which the money came back
        Receipt.objects.filter(pk=last.pk).update(replaced_by=issued)
    return Restated(voided=current, issued=issued)


def _void(receipt: Receipt, reason: str) -> None:
    receipt.state, receipt.voided_at, receipt.void_reason = ReceiptState.VOIDED, timezone.now(), reason[:300]
    receipt.save(update_fields=["state", "voided_at", "void_reason"])
