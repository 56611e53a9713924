"""A Checkout Session: paid, run out or failed."""

from collections.abc import Mapping
from typing import Any

from donations import guard, reconcile
from donations.hearing import gifts
from donations.models import Donation, Status


def changed(session: dict[str, Any]) -> str:
    """A Checkout Session was paid, ran out or failed. Which of them, Stripe is asked."""
    donation = gifts.named(session)
    if donation is None:
        return "not a gift of this site"
    outcome = _compare(donation, session)
    if donation.status == Status.PAID:
        guard.succeeded(donation)
    return outcome


def _compare(donation: Donation, session: dict[str, Any]) -> str:
    if donation.stripe_session_id is None:
        # We died between opening the payment page and writing down its id. Stripe, asked for the
        # session, must name the same donation: reconcile refuses it otherwise.
        donation.stripe_session_id = session["id"]
        outcome = reconcile.refresh(donation)
        Donation.objects.filter(pk=donation.pk, stripe_session_id__isnull=True).update(
            stripe_session_id=session["id"]
        )
        return outcome
    if donation.stripe_session_id != session.get("id"):
        return "another session than the gift's own"
    return reconcile.refresh(donation)


HANDLERS: Mapping[str, gifts.Handler] = {
    "checkout.session.completed": changed,
    "checkout.session.async_payment_succeeded": changed,
    "checkout.session.async_payment_failed": changed,
    "checkout.session.expired": changed,
}
