"""Money that is only set aside on a card: taken, or let go."""

from contextlib import suppress

import stripe

from donations.gateway.asking import asking, client


def capture(payment_intent_id: str) -> None:
    """Take the money that was set aside; quietly fine when it is taken or gone already.

    How it stands afterwards is read with the gift's Checkout. Repeating it takes it once, by what it
    asks: under a key of ours a failure of Stripe's would be repeated all day, and the money let go.
    Raises `Unavailable`.
    """
    with asking(), suppress(stripe.InvalidRequestError, stripe.CardError):
        client().v1.payment_intents.capture(payment_intent_id)


def let_go(payment_intent_id: str) -> None:
    """Free the money that was set aside; quietly fine when it is taken or gone. Raises `Unavailable`."""
    with asking(), suppress(stripe.InvalidRequestError):
        client().v1.payment_intents.cancel(
            payment_intent_id, {"cancellation_reason": "requested_by_customer"}
        )
