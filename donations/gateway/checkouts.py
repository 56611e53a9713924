"""Stripe's hosted payment page: opened for one gift, looked at, closed."""

from contextlib import suppress
from uuid import UUID

import stripe
from stripe.params.checkout import SessionCreateParams

from donations.gateway import money
from donations.gateway.asking import Unavailable, asking, client, id_of
from donations.gateway.records import Checkout, CheckoutState, Standing

# A completed session's PaymentIntent, by its status. A debit that the bank refused asks for another method.
_STANDINGS: dict[str, Standing] = {
    "requires_capture": "authorized",
    "requires_payment_method": "failed",
    "canceled": "failed",
}


def open_checkout(
    *,
    public_id: UUID,
    amount_cents: int,
    currency: str,
    product_name: str,
    email: str,
    language: str,
    success_url: str,
    cancel_url: str,
) -> Checkout:
    """Open a hosted Checkout Session for one gift by card.

    Repeating it with the same arguments returns the same session: the idempotency key is the gift's
    public id (Stripe keeps keys for at least 24 hours). Raises `Unavailable` or `Refused`.
    """
    params: SessionCreateParams = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "submit_type": "donate",
        "allowed_payment_method_types": ["card"],
        # The gift is in euros on every page, in every letter and at the bank.
        "adaptive_pricing": {"enabled": False},
        "client_reference_id": str(public_id),
        "customer_email": email,
        "locale": "fr" if language == "fr" else "en",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency.lower(),
                    "unit_amount": amount_cents,
                    "product_data": {"name": product_name},
                },
            }
        ],
        "metadata": {"donation": str(public_id)},
        "payment_intent_data": {"metadata": {"donation": str(public_id)}},
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    with asking():
        session = client().v1.checkout.sessions.create(params, {"idempotency_key": f"checkout-{public_id}"})
        if not isinstance(session.url, str):
            raise Unavailable(f"{session.id} has no address to send the donor to")
        return Checkout(session_id=session.id, url=session.url, livemode=session.livemode)


def fetch_checkout(session_id: str, *, patient: bool = True) -> CheckoutState:
    """Ask Stripe how a Checkout Session stands. Raises `Unavailable` or `Refused`.

    `patient=False` gives up within a few seconds, for a page that a person is waiting for.
    """
    with asking():
        session = client(patient=patient).v1.checkout.sessions.retrieve(
            session_id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
        )
        status = session.status
        if status not in ("open", "complete", "expired"):
            raise Unavailable(f"{session.id} has the unknown status {status!r}")
        return CheckoutState(
            session_id=session.id,
            reference=session.client_reference_id or "",
            status=status,  # type: ignore[arg-type]  # narrowed by the line above; the SDK adds `str`
            standing=_standing(session),
            payment=money.of_session(session) if session.payment_status == "paid" else None,
            livemode=session.livemode,
            payment_intent_id=id_of(session.payment_intent),
            customer_id=id_of(session.customer),
            subscription_id=id_of(session.subscription),
            invoice_id=id_of(session.invoice),
        )


def expire_checkout(session_id: str) -> None:
    """Close a Checkout Session so that it cannot be paid; quietly fine when it is closed already."""
    with asking(), suppress(stripe.InvalidRequestError):
        # Refused when it is complete or expired: how it stands is read by fetch_checkout.
        client(patient=False).v1.checkout.sessions.expire(session_id)


def _standing(session: stripe.checkout.Session) -> Standing:
    if session.payment_status == "paid":
        return "paid"
    intent = session.payment_intent
    if session.status != "complete" or not isinstance(intent, stripe.PaymentIntent):
        return "waiting"
    return _STANDINGS.get(intent.status, "processing")
