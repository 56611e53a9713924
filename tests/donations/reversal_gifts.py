"""Gifts that were paid through the sandbox, and what Stripe's dashboard and the donor's bank do to them."""

from typing import Any

import stripe
from stripe.params import RefundCreateParams

from donations import gateway, reconcile, tasks
from donations.gateway.asking import client
from donations.models import Donation
from sandbox import actions, deliveries
from sandbox.models import StripeObject
from tests.giving import GOOD_CARD, give, pay


def paid(card: str = GOOD_CARD, **changes: Any) -> Donation:
    """A gift of 50 euros that has been settled."""
    donation = begun(card, **changes)
    assert reconcile.refresh(donation) == "settled"
    return Donation.objects.select_related("donor", "program", "designation").get(pk=donation.pk)


def begun(card: str = GOOD_CARD, **changes: Any) -> Donation:
    """A gift that is paid at Stripe, of which nobody has told us."""
    donation = give(**changes)
    assert pay(donation, card).status_code == 303
    return donation


def charge_of(donation: Donation) -> str:
    if donation.stripe_charge_id:
        return donation.stripe_charge_id
    payment = gateway.fetch_checkout(donation.stripe_session_id or "").payment
    assert payment
    return payment.charge_id


def in_dashboard(donation: Donation, cents: int | None = None) -> stripe.Refund:
    """Give it back where we do not see it."""
    params: RefundCreateParams = {"charge": charge_of(donation)}
    if cents is not None:
        params["amount"] = cents
    return client().v1.refunds.create(params)


def at_stripe(object_id: str, action: str) -> None:
    """What a button of the sandbox's does: dispute, win, lose, come_back, warn…"""
    actions.perform(object_id, action)


def of_kind(kind: str) -> str:
    """The id of the only object of that kind."""
    return StripeObject.objects.get(kind=kind).object_id


def listen() -> None:
    """Stripe tells us what it has to tell, and we handle it."""
    deliveries.deliver_due()
    tasks.process_events()
