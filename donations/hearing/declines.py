"""A card that was declined. It moves nothing but the guard against card testing."""

from collections.abc import Mapping
from typing import Any

from donations import checkout, guard
from donations.hearing import gifts
from donations.models import Donation


def declined(thing: dict[str, Any]) -> str:
    """Told by the charge and by its PaymentIntent: once is counted.

    Believed as it came, since nothing is booked. A payment page that has seen too many cards is closed.
    """
    donation = gifts.named(thing) or _beginning(thing)
    if donation is None:
        return "not a gift of this site"
    charge = thing["id"] if thing["object"] == "charge" else thing.get("latest_charge")
    if not guard.declined(donation, source_ref=str(charge or thing["id"])):
        return "declined"
    checkout.close(donation)
    return "declined too often: its payment page is closed"


def _beginning(thing: dict[str, Any]) -> Donation | None:
    """The plan that this charge would have begun: Stripe makes its payment, which names no gift of ours."""
    email = (thing.get("billing_details") or {}).get("email")
    return guard.plan_begun_with(str(email)) if email else None


HANDLERS: Mapping[str, gifts.Handler] = {
    "charge.failed": declined,
    "payment_intent.payment_failed": declined,
}
