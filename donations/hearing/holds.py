"""Money that was set aside on a card, or let go again."""

from collections.abc import Mapping
from typing import Any

from donations import reconcile
from donations.hearing import gifts


def changed(intent: dict[str, Any]) -> str:
    """A PaymentIntent may be captured now, or never will be. Which of them, Stripe is asked."""
    donation = gifts.named(intent)
    return reconcile.refresh(donation) if donation else "not a gift of this site"


HANDLERS: Mapping[str, gifts.Handler] = {
    "payment_intent.amount_capturable_updated": changed,
    "payment_intent.canceled": changed,
}
