"""How a payment that a donor has done their part for stands, from its PaymentIntent."""

import stripe

from donations.gateway.records import Standing

# A debit that the bank refused asks for another method.
_STANDINGS: dict[str, Standing] = {
    "processing": "processing",
    "requires_capture": "authorized",
    "requires_payment_method": "failed",
    "canceled": "failed",
    "succeeded": "paid",
}


def of_intent(intent: stripe.PaymentIntent) -> Standing:
    """`waiting` for whatever only the donor can go on with."""
    return _STANDINGS.get(intent.status, "waiting")


def of_session(session: stripe.checkout.Session) -> Standing:
    """Of what was set aside and then taken, the PaymentIntent knows, whatever the page still says."""
    if session.payment_status == "paid":
        return "paid"
    intent = session.payment_intent
    if session.status != "complete" or not isinstance(intent, stripe.PaymentIntent):
        return "waiting"
    return "processing" if (standing := of_intent(intent)) == "waiting" else standing
